"""What people say of flags: reviewers decide, candidates comment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """A reviewer's word on one flag."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    OPEN = "open"
    """Taken back, or not decided yet."""


@dataclass(frozen=True, slots=True)
class FlagReview:
    """A decision on a flag. Decisions are only added; the latest counts."""

    flag_id: int
    verdict: Verdict
    note: str
    reviewer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FlagComment:
    """What the candidate says about a flag. The latest counts."""

    flag_id: int
    text: str
    at: datetime
