import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.delivery import Figure, FigureName
from core.speech.confidence_index import ConfidenceIndexParams, score_confidence_index
from core.speech.fluency import FluencyParams, score_fluency
from core.speech.richness import RichnessParams
from core.speech.terms import Part, Scale, compute_score

values = st.floats(0, 1e6, allow_nan=False)


def figure(name: FigureName, value: float | None) -> Figure:
    return Figure(name, value, "u", reason="" if value is not None else "too noisy")


def fluency(pace: float | None, share: float, mean: float, repairs: float) -> Figure:
    name = FigureName
    return score_fluency(
        figure(name.PACE, pace),
        figure(name.PAUSE_SHARE, share),
        figure(name.PAUSE_MEAN, mean),
        figure(name.REPAIRS, repairs),
    )


def index(hedges: float, pace: float, share: float, pitch: float | None) -> Figure:
    name = FigureName
    return score_confidence_index(
        figure(name.HEDGES, hedges),
        figure(name.PACE, pace),
        figure(name.PAUSE_SHARE, share),
        figure(name.PITCH_RANGE, pitch),
    )


@pytest.mark.parametrize(("value", "points"), [(0, 0), (50, 0), (80, 50), (110, 100), (150, 100), (235, 50), (400, 0)])
def test_a_scale_rises_stays_and_falls(value: float, points: float) -> None:
    assert Scale(50, 110, 190, 280).points(value) == points


@pytest.mark.parametrize(("value", "points"), [(0, 100), (2, 100), (6, 50), (10, 0), (99, 0)])
def test_a_scale_on_which_less_is_better_falls(value: float, points: float) -> None:
    assert Scale(10, 2).points(value) == points


def test_a_scale_says_its_corners() -> None:
    assert Scale(50, 110, 190, 280).words == "0 points at 50, 100 at 110 to 190, 0 at 280"


@given(values, values, values, values)
def test_fluency_stays_within_its_bounds(pace: float, share: float, mean: float, repairs: float) -> None:
    found = fluency(pace, share, mean, repairs).value
    assert found is not None and 0 <= found <= 100


@given(values, values, values, values)
def test_the_index_stays_within_its_bounds(hedges: float, pace: float, share: float, pitch: float) -> None:
    found = index(hedges, pace, share, pitch).value
    assert found is not None and 0 <= found <= 100


@given(values, values, values, values)
def test_the_terms_of_a_score_add_up_to_it(a: float, b: float, c: float, d: float) -> None:
    for found in (fluency(a, b, c, d), index(a, b, c, d)):
        assert sum(t.contribution for t in found.terms) == pytest.approx(found.value)
        assert all(t.contribution == t.points * t.weight for t in found.terms)


@given(values, values, values, values)
def test_the_weights_of_a_score_add_up_to_one(a: float, b: float, c: float, d: float) -> None:
    for found in (fluency(a, b, c, d), index(a, b, c, d)):
        assert sum(t.weight for t in found.terms) == pytest.approx(1)


def test_the_weights_of_the_params_add_up_to_one() -> None:
    f, c, r = FluencyParams(), ConfidenceIndexParams(), RichnessParams()
    assert f.pace_weight + f.pause_weight + f.pause_mean_weight + f.repairs_weight == pytest.approx(1)
    assert c.hedges_weight + c.pace_weight + c.pause_weight + c.pitch_weight == pytest.approx(1)
    assert r.variety_weight + r.information_weight + r.length_weight == pytest.approx(1)


def test_a_score_without_one_of_its_parts_is_not_measured() -> None:
    assert index(0, 150, 20, None).value is None


def test_a_score_that_is_not_measured_says_which_part_is_missing() -> None:
    assert fluency(None, 20, 0.5, 1).reason == "Pace: too noisy"


def test_an_even_unhurried_answer_is_fluent() -> None:
    assert fluency(150, 25, 0.6, 1).value == 100


def test_a_halting_answer_is_less_fluent_than_an_even_one() -> None:
    assert (fluency(70, 55, 2, 8).value or 0) < 30


def test_hedging_lowers_the_index() -> None:
    assert (index(6, 150, 25, 6).value or 0) < (index(1, 150, 25, 6).value or 0)


def test_a_figure_without_value_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Figure(FigureName.PACE, None, "words/min")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_is_a_finite_number(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Figure(FigureName.PACE, value, "words/min")


def test_rounding_takes_no_score_past_a_hundred() -> None:
    parts = [Part(str(n), figure(FigureName.PACE, 1e9), Scale(0, 1), 0.1) for n in range(10)]
    assert (compute_score(FigureName.FLUENCY, parts, "").value or 0) <= 100
