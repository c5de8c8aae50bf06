"""What the candidate's browser can do."""

from collections.abc import Mapping
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.ui.components._register import register
from core.ui.components._wire import FORBID, Name

_probe = register("probe")
Permission = Literal["granted", "denied", "prompt", "unknown"]


@dataclass(frozen=True, slots=True, config=FORBID)
class BrowserProbe:
    """Capabilities as the page saw them; counts may be 0 in some browsers until a permission is given."""

    secure_context: bool
    get_user_media: bool
    peer_connection: bool
    audio_context: bool
    media_recorder: bool
    speech_synthesis: bool
    full_screen: bool
    browser: Name
    """Chrome, Edge, Firefox, Safari ...; empty when unknown."""
    version: Name
    mobile: bool
    language: Name
    time_zone: Name
    cameras: int
    microphones: int
    camera_permission: Permission
    microphone_permission: Permission

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the capabilities a live interview needs and this browser lacks."""
        needed = {
            "secure_context": self.secure_context,
            "get_user_media": self.get_user_media,
            "peer_connection": self.peer_connection,
            "audio_context": self.audio_context,
        }
        return tuple(name for name, there in needed.items() if not there)

    @property
    def can_live(self) -> bool:
        """Whether voice and video can be sent at all."""
        return not self.missing


_report = TypeAdapter(BrowserProbe)


def probe(key: str = "probe") -> BrowserProbe | None:
    """Looks at the browser; None until it has answered. Reports again when a device or permission changes."""
    raw = _probe(key=key, data={}, on_probe_change=_ignore).get("probe")
    if not isinstance(raw, Mapping):
        return None
    try:
        return _report.validate_python(dict(raw))
    except ValidationError:
        return None


def _ignore() -> None:
    """A state key needs a callback to exist."""
