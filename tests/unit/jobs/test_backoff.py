import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.backoff import BackoffParams, backoff_s

PARAMS = BackoffParams(first_s=5, growth=2, cap_s=60, jitter=0.5)


@pytest.mark.parametrize(("tries", "wait"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60)])
def test_each_wait_is_twice_the_one_before_up_to_the_cap(tries: int, wait: float) -> None:
    assert backoff_s(tries, 0.0, PARAMS) == wait


def test_chance_takes_off_at_most_the_jittered_share() -> None:
    assert backoff_s(1, 1.0, PARAMS) == 2.5


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_no_wait_is_negative_or_above_the_cap(tries: int, chance: float) -> None:
    assert 0 < backoff_s(tries, chance, PARAMS) <= PARAMS.cap_s


@given(st.integers(1, 100), st.floats(0, 1))
def test_a_later_try_never_waits_less(tries: int, chance: float) -> None:
    assert backoff_s(tries, chance, PARAMS) <= backoff_s(tries + 1, chance, PARAMS)
