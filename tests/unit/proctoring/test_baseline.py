import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.proctoring.baseline import ANGLES, Baseline


def settled(value: float = 8.0) -> Baseline:
    zero = Baseline(ANGLES)
    for n in range(ANGLES.frames):
        assert zero.offset(n * 0.5, value) is None
    return zero


def test_the_zero_is_the_median_of_the_first_values():
    zero = Baseline(ANGLES)
    for n, value in enumerate((10.0, 9.0, 34.0, 10.5, 11.0)):
        zero.offset(n * 0.5, value)
    assert zero.offset(3.0, 10.5) == pytest.approx(0.0)


def test_who_begins_by_looking_away_does_not_make_that_the_zero():
    zero = Baseline(ANGLES)
    for n in range(20):
        assert zero.offset(n * 0.5, 50.0) is None
    assert not zero.known


def test_a_new_posture_becomes_the_zero_slowly():
    zero = settled()
    first = zero.offset(3.0, 14.0)
    for n in range(400):
        last = zero.offset(3.0 + n * 0.5, 14.0)
    assert first == pytest.approx(6.0, abs=0.2)
    assert last == pytest.approx(0.0, abs=0.5)


def test_looking_away_however_long_never_becomes_the_zero():
    zero = settled()
    for n in range(1000):
        assert zero.offset(3.0 + n * 0.5, 40.0) == pytest.approx(32.0)


@given(st.lists(st.floats(-90, 90), min_size=1, max_size=200))
def test_the_zero_never_moves_further_than_its_limit(values):
    zero = settled()
    for n, value in enumerate(values):
        offset = zero.offset(3.0 + n * 5, value)
        assert abs((value - offset) - 8.0) <= ANGLES.drift + 1e-9


def test_the_first_value_after_a_long_gap_does_not_become_the_zero():
    zero = settled()
    zero.offset(300.0, 17.0)
    assert zero.offset(300.5, 8.0) == pytest.approx(0.0, abs=0.6)


def test_who_sits_a_little_differently_after_a_pause_is_measured_from_there():
    zero = settled()
    zero.settle_again()
    assert [zero.offset(300.0 + n, 19.0) for n in range(5)] == [None] * 5
    assert zero.offset(305.0, 19.0) == pytest.approx(0.0)


def test_a_pause_does_not_make_looking_aside_the_usual_position():
    zero = settled()
    zero.settle_again()
    for n in range(5):
        zero.offset(300.0 + n, 34.0)
    assert zero.offset(305.0, 34.0) == pytest.approx(34.0 - 8.0 - ANGLES.drift)
