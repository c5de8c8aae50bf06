from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span, common, length_s, union, without

START = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)
SECONDS = range(60)


def span(begin: float, end: float) -> Span:
    return Span(START + timedelta(seconds=begin), START + timedelta(seconds=end))


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: span(*pair)), max_size=12)
"""Whole seconds, some turned round, some empty."""


def covered(some: object) -> set[int]:
    """The whole seconds that lie within."""
    return {s for s in SECONDS for one in some if one.started_at <= span(s, s).started_at < one.ended_at}  # type: ignore[attr-defined]


@given(spans)
def test_a_union_covers_what_its_spans_cover(some: list[Span]) -> None:
    assert covered(union(some)) == covered(some)


@given(spans)
def test_a_union_is_in_order_and_its_spans_do_not_touch(some: list[Span]) -> None:
    assert all(one.ended_at < other.started_at for one, other in pairwise(union(some)))


@given(spans, spans)
def test_what_is_common_is_covered_by_both(some: list[Span], others: list[Span]) -> None:
    assert covered(common(some, others)) == covered(some) & covered(others)


@given(spans, spans)
def test_what_is_left_is_covered_by_the_first_alone(some: list[Span], others: list[Span]) -> None:
    assert covered(without(some, others)) == covered(some) - covered(others)


@given(spans, spans)
def test_common_and_left_add_up_to_the_whole(some: list[Span], others: list[Span]) -> None:
    assert length_s(common(some, others)) + length_s(without(some, others)) == length_s(union(some))


def health(source: MonitorSource, *seen: Span, expected: bool = True, wanted: tuple[Span, ...] | None = None):
    return SourceHealth(source, expected, seen, (), None, wanted)


def test_monitored_is_when_all_that_was_expected_saw() -> None:
    camera, page = health(MonitorSource.CAMERA, span(0, 30)), health(MonitorSource.PAGE, span(20, 60))
    assert HealthReport((span(0, 60),), (camera, page)).monitored == (span(20, 30),)


def test_a_source_that_was_not_expected_is_not_waited_for() -> None:
    camera, page = health(MonitorSource.CAMERA, expected=False), health(MonitorSource.PAGE, span(0, 60))
    assert HealthReport((span(0, 60),), (camera, page)).monitored_share == 1.0


def test_a_source_is_waited_for_as_long_as_it_was_wanted() -> None:
    camera = health(MonitorSource.CAMERA, span(0, 20), wanted=(span(0, 20),))
    page = health(MonitorSource.PAGE, span(0, 60))
    assert HealthReport((span(0, 60),), (camera, page)).monitored_share == 1.0


def test_with_nothing_expected_nothing_was_monitored() -> None:
    assert HealthReport((span(0, 60),), (health(MonitorSource.PAGE, expected=False),)).monitored_share == 0.0


def test_with_no_open_question_there_is_no_share() -> None:
    assert HealthReport((), (health(MonitorSource.PAGE),)).monitored_share is None
