"""What the page reports: logged, counted, raised as flags, and answered as the policy says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse
from policies import policy_text

from core.bootstrap import House
from core.domain.errors import StorageUnavailable
from core.domain.events import Paused, Terminated
from core.domain.flow import Phase
from core.domain.interview import AnswerEnding
from core.domain.page_events import PageEventKind, PageReply
from core.domain.policy import Severity
from core.domain.watch import FlagKind
from core.storage.interviews import InterviewRepo
from core.storage.records import FlagRow
from core.storage.watch import FlagRepo

HIDDEN, VISIBLE, BLUR, FOCUS = (
    PageEventKind.HIDDEN, PageEventKind.VISIBLE, PageEventKind.BLUR, PageEventKind.FOCUS,
)  # fmt: skip
DEDUCT = {"action": "deduct", "warnings": 1, "deduct_s": 15}
END = {"action": "end", "warnings": 1}


def plan(holder: Holder, **changes: object) -> Holder:
    """Replace fields of the interview's plan."""
    with holder.house.database.transaction() as tx:
        InterviewRepo(tx).save_plan(holder.session_id, replace(holder.view.plan, **changes))  # type: ignore[arg-type]
    return holder


def leave(holder: Holder, *, seconds: float = 14.0) -> PageReply:
    """Be away for a while and come back; long before the next one."""
    reply = report(holder, HIDDEN)
    holder.clock.tick(seconds)
    report(holder, VISIBLE)
    holder.clock.tick(5)
    return reply


def report(holder: Holder, *kinds: PageEventKind, at_ms: tuple[int, ...] = ()) -> PageReply:
    return holder.house.pages.record(holder.session_id, [(kind, 0) for kind in kinds], at_ms)


def flags(holder: Holder) -> list[FlagRow]:
    return holder.file.flags


@pytest.fixture
def answering(held: Holder) -> Holder:
    """An open answer with two minutes to go."""
    return held.begin()


# --- counting -----------------------------------------------------------------------------------------------


def test_leaving_the_page_is_warned_about_as_one_of_three(held: Holder) -> None:
    assert "1 of 3" in report(held, HIDDEN).warning


def test_leaving_the_page_again_counts_on(held: Holder) -> None:
    leave(held)
    assert "2 of 3" in report(held, BLUR).warning


def test_after_the_last_warning_the_interview_goes_on_and_says_so(answering: Holder) -> None:
    for _ in range(3):
        leave(answering, seconds=1)
    warning = report(answering, HIDDEN).warning
    assert "goes on" in warning and "of 3" not in warning
    assert answering.phase is Phase.ANSWERING


def test_the_number_of_warnings_is_a_setting(make_house: MakeHouse, clock: ManualClock) -> None:
    assert "1 of 7" in report(Holder.ready(make_house(page_warnings=7), clock), BLUR).warning


def test_the_number_of_warnings_of_the_policy_wins(held: Holder) -> None:
    plan(held, policy=policy_text(leave={"action": "warn", "warnings": 5}))
    assert "1 of 5" in report(held, HIDDEN).warning


@pytest.mark.parametrize("kind", [k for k in PageEventKind if k not in (HIDDEN, BLUR, PageEventKind.FULLSCREEN_EXIT)])
def test_what_is_no_leaving_is_not_counted_as_one(held: Holder, kind: PageEventKind) -> None:
    report(held, kind)
    held.clock.tick(5)
    assert "1 of 3" in report(held, HIDDEN).warning


def test_two_interviews_are_counted_apart(house: House, held: Holder, clock: ManualClock) -> None:
    report(Holder.ready(house, clock, "eve@example.org"), HIDDEN)
    assert "1 of 3" in report(held, HIDDEN).warning


def test_going_away_again_while_away_is_not_counted_twice(held: Holder) -> None:
    report(held.start(), HIDDEN)
    held.clock.tick(60)
    assert report(held, BLUR).warning == ""
    assert [line["count"] for line in held.logged("window_blur")] == [1]


def test_a_return_for_a_moment_is_not_counted_as_another_leaving(held: Holder) -> None:
    report(held, BLUR)
    held.clock.tick(30)
    report(held, FOCUS)
    held.clock.tick(0.5)
    report(held, BLUR)
    assert [(line["count"], line.get("same", False)) for line in held.logged("window_blur")] == [(1, False), (1, True)]


def test_going_to_and_fro_is_counted_all_the_same(held: Holder) -> None:
    for _ in range(4):
        report(held, HIDDEN)
        held.clock.tick(30)
        report(held, VISIBLE)
        held.clock.tick(0.5)
    assert held.logged("tab_hidden")[-1]["count"] == 2


