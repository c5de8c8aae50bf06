"""Where in an interview a flag begins: before, within or after which answer."""

from dataclasses import dataclass
from datetime import datetime

from core.services.interview_file import InterviewFile


@dataclass(frozen=True, slots=True)
class FlagPlace:
    """A moment of an interview as its questions see it.

    Attributes:
        question: Number of the question that was open, from 1; None between questions.
        attempt: Number of the attempt that was running or had run, from 1; None before the first.
        into_s: Seconds since that attempt began; None when it was over, or none had begun.
    """

    question: int | None = None
    attempt: int | None = None
    into_s: float | None = None


def place_of(file: InterviewFile, at: datetime) -> FlagPlace:
    """Find the question and the attempt that were open at a moment, wall time UTC."""
    for entry in file.questions:
        asked, handed_in = entry.question.asked_at, entry.question.submitted_at
        if asked is None or at < asked or (handed_in is not None and at > handed_in):
            continue
        number, latest = entry.question.position + 1, None
        for item in entry.attempts:
            if item.attempt.started_at > at:
                break
            latest = item.attempt
        if latest is None:
            return FlagPlace(number)
        running = latest.ended_at is None or at <= latest.ended_at
        return FlagPlace(number, latest.number, (at - latest.started_at).total_seconds() if running else None)
    return FlagPlace()
