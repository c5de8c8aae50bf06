"""Who this tab is: session, token and tab name, kept by the browser across a refresh."""

from collections.abc import Mapping
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.ui.components._register import register
from core.ui.components._wire import FORBID, Name

_vault = register("vault")


@dataclass(frozen=True, slots=True, config=FORBID)
class Credentials:
    """What opens an interview: its public id and the secret token."""

    session_id: str
    token: str


@dataclass(frozen=True, slots=True, config=FORBID)
class VaultReply:
    """What the browser keeps for this tab. Empty texts where there is nothing.

    Attributes:
        session_id: Public id of the interview last stored in this tab.
        token: Its secret.
        tab_id: Random name of this tab; survives a refresh, differs in a duplicated tab.
        reloaded: The document came by a refresh or by back and forward.
        time_zone: IANA name, such as ``Europe/Berlin``.
        language: BCP 47 tag, such as ``en-GB``.
    """

    session_id: Name
    token: Name
    tab_id: Name
    reloaded: bool
    time_zone: Name
    language: Name


_reply = TypeAdapter(VaultReply)


def vault(
    key: str = "vault", *, store: Credentials | None = None, clear: bool = False, scrub: bool = False
) -> VaultReply | None:
    """Asks the browser who this tab is, and tells it what to keep.

    Args:
        key: Widget key. Mount the vault on each page, in the same place.
        store: Keep these; may be passed in each run.
        clear: Forget session and token (the tab's name stays).
        scrub: Take ``session``, ``token`` and ``invite`` out of the address bar. Read them first.

    Returns:
        None until the browser has answered, which takes one rerun.
    """
    data = {"store": asdict(store) if store else None, "clear": clear, "scrub": scrub}
    result = _vault(key=key, data=data, on_reply_change=_ignore)
    raw = result.get("reply")
    if not isinstance(raw, Mapping):
        return None
    try:
        return _reply.validate_python(dict(raw))
    except ValidationError:
        return None


def _ignore() -> None:
    """A state key needs a callback to exist."""