def test_a_tab_change_that_ends_full_screen_as_well_is_one_leaving(held: Holder) -> None:
    reply = report(held, PageEventKind.FULLSCREEN_EXIT, HIDDEN)
    assert "1 of 3" in reply.warning and "full screen" in reply.warning


def test_leaving_the_tab_is_counted_while_full_screen_is_not_back(held: Holder) -> None:
    report(held, PageEventKind.FULLSCREEN_EXIT)
    held.clock.tick(60)
    assert "2 of 3" in report(held, HIDDEN).warning


def test_a_page_reloaded_while_away_does_not_count_twice(answering: Holder) -> None:
    report(answering, HIDDEN)
    answering.house.interviews.come_back(answering.session_id, answering.clock.now())
    answering.clock.tick(1)
    report(answering, HIDDEN)
    assert answering.logged("tab_hidden")[-1] == {"count": 1, "same": True}


# --- the log ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(PageEventKind))
def test_every_kind_of_page_event_is_logged(held: Holder, kind: PageEventKind) -> None:
    report(held, kind)
    assert len(held.logged(kind.value)) == 1


def test_a_paste_is_logged_by_its_length_and_nothing_else(house: House, held: Holder) -> None:
    house.pages.record(held.session_id, [(PageEventKind.PASTE, 512)])
    assert held.logged("paste") == [{"length": 512}]


def test_a_paste_is_told_to_the_candidate(house: House, held: Holder) -> None:
    assert "pasted" in house.pages.record(held.session_id, [(PageEventKind.PASTE, 512)]).warning


def test_coming_back_to_the_page_is_no_warning(held: Holder) -> None:
    assert report(held, VISIBLE) == PageReply()


def test_what_comes_after_the_end_is_logged_and_leads_to_nothing(held: Holder) -> None:
    held.complete()
    assert report(held, HIDDEN, PageEventKind.PASTE) == PageReply()
    assert (held.logged("tab_hidden"), flags(held)) == ([{}], [])


# --- flags --------------------------------------------------------------------------------------------------


def test_one_leaving_is_one_flag_with_its_length(held: Holder) -> None:
    leave(held.start(), seconds=14)
    (flag,) = flags(held)
    assert (flag.kind, flag.reason, flag.strength) == (
        FlagKind.TAB_SWITCHING, "The page was left for 14 s (another tab).", 1.0,
    )  # fmt: skip


def test_a_leaving_that_lasts_is_an_open_flag(held: Holder) -> None:
    report(held.start(), BLUR)
    (flag,) = flags(held)
    assert (flag.ended_at, flag.reason) == (None, "The page was left (another window).")


def test_a_page_that_was_frozen_tells_how_long_it_was_away(held: Holder) -> None:
    held.start()
    held.clock.tick(100)
    report(held, HIDDEN, VISIBLE, at_ms=(1_000_000, 1_042_000))
    (flag,) = flags(held)
    assert flag.reason == "The page was left for 42 s (another tab)."
    assert flag.ended_at == held.clock.now()


@pytest.mark.parametrize("at_ms", [(5, -9_000_000_000_000), (0, 9_000_000_000_000), (7,), (0, 0)])
def test_a_browser_with_a_wrong_clock_makes_no_impossible_flag(held: Holder, at_ms: tuple[int, ...]) -> None:
    held.start()
    begun = held.clock.now()
    held.clock.tick(10_000)
    report(held, HIDDEN, VISIBLE, at_ms=at_ms)
    (flag,) = flags(held)
    assert flag.ended_at is not None
    assert begun <= flag.started_at <= flag.ended_at <= held.clock.now()


def test_another_process_ends_the_flag_that_was_begun_here(make_house: MakeHouse, clock: ManualClock) -> None:
    first = Holder.ready(make_house(), clock).start()
    report(first, BLUR)
    clock.tick(20)
    second = Holder(make_house(), clock, first.session_id, first.token)
    report(second, FOCUS)
    assert [f.reason for f in flags(second)] == ["The page was left for 20 s (another window)."]


def test_what_the_clipboard_did_is_a_flag_with_its_length(house: House, held: Holder) -> None:
    house.pages.record(held.start().session_id, [(PageEventKind.COPY, 1), (PageEventKind.PASTE, 512)])
    assert [f.reason for f in flags(held)] == [
        "Text of 1 character was copied from the page.", "Text of 512 characters was pasted into the page.",
    ]  # fmt: skip
    assert all(f.ended_at == f.started_at for f in flags(held))


