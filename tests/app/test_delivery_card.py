"""How the review page shows, or explains the lack of, delivery figures."""

from collections.abc import Callable

import pytest
from browser_tab import PASSWORD, Tab, registered

from core.bootstrap import House
from core.domain.delivery import DeliveryFigures, Figure, FigureName
from core.domain.interview import AnswerEnding, ConsentKind
from core.services.registration import Accommodations
from core.speech.terms import Part, Scale, compute_score
from core.storage.deliveries import DeliveryRepo
from core.ui.delivery_card import DECLINED, NOT_A_SCORE, OFF, figures_html, sums_html, value_text

NOISY = "too noisy: 3 dB signal to noise, 5 dB needed"
PACE = Figure(FigureName.PACE, 151.6, "words/min", "Words over time.")
FIGURES = DeliveryFigures(
    (
        PACE,
        Figure(FigureName.PAUSES, None, "pauses", "Silences.", NOISY),
        Figure(FigureName.PAUSE_MEAN, None, "s", "Mean.", NOISY),
        Figure(FigureName.PITCH_RANGE, None, "semitones", "Percentiles.", NOISY),
        compute_score(FigureName.FLUENCY, [Part("Pace", PACE, Scale(50, 200), 1.0)], "A sum."),
        Figure(FigureName.WORDING, -0.21, "-1 to 1", "VADER."),
    )
)


def answer(house: House, *, scoring: bool) -> tuple[str, int]:
    """An interview whose first answer was given; its session and the attempt."""
    session_id, _ = registered(house)
    granted = {ConsentKind.AUDIO: False, ConsentKind.VIDEO: False, ConsentKind.SCORING: scoring}
    house.registration.record_consent(session_id, granted, Accommodations())
    house.interviews.start(session_id)
    house.interviews.begin_answer(session_id, "0:1")
    attempt = house.interviews.load(session_id).attempt
    assert attempt is not None
    house.interviews.submit(session_id, "0:1", "An answer.", edited=True, ending=AnswerEnding.SUBMITTED)
    return session_id, attempt.id


@pytest.fixture
def answered(house: House) -> tuple[str, int]:
    return answer(house, scoring=True)


def review(new_tab: Callable[..., Tab], session_id: str) -> Tab:
    return new_tab().open("recruiter").fill("Password", PASSWORD).press("Sign in").open("review", interview=session_id)


def store(house: House, attempt_id: int) -> None:
    with house.database.transaction() as tx:
        DeliveryRepo(tx).save(attempt_id, FIGURES, house.clock.now())


def test_figures_stand_with_the_answer_and_say_that_they_are_no_score(
    house: House, answered: tuple[str, int], new_tab: Callable[..., Tab]
) -> None:
    store(house, answered[1])
    tab = review(new_tab, answered[0])
    assert "How the answer was given" in tab.text and NOT_A_SCORE in tab.text


def test_formulas_are_in_an_expander(house: House, answered: tuple[str, int], new_tab: Callable[..., Tab]) -> None:
    store(house, answered[1])
    assert [e.label for e in review(new_tab, answered[0]).at.expander] == ["How each figure is made"]


def test_an_answer_without_sound_says_that_nothing_was_recorded(
    answered: tuple[str, int], new_tab: Callable[..., Tab]
) -> None:
    assert "Not measured: nothing was recorded" in review(new_tab, answered[0]).text


def test_turned_off_nothing_is_shown_and_the_page_says_so(
    house: House, answered: tuple[str, int], new_tab: Callable[..., Tab]
) -> None:
    store(house, answered[1])
    house.delivery.enabled = False
    tab = review(new_tab, answered[0])
    assert OFF in tab.text and "How the answer was given" not in tab.text


def test_without_consent_nothing_is_shown_and_the_page_says_so(house: House, new_tab: Callable[..., Tab]) -> None:
    session_id, attempt_id = answer(house, scoring=False)
    store(house, attempt_id)
    tab = review(new_tab, session_id)
    assert DECLINED in tab.text and "How the answer was given" not in tab.text


def test_a_reason_that_neighbours_share_is_said_once() -> None:
    html = figures_html(FIGURES)
    assert "Pauses, Mean pause<br>" in html and html.count(NOISY) == 2


def test_a_reason_that_a_whole_group_shares_needs_no_names() -> None:
    assert "Pitch range" not in figures_html(FIGURES)


def test_a_value_stands_with_its_unit() -> None:
    assert '<td class="n">152</td><td class="u">words/min</td>' in figures_html(FIGURES)


def test_the_arithmetic_of_a_sum_is_shown_line_by_line() -> None:
    html = sums_html(FIGURES)
    assert [part in html for part in ("Pace: 152 words/min", "0 points at 50, 100 at 200", "67.7", "1.00")] == [
        True
    ] * 4


def test_nothing_in_a_figure_becomes_markup() -> None:
    evil = DeliveryFigures((Figure(FigureName.PACE, None, "<b>", "<i>", "<script>"),))
    assert "<script>" not in figures_html(evil) and "<i>" not in sums_html(evil)


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(151.6, "words/min", "152"), (0.354, "s", "0.35"), (-0.21, "-1 to 1", "−0.21")]
)
def test_a_number_has_the_decimals_its_unit_deserves(value: float, unit: str, text: str) -> None:
    assert value_text(value, unit) == text
