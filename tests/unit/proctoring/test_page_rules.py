"""Page events in, flags out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.page_events import COMING_BACK, LEAVING_THE_PAGE, PageEventKind, PageSignal
from core.domain.watch import FROM_PAGE, Flag, FlagKind
from core.proctoring.page_rules import (
    Lasting,
    LeaveParams,
    Leaving,
    PageRules,
    began_by,
    count_leaving,
    flag_kind,
)

T0 = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)
BEGIN_AND_END = [
    (PageEventKind.HIDDEN, PageEventKind.VISIBLE, FlagKind.TAB_SWITCHING),
    (PageEventKind.BLUR, PageEventKind.FOCUS, FlagKind.TAB_SWITCHING),
    (PageEventKind.FULLSCREEN_EXIT, PageEventKind.FULLSCREEN_ON, FlagKind.FULLSCREEN_EXIT),
    (PageEventKind.RESIZED, PageEventKind.RESIZED_BACK, FlagKind.WINDOW_RESIZED),
    (PageEventKind.EXTRA_SCREEN, PageEventKind.SINGLE_SCREEN, FlagKind.EXTRA_SCREEN),
]
CLIPBOARD = (PageEventKind.COPY, PageEventKind.CUT, PageEventKind.PASTE)
EVENTS = st.lists(st.tuples(st.sampled_from(list(PageEventKind)), st.floats(-5, 600), st.integers(0, 10**6)))


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def signal(kind: PageEventKind, seconds: float = 0.0, length: int = 0) -> PageSignal:
    return PageSignal(kind, at(seconds), length)


def run(rules: PageRules, *signals: PageSignal) -> list[Flag]:
    return [flag for one in signals if (flag := rules.observe(one)) is not None]


@pytest.mark.parametrize("begin, end, kind", BEGIN_AND_END)
def test_from_beginning_to_end_is_one_flag(begin: PageEventKind, end: PageEventKind, kind: FlagKind) -> None:
    opened, closed = run(PageRules(), signal(begin), signal(end, 14))
    assert (opened.kind, opened.started_at, opened.ended_at) == (kind, at(0), None)
    assert (closed.kind, closed.started_at, closed.ended_at, closed.strength) == (kind, at(0), at(14), 1.0)


@pytest.mark.parametrize("begin, end, kind", BEGIN_AND_END)
def test_an_end_without_a_beginning_is_nothing(begin: PageEventKind, end: PageEventKind, kind: FlagKind) -> None:
    assert run(PageRules(), signal(end)) == []


@pytest.mark.parametrize("begin, end, kind", BEGIN_AND_END)
def test_the_reason_says_how_long(begin: PageEventKind, end: PageEventKind, kind: FlagKind) -> None:
    assert "for 1 min 5 s" in run(PageRules(), signal(begin), signal(end, 65))[-1].reason


def test_a_hidden_page_was_left_for_another_tab() -> None:
    flags = run(PageRules(), signal(PageEventKind.HIDDEN), signal(PageEventKind.VISIBLE, 14))
    assert flags[-1].reason == "The page was left for 14 s (another tab)."


def test_a_page_without_focus_was_left_for_another_window() -> None:
    flags = run(PageRules(), signal(PageEventKind.BLUR), signal(PageEventKind.FOCUS, 3))
    assert flags[-1].reason == "The page was left for 3 s (another window)."


def test_hidden_and_out_of_focus_at_once_is_one_leaving() -> None:
    flags = run(
        PageRules(), signal(PageEventKind.BLUR), signal(PageEventKind.HIDDEN, 1), signal(PageEventKind.VISIBLE, 9)
    )
    assert [(f.started_at, f.ended_at) for f in flags] == [(at(0), None), (at(0), at(9))]


@pytest.mark.parametrize(
    "kind, length, words",
    [
        (PageEventKind.PASTE, 512, "Text of 512 characters was pasted into the page."),
        (PageEventKind.COPY, 1, "Text of 1 character was copied from the page."),
        (PageEventKind.CUT, 12_000, "Text of 12,000 characters was cut from the page."),
        (PageEventKind.PASTE, 0, "Something without text was pasted into the page."),
    ],
)
def test_the_clipboard_is_a_flag_of_a_moment(kind: PageEventKind, length: int, words: str) -> None:
    (flag,) = run(PageRules(), signal(kind, 5, length))
    assert (flag.kind, flag.started_at, flag.ended_at, flag.reason) == (FlagKind.COPY_PASTE, at(5), at(5), words)


def test_what_lasts_when_the_watching_ends_lasted_at_least_so_long() -> None:
    rules = PageRules()
    rules.observe(signal(PageEventKind.HIDDEN))
    (flag,) = rules.close(at(30))
    assert (flag.ended_at, flag.reason) == (at(30), "The page was left for at least 30 s (another tab).")


def test_an_end_before_its_beginning_makes_no_negative_time() -> None:
    flags = run(PageRules(), signal(PageEventKind.HIDDEN, 10), signal(PageEventKind.VISIBLE, 2))
    assert flags[-1].ended_at == at(10)


def test_rules_go_on_from_what_was_left_open() -> None:
    rules = PageRules({FlagKind.TAB_SWITCHING: Lasting(PageEventKind.BLUR, at(0))})
    assert [f.reason for f in run(rules, signal(PageEventKind.HIDDEN, 3), signal(PageEventKind.FOCUS, 20))] == [
        "The page was left for 20 s (another window)."
    ]


@pytest.mark.parametrize("event", list(PageEventKind))
def test_every_event_belongs_to_a_flag_of_the_page(event: PageEventKind) -> None:
    assert flag_kind(event) in FROM_PAGE


@pytest.mark.parametrize("kind", sorted(FROM_PAGE - {FlagKind.COPY_PASTE}))
def test_every_flag_that_lasts_is_begun_by_something(kind: FlagKind) -> None:
    assert began_by(kind) and all(flag_kind(event) is kind for event in began_by(kind))


@given(EVENTS)
def test_no_flag_begins_twice_without_an_end(events: list[tuple[PageEventKind, float, int]]) -> None:
    rules, open_now = PageRules(), set()
    for kind, seconds, length in events:
        flag = rules.observe(signal(kind, seconds, length))
        if flag is None or flag.kind is FlagKind.COPY_PASTE:
            continue
        if flag.ended_at is None:
            assert flag.kind not in open_now
            open_now.add(flag.kind)
        else:
            assert flag.kind in open_now
            open_now.remove(flag.kind)
        assert set(rules.active) == open_now


@given(EVENTS, st.floats(-5, 1000))
def test_closing_ends_every_flag(events: list[tuple[PageEventKind, float, int]], seconds: float) -> None:
    rules = PageRules()
    flags = run(rules, *(signal(*event) for event in events))
    flags += rules.close(at(seconds))
    opened = sum(f.ended_at is None for f in flags)
    closed = sum(f.ended_at is not None and f.kind is not FlagKind.COPY_PASTE for f in flags)
    assert opened == closed and rules.active == () and rules.close(at(seconds)) == []


@given(EVENTS)
def test_every_flag_is_whole(events: list[tuple[PageEventKind, float, int]]) -> None:
    rules = PageRules()
    for flag in [*run(rules, *(signal(*event) for event in events)), *rules.close(at(700))]:
        assert flag.strength == 1.0 and flag.reason.endswith(".") and flag.kind in FROM_PAGE
        assert flag.ended_at is None or flag.ended_at >= flag.started_at


@given(EVENTS)
def test_the_clipboard_is_one_flag_an_event(events: list[tuple[PageEventKind, float, int]]) -> None:
    flags = run(PageRules(), *(signal(*event) for event in events))
    assert sum(f.kind is FlagKind.COPY_PASTE for f in flags) == sum(kind in CLIPBOARD for kind, _, _ in events)


# --- counting -----------------------------------------------------------------------------------------------


def test_the_first_leaving_is_number_one() -> None:
    assert count_leaving(None, signal(PageEventKind.HIDDEN), away=False).count == 1


def test_what_happens_while_away_is_the_same_leaving() -> None:
    first = Leaving(1, at(0))
    assert count_leaving(first, signal(PageEventKind.BLUR, 100), away=True).same


@pytest.mark.parametrize("gap_s, same", [(0.0, True), (1.9, True), (2.0, False), (60.0, False)])
def test_only_what_follows_a_return_at_once_is_the_same_leaving(gap_s: float, same: bool) -> None:
    first = Leaving(1, at(0), back_at=at(30))
    found = count_leaving(first, signal(PageEventKind.BLUR, 30 + gap_s), away=False)
    assert (found.same, found.count) == (same, 1 if same else 2)


def test_a_leaving_that_was_taken_in_takes_in_no_other() -> None:
    second = Leaving(1, at(30), same=True, back_at=at(60))
    assert count_leaving(second, signal(PageEventKind.BLUR, 60.5), away=False).count == 2


@given(st.lists(st.tuples(st.sampled_from(sorted(LEAVING_THE_PAGE | COMING_BACK)), st.floats(0, 10)), max_size=60))
def test_numbers_rise_by_one_and_at_least_every_second_return_counts(
    steps: list[tuple[PageEventKind, float]],
) -> None:
    rules, latest, now = PageRules(), None, 0.0
    for kind, gap in steps:
        now += gap
        if kind in LEAVING_THE_PAGE:
            away = bool({FlagKind.TAB_SWITCHING, flag_kind(kind)} & {*rules.active})
            found = count_leaving(latest, signal(kind, now), away=away, params=LeaveParams())
            before = latest.count if latest else 0
            assert found.count == before + (not found.same)
            assert away or not (found.same and latest is not None and latest.same)
            latest = found
        elif latest is not None:
            latest = Leaving(latest.count, latest.at, latest.same, at(now))
        rules.observe(signal(kind, now))
