from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.domain.health import Span, union
from core.domain.seen_line import SeenLine

START = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)
GAP_S = 3.0


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def drawn(seconds: list[float]) -> list[Span]:
    """All spans of a line of beats, in the order they began."""
    line, spans = SeenLine(GAP_S), []
    for second in seconds:
        span = line.beat(at(second))
        if span is not None and not any(span is known for known in spans):
            spans.append(span)
    return [span.frozen for span in spans]


def test_beats_close_together_draw_one_span_out() -> None:
    assert drawn([0, 2, 5, 8]) == [Span(at(0), at(8))]


def test_a_late_beat_begins_a_new_span_and_the_gap_stays() -> None:
    assert drawn([0, 2, 5.1, 6]) == [Span(at(0), at(2)), Span(at(5.1), at(6))]


def test_a_single_beat_has_seen_no_time() -> None:
    assert drawn([4]) == [Span(at(4), at(4))]


def test_a_beat_within_what_was_seen_changes_nothing() -> None:
    line = SeenLine(GAP_S)
    for second in (0, 2):
        line.beat(at(second))
    assert line.beat(at(1)) is None


def test_a_clock_set_back_begins_a_new_span() -> None:
    assert drawn([3600, 3601, 0, 1]) == [Span(at(3600), at(3601)), Span(at(0), at(1))]


def test_a_clock_set_forward_leaves_a_gap() -> None:
    assert drawn([0, 1, 3600, 3601]) == [Span(at(0), at(1)), Span(at(3600), at(3601))]


beats = st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=60)


@given(beats)
def test_beats_in_order_give_spans_with_gaps_between_them(seconds: list[float]) -> None:
    spans = drawn(sorted(seconds))
    gaps = [(after.started_at - before.ended_at).total_seconds() for before, after in pairwise(spans)]
    assert all(gap > GAP_S for gap in gaps)


@given(beats)
def test_beats_in_order_are_all_within_what_was_seen(seconds: list[float]) -> None:
    spans = drawn(sorted(seconds))
    assert all(any(s.started_at <= at(second) <= s.ended_at for s in spans) for second in seconds)


@given(beats)
def test_nothing_is_seen_further_than_a_gap_from_two_beats(seconds: list[float]) -> None:
    """Whatever the order: time counts as seen only between beats that are close enough."""
    near = [Span(at(a), at(b)) for a in seconds for b in seconds if 0 <= b - a <= GAP_S + 1e-6]
    allowed = union(near)
    for span in drawn(seconds):
        if span.seconds:
            assert any(a.started_at <= span.started_at and span.ended_at <= a.ended_at for a in allowed)


@given(st.randoms())
def test_beats_a_little_out_of_order_give_the_same(random: object) -> None:
    """Threads that overtake each other within the gap lose nothing and add nothing."""
    steady = [n * 0.5 for n in range(40)]
    jumbled = list(steady)
    for n in range(0, len(jumbled) - 1, 2):
        if random.random() < 0.5:  # type: ignore[attr-defined]
            jumbled[n], jumbled[n + 1] = jumbled[n + 1], jumbled[n]
    assert drawn(jumbled) == drawn(steady)
