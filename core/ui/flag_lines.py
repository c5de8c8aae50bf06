"""What is said of one flag, in words: how grave, where in the interview, how long, how strong."""

from datetime import datetime

from core.domain.flow import OVER, Phase
from core.domain.policy import Severity
from core.domain.review import Verdict
from core.domain.watch import FROM_PAGE
from core.services.flag_place import FlagPlace
from core.storage.records import FlagRow
from core.ui.cards import clock_text

SEVERITY_WORDS = {Severity.HIGH: "High", Severity.MEDIUM: "Medium", Severity.LOW: "Low", Severity.INFO: "Info"}
"""The gravest first."""
SEVERITY_SHAPES = {Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "●", Severity.INFO: "○"}
VERDICT_WORDS = {Verdict.OPEN: "Undecided", Verdict.CONFIRMED: "Confirmed", Verdict.DISMISSED: "Dismissed"}

_PHASES = {
    Phase.ASKING: "while it was asked",
    Phase.THINKING: "in the time to think",
    Phase.REVIEWING: "while the answer was read over",
    Phase.PAUSED: "in a pause",
}


def severity_text(severity: Severity) -> str:
    """Shape and word; red only where it is high. Markdown."""
    text = f"{SEVERITY_SHAPES[severity]} {SEVERITY_WORDS[severity]}"
    return f":red[**{text}**]" if severity is Severity.HIGH else f"**{text}**"


def place_text(place: FlagPlace) -> str:
    """``Question 2, 0:41 into the answer``."""
    if place.question is None or place.phase is None:
        if place.phase in OVER:
            return "After the last question"
        return "Between two questions" if place.phase is Phase.SUBMITTED else "Before the first question"
    which = "the answer" if place.attempt == 1 else f"answer {place.attempt}"
    if place.phase is Phase.ANSWERING:
        return f"Question {place.question}, {clock_text(place.into_s)} into {which}"
    return f"Question {place.question}, {_PHASES[place.phase]}"


def lasted_text(started_at: datetime, ended_at: datetime | None) -> str:
    """How long it lasted."""
    if ended_at is None:
        return "no end noted"
    seconds = (ended_at - started_at).total_seconds()
    if seconds < 0.05:
        return "a moment"
    return f"{seconds:.1f} s" if seconds < 60 else f"{clock_text(seconds)} min"


def strength_text(flag: FlagRow) -> str:
    """How much of what was measured in its span shows it."""
    if flag.kind in FROM_PAGE:
        return "reported by the page"
    words = [(0.9, "nearly all the time"), (0.7, "most of the time"), (0.45, "about half the time")]
    word = next((word for least, word in words if flag.strength >= least), "part of the time")
    return f"there {word} ({flag.strength:.0%} of what was measured)"
