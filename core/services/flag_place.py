"""Where in an interview a flag begins: in which phase of which question, how far into the answer."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.flow import CLOCKED, Phase
from core.services.interview_file import InterviewFile

_OF_A_QUESTION = CLOCKED | {Phase.PAUSED}


@dataclass(frozen=True, slots=True)
class FlagPlace:
    """A moment of an interview as its questions see it.

    Attributes:
        phase: What went on; None before the first step.
        question: Number of the question that was open, from 1; None when none was.
        attempt: Number of the attempt, from 1.
        into_s: Seconds of the answer so far, pauses left out; 0 where no answer was under way.
    """

    phase: Phase | None = None
    question: int | None = None
    attempt: int = 1
    into_s: float = 0.0


def place_of(file: InterviewFile, at: datetime) -> FlagPlace:
    """Find what went on at a moment, wall time UTC, from the steps the interview took."""
    place, since = FlagPlace(), at
    for step in (entry for entry in file.logs if entry.kind == "state" and entry.created_at <= at):
        phase = Phase(step.detail["to"])
        if phase not in _OF_A_QUESTION:
            place, since = FlagPlace(phase), step.created_at
            continue
        question, attempt = int(step.detail["question"]) + 1, int(step.detail["attempt"])
        same = (place.question, place.attempt) == (question, attempt)
        spoken_s = place.into_s if same else 0.0
        if same and place.phase is Phase.ANSWERING:
            spoken_s += (step.created_at - since).total_seconds()
        place, since = FlagPlace(phase, question, attempt, spoken_s), step.created_at
    if place.phase is Phase.ANSWERING:
        total_s = place.into_s + (at - since).total_seconds()
        return FlagPlace(place.phase, place.question, place.attempt, total_s)
    return FlagPlace(place.phase, place.question, place.attempt)
