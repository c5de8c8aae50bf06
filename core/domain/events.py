"""What can happen to an interview. Each is appended to its log."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.interview import AnswerEnding


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The consent form was answered, whatever the answers."""


@dataclass(frozen=True, slots=True)
class DevicesChecked:
    """The device check is done, or was left out for typed answers."""


@dataclass(frozen=True, slots=True)
class Started:
    """The candidate pressed Start."""


@dataclass(frozen=True, slots=True)
class QuestionSpoken:
    """The question was read out, or could not be; it is on screen either way."""


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """Recording or typing of an answer begins."""


@dataclass(frozen=True, slots=True)
class AnswerStopped:
    """The candidate stopped recording and looks the answer over."""


@dataclass(frozen=True, slots=True)
class RetryRequested:
    """The candidate wants to answer this question again."""


@dataclass(frozen=True, slots=True)
class AnswerSubmitted:
    """The answer is committed."""

    ending: AnswerEnding = AnswerEnding.SUBMITTED


@dataclass(frozen=True, slots=True)
class MovedOn:
    """The next question, or the end, follows a submitted answer."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Camera, microphone or connection was lost, or the candidate asked.

    ``lost_at`` is when the last sound or picture came, UTC: the seconds it took to notice are given back.
    """

    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A page opened an interview that was left; ``last_seen`` is the last sign of the earlier one."""

    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """The candidate is back and ready."""


@dataclass(frozen=True, slots=True)
class Waited:
    """A machine kept the candidate waiting for so many seconds (a clip being written down): they are given back."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The deadline of the phase has passed."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The interview's own last date is over."""


@dataclass(frozen=True, slots=True)
class TimeDeducted:
    """The policy takes so many seconds from the open question."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Terminated:
    """A person or the policy ended the interview; ``reason`` says in plain words why."""

    reason: str = ""


Event = (
    ConsentGiven | DevicesChecked | Started | QuestionSpoken | AnswerStarted | AnswerStopped | RetryRequested
    | AnswerSubmitted | MovedOn | Paused | Returned | Resumed | Waited | TimeDeducted | TimeUp
    | DeadlinePassed | Terminated
)  # fmt: skip
