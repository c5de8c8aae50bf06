"""One clip on its way into an answer: how far it has come, and what the answer clock owes for it."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.errors import InterviewError


class ClipStage(StrEnum):
    """How far a clip has come."""

    READING = "reading"
    """Being decoded and stored; not safe yet."""
    WRITING = "writing"
    """Stored; its words are being made."""
    DONE = "done"
    """Stored, and all its words are there."""
    KNOWN = "known"
    """The attempt holds this recording already; nothing was added."""
    REFUSED = "refused"
    """Nothing was added; ``Clip.error`` says why."""


@dataclass(frozen=True, slots=True)
class ClockParams:
    """How the answer clock waits for words that are still being made."""

    low_s: float = 5.0
    """Seconds left below which it is put back."""

    ahead_s: float = 15.0
    """Seconds it is then put back in advance; each time is a line in the interview's log."""


CLOCK = ClockParams()


@dataclass(slots=True)
class Clip:
    """One clip; written by its thread, to be read from any."""

    attempt_id: int
    started_at: float
    """Monotonic seconds."""
    stage: ClipStage = ClipStage.READING
    total_s: float = 0.0
    """Length of the sound, once it is read."""
    done_s: float = 0.0
    """Seconds of it that are written down."""
    words: int = 0
    unheard: int = 0
    """Pieces of speech no engine could write down; they are in the recording."""
    error: InterviewError | None = None
    finished_at: float | None = None
    given_s: float = 0.0
    """Seconds the answer clock was put back for this clip."""
    stored: threading.Event = field(default_factory=threading.Event)
    """Set when its recording is committed, or never will be."""

    @property
    def share(self) -> float:
        """How much is written down, 0 to 1."""
        return min(1.0, self.done_s / self.total_s) if self.total_s else 0.0

    def owed_s(self, now: float, remaining_s: float, params: ClockParams = CLOCK) -> float:
        """Seconds to put the answer clock back by: nobody loses time to a machine that writes slowly.

        To be called about once a second while the clock runs; what it returns counts as given. In the end the clock was
        put back by what the clip took, or by up to ``ahead_s`` more.

        Args:
            now: Monotonic seconds.
            remaining_s: Left on the clock.
            params: Knobs.
        """
        until = self.finished_at
        if until is None:
            if remaining_s > params.low_s:
                return 0.0
            until = now + params.ahead_s
        owed = until - self.started_at - self.given_s
        if owed < 1.0:  # not worth a line in the log
            return 0.0
        self.given_s += owed
        return owed