def test_a_flag_of_the_page_has_the_severity_of_the_policy(held: Holder) -> None:
    plan(held, policy=policy_text(severity={"tab_switching": "high"}))
    report(held.start(), HIDDEN)
    assert [f.severity for f in flags(held)] == [Severity.HIGH]


def test_a_flag_without_an_end_ends_with_the_pause(answering: Holder) -> None:
    report(answering, HIDDEN)
    answering.clock.tick(30)
    answering.house.interviews.apply(answering.session_id, Paused())
    (flag,) = flags(answering)
    assert (flag.ended_at, flag.reason) == (
        answering.clock.now(), "The page was left for at least 30 s (another tab).",
    )  # fmt: skip


def test_a_flag_without_an_end_ends_with_the_interview(answering: Holder) -> None:
    report(answering, PageEventKind.EXTRA_SCREEN)
    answering.clock.tick(30)
    answering.house.interviews.apply(answering.session_id, Terminated())
    assert all(f.ended_at is not None for f in flags(answering))


def test_a_flag_goes_on_from_one_question_to_the_next(answering: Holder) -> None:
    report(answering, PageEventKind.EXTRA_SCREEN)
    answering.submit("An answer.")
    assert [f.ended_at for f in flags(answering)] == [None]


def test_a_page_opened_afresh_ends_what_the_old_one_left_open(answering: Holder) -> None:
    answering.house.rooms.open(answering.session_id)
    report(answering, HIDDEN)
    answering.clock.tick(30)
    last_seen = answering.clock.now() - timedelta(seconds=10)
    answering.house.interviews.come_back(answering.session_id, last_seen)
    assert [f.ended_at for f in flags(answering)] == [last_seen]


def test_what_is_reported_late_in_a_pause_does_not_stay_open(answering: Holder) -> None:
    answering.house.interviews.apply(answering.session_id, Paused())
    report(answering, HIDDEN)
    assert all(f.ended_at is not None for f in flags(answering))


# --- accommodations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [HIDDEN, BLUR, PageEventKind.FULLSCREEN_EXIT])
def test_who_may_leave_the_page_is_neither_warned_nor_counted(held: Holder, kind: PageEventKind) -> None:
    plan(held, rules_off=("tab_switching",))
    assert (report(held, kind), held.logged(kind.value)) == (PageReply(), [{}])


def test_who_may_leave_the_page_gets_no_flag_for_it(held: Holder) -> None:
    leave(plan(held, rules_off=("tab_switching",)).start())
    assert flags(held) == []


def test_who_may_leave_the_page_is_not_ended_for_it(held: Holder) -> None:
    plan(held, rules_off=("tab_switching",), policy=policy_text(leave=END)).begin()
    for _ in range(5):
        leave(held, seconds=1)
    assert held.phase is Phase.ANSWERING


def test_who_may_paste_is_not_told_that_it_is_noted(held: Holder) -> None:
    assert report(plan(held, rules_off=("copy_paste",)), PageEventKind.PASTE) == PageReply()


# --- what the policy does -----------------------------------------------------------------------------------


def test_a_policy_that_only_logs_warns_of_nothing_and_raises_the_flag(held: Holder) -> None:
    plan(held, policy=policy_text("low")).start()
    assert leave(held) == PageReply()
    assert [f.kind for f in flags(held)] == [FlagKind.TAB_SWITCHING]


def deadline_moved(holder: Holder, act: Callable[[], object]) -> float:
    before = holder.view.state.deadline
    act()
    after = holder.view.state.deadline
    assert before is not None and after is not None
    return (before - after).total_seconds()


@pytest.fixture
def deducting(answering: Holder) -> Holder:
    """The next leaving costs time."""
    plan(answering, policy=policy_text(leave=DEDUCT))
    leave(answering, seconds=1)
    return answering


def test_a_warned_leaving_costs_no_time_and_says_what_the_next_will(answering: Holder) -> None:
    plan(answering, policy=policy_text(leave=DEDUCT))
    reply = report(answering, HIDDEN)
    assert reply.deducted_s == 0 and "1 of 1" in reply.warning and "15 s" in reply.warning


def test_after_the_warnings_time_is_taken_from_the_question(deducting: Holder) -> None:
    assert deadline_moved(deducting, lambda: report(deducting, HIDDEN)) == 15


def test_the_candidate_is_told_what_was_taken(deducting: Holder) -> None:
    reply = report(deducting, HIDDEN)
    assert reply.deducted_s == 15 and "15 s were taken from this question's time" in reply.warning


