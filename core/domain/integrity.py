"""How much of an interview stands unquestioned, with the arithmetic."""

from dataclasses import dataclass
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
class IntegrityLine:
    """What one kind of flag took off.

    Attributes:
        kind: Which.
        severity: By the interview's policy.
        flags: How many counted.
        dismissed: How many a reviewer dismissed; they count nothing.
        seconds: Time they covered, overlaps counted once.
        share: That of the time monitored, 0 to 1.
        points: What was taken off.
        words: The arithmetic as one line: "Looking away: 24 s of 600 s (4.0 %), low: 4.0 x 0.5 = 2.0".
    """

    kind: FlagKind
    severity: Severity
    flags: int
    dismissed: int
    seconds: float
    share: float
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """The integrity score of one interview.

    Attributes:
        score: 0 to 100; None when too little was monitored to say anything.
        band: The same in a word.
        lines: One per kind of flag, the costliest first.
        monitored_share: Share of the open time in which what was expected to see did, 0 to 1.
        words: One line: how the score came about, or why there is none.
    """

    score: float | None
    band: IntegrityBand
    lines: tuple[IntegrityLine, ...]
    monitored_share: float
    words: str
