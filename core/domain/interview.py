"""What an interview is made of: the plan, its questions, the consents."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_ANSWER_CHARS = 20_000
"""Longest answer the box takes; what was heard may be longer."""


class AnswerMode(StrEnum):
    """The rung of the degradation ladder an interview is held on."""

    LIVE = "live"
    CLIP = "clip"
    TYPED = "typed"


class ConsentKind(StrEnum):
    """What a candidate is asked to agree to, item by item."""

    AUDIO = "audio"
    VIDEO = "video"
    SCORING = "scoring"


class AnswerEnding(StrEnum):
    """How an answer came to its end."""

    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    TIME_UP = "time_up"


@dataclass(frozen=True, slots=True)
class InterviewPlan:
    """The rules one interview is held by; fixed at creation, shown to the candidate."""

    subject: str
    question_count: int = 5
    think_s: float = 30.0
    answer_s: float = 120.0
    review_s: float = 60.0
    """Time to read and edit after recording was stopped; the answer is then saved as it stands."""
    ask_limit_s: float = 60.0
    """Longest the question may be spoken before the thinking time starts by itself."""
    retries: int = 1
    time_factor: float = 1.0
    """Extra time as an accommodation: 1.5 gives half as much again."""
    answer_mode: AnswerMode = AnswerMode.LIVE
    watch_camera: bool = True
    max_pauses: int = 3
    max_pause_s: float = 300.0
    pause_grace_s: float = 15.0
    """After a return with no pause left, the clock still waits this long."""
    page_warnings: int = 3
    """Leaving the page is warned about as "1 of n", where the policy does not say otherwise."""
    policy: str = ""
    """The monitor's policy as JSON, copied at creation; empty means the built-in one for medium stakes."""
    rules_off: tuple[str, ...] = ()
    """Kinds of flag that are never raised: an accommodation."""
    window_factor: float = 1.0
    """Windows of the rules are this much longer: an accommodation for those who move or look otherwise."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question as put to a candidate."""

    text: str
    subject: str
    bank_id: str = ""
    """Id in the question bank; empty for a custom source."""
    difficulty: int = 2
    """1 easy, 2 medium, 3 hard."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One item agreed to or declined, with the very words that were shown."""

    kind: ConsentKind
    granted: bool
    text: str
    version: str
    at: datetime