def test_what_was_taken_is_logged(deducting: Holder) -> None:
    report(deducting, HIDDEN)
    (line,) = deducting.logged("time_deducted")
    assert (line["seconds"], line["count"], line["policy"]) == (15, 2, "medium")


def test_ten_seconds_are_always_left(deducting: Holder) -> None:
    deducting.clock.tick((deducting.view.remaining_s or 0) - 18)
    assert report(deducting, HIDDEN).deducted_s == 8
    assert deducting.view.remaining_s == 10


def test_of_less_than_ten_seconds_nothing_is_taken_and_nothing_given(deducting: Holder) -> None:
    deducting.clock.tick((deducting.view.remaining_s or 0) - 4)
    reply = report(deducting, HIDDEN)
    assert (reply.deducted_s, deducting.view.remaining_s) == (0, 4)
    assert "noted" in reply.warning and "taken" not in reply.warning


def test_nothing_is_taken_while_a_question_is_read_out(held: Holder) -> None:
    plan(held, policy=policy_text(leave=DEDUCT)).start()
    leave(held, seconds=1)
    assert deadline_moved(held, lambda: report(held, HIDDEN)) == 0


@pytest.fixture
def ending(answering: Holder) -> Holder:
    """The next leaving ends the interview."""
    plan(answering, policy=policy_text(leave=END, name="Exam"))
    answering.draft("Half an answer")
    leave(answering, seconds=1)
    return answering


def test_a_warned_leaving_says_that_the_next_ends_the_interview(answering: Holder) -> None:
    plan(answering, policy=policy_text(leave=END))
    reply = report(answering, HIDDEN)
    assert not reply.ended and "The next time ends the interview." in reply.warning
    assert answering.phase is Phase.ANSWERING


def test_after_the_warnings_the_interview_is_ended(ending: Holder) -> None:
    assert report(ending, HIDDEN).ended
    assert ending.phase is Phase.TERMINATED


def test_the_open_answer_is_kept_as_last_saved_when_the_policy_ends_the_interview(ending: Holder) -> None:
    report(ending, HIDDEN)
    assert ending.answers()[0] == "Half an answer"
    assert ending.file.questions[0].question.ending == AnswerEnding.TIME_UP


def test_an_ending_is_logged_with_all_that_led_to_it(ending: Holder) -> None:
    report(ending, HIDDEN)
    (line,) = ending.logged("ended_by_policy")
    assert (line["policy"], line["count"], line["warnings"], line["question"], line["phase"]) == (
        "Exam", 2, 1, 0, "answering",
    )  # fmt: skip
    assert line["reason"] == "The page was left 2 times; 1 warning was given before."
    assert len(line["left"]) == 2 and line["flags"] == [f.id for f in flags(ending)]


def test_an_ending_stands_in_the_step_with_its_reason(ending: Holder) -> None:
    report(ending, HIDDEN)
    assert ending.logged("state")[-1]["reason"] == "The page was left 2 times; 1 warning was given before."


def test_an_ending_is_marked_for_a_person(ending: Holder) -> None:
    report(ending, HIDDEN)
    (listed,) = ending.house.desk.search()[0]
    assert len(ending.logged("human_review_due")) == 1 and listed.review_due


def test_no_flag_is_left_open_by_an_ending(ending: Holder) -> None:
    report(ending, HIDDEN)
    assert all(f.ended_at is not None for f in flags(ending))


def test_an_ending_happens_once(ending: Holder) -> None:
    report(ending, HIDDEN)
    assert not report(ending, VISIBLE, HIDDEN).ended
    assert len(ending.logged("ended_by_policy")) == 1


def test_an_ending_the_database_refuses_leaves_the_interview_open(
    ending: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StorageUnavailable("The disk is full, so this was not saved.")

    with monkeypatch.context() as patched:
        patched.setattr("core.services.policy_ending.take_step", refuse)
        with pytest.raises(StorageUnavailable):
            report(ending, HIDDEN)
    assert ending.phase is Phase.ANSWERING and ending.answers()[0] is None


@pytest.mark.parametrize("name", ["low", "medium", "high"])
def test_no_built_in_policy_ends_an_interview(answering: Holder, name: str) -> None:
    plan(answering, policy=policy_text(name))
    for _ in range(8):
        leave(answering, seconds=0.1)
    assert answering.phase is Phase.ANSWERING


def test_a_flag_that_cannot_be_stored_is_not_counted_either(held: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise StorageUnavailable("The disk is full, so this was not saved.")

    with monkeypatch.context() as patched:
        patched.setattr(FlagRepo, "open", refuse)
        with pytest.raises(StorageUnavailable):
            report(held, HIDDEN)
    assert held.logged("tab_hidden") == []
