"""How much of an interview stands unquestioned, with the arithmetic."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.policy import Severity
from core.domain.watch import FlagKind


class IntegrityBand(StrEnum):
    """The score in a word."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
    NOT_ENOUGH = "Not enough monitoring"


@dataclass(frozen=True, slots=True)
class FlagSpan:
    """What the score needs to know of a flag.

    Attributes:
        flag_id: Its id, by which it may be dismissed.
        kind: What is claimed.
        severity: As fixed by the interview's policy when it was raised.
        started_at: Wall time, UTC.
        ended_at: Wall time, UTC; None counts to the end of the interview.
    """

    flag_id: int
    kind: FlagKind
    severity: Severity
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class IntegrityLine:
    """What the flags of one kind and severity took off.

    Attributes:
        kind: Which.
        severity: As fixed when they were raised.
        flags: How many counted.
        dismissed: How many a reviewer dismissed; they count nothing.
        seconds: Time they covered while a question was open, overlaps counted once; to 0.1 s.
        of_seconds: Time in which this could be told: what the source saw, and the flags' own.
        percent: ``seconds`` in percent of ``of_seconds``, to 0.1.
        points: What was taken off, to 0.1.
        words: The arithmetic as one line: "Looking away: 24.0 s of 600.0 s (4.0 %), low: 4.0 x 0.5 = 2.0".
    """

    kind: FlagKind
    severity: Severity
    flags: int
    dismissed: int
    seconds: float
    of_seconds: float
    percent: float
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """The integrity score of one interview.

    Attributes:
        score: 0 to 100; None when too little was monitored to say anything.
        band: The same in a word.
        lines: One per kind and severity, the costliest first; 100 less their points is the score, to the last digit.
        monitored_share: Share of the open time in which everything that was expected to see did, 0 to 1.
        words: One line: how the score came about, or why there is none.
    """

    score: float | None
    band: IntegrityBand
    lines: tuple[IntegrityLine, ...]
    monitored_share: float
    words: str
