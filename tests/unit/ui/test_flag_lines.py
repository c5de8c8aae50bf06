"""A flag in words."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.flag_words import FLAG_NOTES, FLAG_TITLES
from core.domain.flow import CLOCKED, Phase
from core.domain.policy import Severity
from core.domain.watch import FlagKind
from core.services.flag_place import FlagPlace
from core.storage.records import FlagRow
from core.ui.flag_lines import SEVERITY_SHAPES, lasted_text, place_text, severity_text, strength_text

NOW = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (FlagPlace(), "Before the first question"),
        (FlagPlace(Phase.CHECKED), "Before the first question"),
        (FlagPlace(Phase.SUBMITTED), "Between two questions"),
        (FlagPlace(Phase.TERMINATED), "After the last question"),
        (FlagPlace(Phase.THINKING, 2), "Question 2, in the time to think"),
        (FlagPlace(Phase.ANSWERING, 2, 1, 41.9), "Question 2, 0:41 into the answer"),
        (FlagPlace(Phase.ANSWERING, 2, 2, 5), "Question 2, 0:05 into answer 2"),
    ],
)
def test_a_place_names_question_and_second(place: FlagPlace, text: str) -> None:
    assert place_text(place) == text


@pytest.mark.parametrize("phase", sorted(CLOCKED | {Phase.PAUSED}))
def test_every_phase_of_a_question_has_words(phase: Phase) -> None:
    assert place_text(FlagPlace(phase, 1)).startswith("Question 1, ")


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "no end noted"), (0, "a moment"), (4.26, "4.3 s"), (75, "1:15 min")]
)
def test_a_length_is_said_as_people_say_it(seconds: float | None, text: str) -> None:
    assert lasted_text(NOW, None if seconds is None else NOW + timedelta(seconds=seconds)) == text


def flag(kind: FlagKind, strength: float) -> FlagRow:
    return FlagRow(1, "s-1", kind, NOW, NOW, strength, "", None, NOW, Severity.LOW, [], {})


@pytest.mark.parametrize(
    ("strength", "word"), [(1.0, "nearly all"), (0.75, "most"), (0.5, "about half"), (0.2, "part of")]
)
def test_strength_is_a_word_with_its_number(strength: float, word: str) -> None:
    text = strength_text(flag(FlagKind.LOOKING_AWAY, strength))
    assert word in text and f"{strength:.0%}" in text


def test_what_the_page_reports_has_no_strength() -> None:
    assert strength_text(flag(FlagKind.COPY_PASTE, 1.0)) == "reported by the page"


def test_only_high_severity_is_red_and_each_has_a_shape_of_its_own() -> None:
    assert [s for s in Severity if ":red[" in severity_text(s)] == [Severity.HIGH]
    assert len(set(SEVERITY_SHAPES.values())) == len(Severity)


def test_every_kind_has_a_title_and_a_note() -> None:
    assert set(FLAG_TITLES) == set(FLAG_NOTES) == set(FlagKind)
