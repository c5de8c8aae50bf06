import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.speech.sentiment import rate_wording


def value(text: str) -> float:
    found = rate_wording(text).value
    assert found is not None
    return found


def test_kind_words_are_positive() -> None:
    assert value("I loved that project. The team was wonderful.") > 0.4


def test_harsh_words_are_negative() -> None:
    assert value("I hated that job. It was terrible.") < -0.4


def test_a_negation_turns_the_sign() -> None:
    assert value("It was not bad at all.") > 0


def test_a_long_plain_text_does_not_drift_to_an_end() -> None:
    assert abs(value("The table has an index. It is fine. " * 40)) < 0.3


def test_technical_words_mislead_as_the_figure_says_they_do() -> None:
    found = rate_wording("The parent kills the child process. Then a deadlock aborts the transaction.")
    assert (found.value or 0) < 0 and "Misled by technical words" in found.how


def test_the_terms_add_up() -> None:
    found = rate_wording("I loved it. I hated it. It is a table. It was great!")
    assert sum(t.contribution for t in found.terms) == pytest.approx(found.value)


@pytest.mark.parametrize("text", ["", "   ", "... !", "404"])
def test_without_words_nothing_is_rated(text: str) -> None:
    assert rate_wording(text).reason == "no words were heard"


@given(st.text(max_size=200))
def test_the_value_stays_within_its_bounds(text: str) -> None:
    assert -1 <= (rate_wording(text).value or 0) <= 1
