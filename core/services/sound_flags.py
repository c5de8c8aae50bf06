"""Flags from sound of one interview, from what a rule claims to what is stored."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.errors import NotFound
from core.domain.interview import AnswerMode
from core.domain.watch import Flag, FlagKind
from core.proctoring.sound_claim import sound_reason
from core.services.flag_book import FlagBook
from core.services.watch_options import sound_flags_agreed
from core.storage.database import Database
from core.storage.interviews import InterviewRepo


@dataclass(frozen=True, slots=True)
class SoundTerms:
    """What of the sound may be claimed of an interview.

    Attributes:
        allowed: It is answered live, and what was agreed to names such notes.
        window_factor: Windows of the rules are this much longer, 1 or more.
    """

    allowed: bool
    window_factor: float


NO_TERMS = SoundTerms(False, 1.0)
"""Of an interview that is not there, as the device check's."""


def sound_terms(database: Database, session_id: str) -> SoundTerms:
    """Read the terms.

    Raises:
        StorageUnavailable: They cannot be read; nothing may be claimed then.
    """
    try:
        with database.reading() as tx:
            plan = InterviewRepo(tx).get(session_id).plan
    except NotFound:
        return NO_TERMS
    live = plan.answer_mode is AnswerMode.LIVE
    return SoundTerms(live and sound_flags_agreed(database, session_id), max(1.0, plan.window_factor))


class SoundFlags:
    """Writes the flags of one interview. Used by one thread at a time; nothing is raised."""

    def __init__(self, session_id: str, book: FlagBook) -> None:
        self._session_id = session_id
        self._book = book
        self._open: dict[FlagKind, tuple[datetime, int | None]] = {}

    @property
    def active(self) -> tuple[FlagKind, ...]:
        """Kinds that are open."""
        return tuple(self._open)

    def tell(
        self,
        kind: FlagKind,
        started_at: datetime,
        ended_at: datetime | None,
        strength: float,
        measured: float,
        health: dict[str, str] | None = None,
        lasted_s: float = 0.0,
    ) -> None:
        """Open a flag, or complete the open one of its kind.

        Args:
            kind: What is claimed.
            started_at: Wall time, UTC; of an open flag the one it was opened with is kept.
            ended_at: Wall time, UTC; None opens it.
            strength: 0 to 1.
            measured: As ``SoundClaim.measured``.
            health: How well was heard meanwhile, in plain words by name.
            lasted_s: How long it has lasted when it opens.
        """
        known = self._open.get(kind)
        started_at = known[0] if known is not None else started_at
        until = max(started_at, ended_at) if ended_at is not None else None
        seconds = lasted_s if until is None else (until - started_at).total_seconds()
        reason = sound_reason(kind, seconds, measured, lasting=until is None)
        flag = Flag(kind, started_at, until, strength, reason, health or {})
        if until is None:
            if known is None:
                self._open[kind] = (started_at, self._book.open(self._session_id, flag))
            return
        self._open.pop(kind, None)
        if known is None or known[1] is None:  # the database refused when it opened, or such flags are not raised here
            self._book.open(self._session_id, flag)
        else:
            self._book.close(self._session_id, known[1], flag)
