from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import AttemptsUsed, IllegalTransition, InterviewError
from core.domain.events import (
    AnswerStarted,
    AnswerStopped,
    AnswerSubmitted,
    ConsentGiven,
    DeadlinePassed,
    DevicesChecked,
    Event,
    MovedOn,
    Paused,
    QuestionSpoken,
    Resumed,
    RetryRequested,
    Returned,
    Started,
    Terminated,
    TimeDeducted,
    TimeUp,
    Waited,
)
from core.domain.flow import CLOCKED, OVER, FlowState, Phase, advance, begin, limit_s, remaining_s, retries_left
from core.domain.interview import AnswerEnding, InterviewPlan

T0 = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PLAN = InterviewPlan("Python", question_count=2)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def go(*steps: tuple[float, Event], plan: InterviewPlan = PLAN, state: FlowState | None = None) -> FlowState:
    state = state or begin(T0)
    for seconds, event in steps:
        state = advance(state, event, plan, at(seconds))
    return state


STARTED = ((0, ConsentGiven()), (0, DevicesChecked()), (0, Started()))
ANSWERING = (*STARTED, (5, QuestionSpoken()), (10, AnswerStarted()))


# --- the path through an interview ------------------------------------------------------------------------


def test_a_whole_interview_by_hand():
    state = go(*ANSWERING)
    phases = [state.phase]
    for seconds, event in (
        (60, AnswerStopped()),
        (70, AnswerSubmitted()),
        (71, MovedOn()),
        (80, AnswerStarted()),
        (90, AnswerSubmitted(AnswerEnding.SKIPPED)),
        (91, MovedOn()),
    ):
        state = advance(state, event, PLAN, at(seconds))
        phases.append(state.phase)
    assert phases == [
        Phase.ANSWERING,
        Phase.REVIEWING,
        Phase.SUBMITTED,
        Phase.ASKING,
        Phase.ANSWERING,
        Phase.SUBMITTED,
        Phase.COMPLETED,
    ]
    assert state.question_index == 1


def test_time_a_machine_took_is_given_back():
    waited = go((20, Waited(7.5)), state=go(*ANSWERING))
    assert remaining_s(waited, at(20)) == remaining_s(go(*ANSWERING), at(20)) + 7.5
    assert waited.phase is Phase.ANSWERING


def test_time_is_given_back_only_while_a_question_is_open():
    with pytest.raises(IllegalTransition):
        go((0, ConsentGiven()), (1, Waited(7.5)))


def test_a_machine_cannot_take_time_away():
    assert go((20, Waited(-7.5)), state=go(*ANSWERING)).deadline == go(*ANSWERING).deadline


def test_left_alone_the_clock_leads_from_phase_to_phase_at_its_limits():
    state, seen = go(*STARTED), []
    while state.deadline is not None:
        seen.append((state.phase, (state.deadline - T0).total_seconds()))
        state = advance(state, TimeUp(), PLAN, state.deadline)
    assert seen == [(Phase.ASKING, 60), (Phase.THINKING, 90), (Phase.ANSWERING, 210)]
    assert (state.phase, state.ending) == (Phase.SUBMITTED, AnswerEnding.TIME_UP)


def test_time_up_before_its_time_does_nothing_but_note_the_moment():
    before = go(*ANSWERING)
    assert go((129.9, TimeUp()), state=before) == replace(before, updated_at=at(129.9))


def test_review_that_runs_out_saves_the_answer():
    state = go(*ANSWERING, (20, AnswerStopped()), (80, TimeUp()))
    assert (state.phase, state.ending) == (Phase.SUBMITTED, AnswerEnding.TIME_UP)


def test_without_think_time_the_answer_follows_the_question():
    plan = replace(PLAN, think_s=0.0)
    assert go(*STARTED, (5, QuestionSpoken()), plan=plan).phase is Phase.ANSWERING


def test_the_ending_of_an_answer_is_kept_until_the_next_question():
    state = go(*ANSWERING, (20, AnswerSubmitted(AnswerEnding.SKIPPED)))
    assert state.ending is AnswerEnding.SKIPPED
    assert go((21, MovedOn()), state=state).ending is None


@pytest.mark.parametrize("event", [Started(), AnswerStarted(), MovedOn(), Resumed(), TimeUp(), RetryRequested()])
def test_events_out_of_place_are_refused_in_plain_words(event):
    with pytest.raises(IllegalTransition) as refused:
        go((1, event))
    assert refused.value.message and refused.value.next_step


@pytest.mark.parametrize("last", [DeadlinePassed(), Terminated()])
@pytest.mark.parametrize("steps", [(), STARTED, ANSWERING, (*ANSWERING, (20, Paused()))])
def test_an_interview_can_be_ended_from_anywhere_and_then_stays_ended(steps, last):
    state = go(*steps, (30, last))
    assert state.phase in OVER
    assert remaining_s(state, at(31)) is None
    with pytest.raises(IllegalTransition):
        go((31, Resumed()), state=state)


# --- retries and extra time -------------------------------------------------------------------------------


def test_a_retry_gives_the_full_time_again_and_is_counted():
    state = go(*ANSWERING, (50, AnswerStopped()), (60, RetryRequested()))
    assert (state.phase, state.attempt, remaining_s(state, at(60))) == (Phase.ANSWERING, 2, 120)
    assert retries_left(state, PLAN) == 0
    with pytest.raises(AttemptsUsed):
        go((70, RetryRequested()), state=state)


def test_the_next_question_has_its_retries_again():
    state = go(*ANSWERING, (20, RetryRequested()), (30, AnswerSubmitted()), (31, MovedOn()))
    assert (state.attempt, retries_left(state, PLAN)) == (1, 1)


def test_extra_time_stretches_the_candidates_time_but_not_the_reading_of_the_question():
    plan = replace(PLAN, time_factor=1.5)
    assert [limit_s(p, plan) for p in (Phase.ASKING, Phase.THINKING, Phase.ANSWERING, Phase.REVIEWING)] == [
        60,
        45,
        180,
        90,
    ]
    state = go(*ANSWERING, plan=plan)
    assert remaining_s(state, at(10)) == 180
    assert go((189, TimeUp()), state=state, plan=plan).phase is Phase.ANSWERING
    assert go((190, TimeUp()), state=state, plan=plan).phase is Phase.SUBMITTED


# --- pauses and returns -----------------------------------------------------------------------------------


def test_a_pause_stops_the_clock_and_is_counted():
    paused = go(*ANSWERING, (40, Paused()))
    assert remaining_s(paused, at(70)) == 90
    resumed = go((70, Resumed()), state=paused)
    assert (resumed.phase, remaining_s(resumed, at(70)), resumed.paused_s) == (Phase.ANSWERING, 90, 30)


def test_a_pause_ends_by_itself_when_the_allowance_is_used_up():
    paused = go(*ANSWERING, (40, Paused()))
    back = go((340, TimeUp()), state=paused)
    assert (back.phase, remaining_s(back, at(340)), back.paused_s) == (Phase.ANSWERING, 90, 300)
    with pytest.raises(AttemptsUsed):
        go((350, Paused()), state=back)


def test_a_fourth_pause_is_refused_and_the_clock_runs_on():
    state = go(*ANSWERING)
    for n in range(3):
        state = go((20 + 2 * n, Paused()), (21 + 2 * n, Resumed()), state=state)
    assert state.paused_s == 3
    with pytest.raises(AttemptsUsed):
        go((30, Paused()), state=state)
    assert remaining_s(state, at(30)) == 120 - 20 + 3


def test_a_return_brings_back_what_was_left_when_last_seen():
    back = go(*ANSWERING, (100, Returned(at(30))))
    assert (back.phase, back.paused_phase, back.question_index) == (Phase.PAUSED, Phase.ANSWERING, 0)
    assert (back.remaining_s, back.paused_s) == (100, 70)
    resumed = go((105, Resumed()), state=back)
    assert (remaining_s(resumed, at(105)), resumed.paused_s) == (100, 75)


def test_a_return_after_days_is_not_punished():
    back = go(*ANSWERING, (5 * 86_400, Returned(at(30))))
    resumed = go((5 * 86_400 + 10, Resumed()), state=back)
    assert (resumed.phase, remaining_s(resumed, at(5 * 86_400 + 10))) == (Phase.ANSWERING, 100)


def test_a_return_without_a_pause_left_still_waits_the_grace_time():
    plan = replace(PLAN, max_pauses=0)
    back = go(*ANSWERING, (200, Returned(at(128))), plan=plan)
    assert (back.remaining_s, back.deadline) == (plan.pause_grace_s, at(200 + plan.pause_grace_s))


def test_grace_after_a_return_is_not_booked_as_a_pause():
    plan = replace(PLAN, max_pauses=0)
    state = go(*ANSWERING, (40, Returned(at(38))), (42, Resumed()), plan=plan)
    assert state.paused_s == 0


def test_a_sign_of_life_from_before_the_phase_does_not_lengthen_it():
    """The last heartbeat may be older than the last event, which is a sign of life itself."""
    back = go(*ANSWERING, (40, Returned(at(-50))))
    assert back.remaining_s == limit_s(Phase.ANSWERING, PLAN)
    assert back.paused_s == 30


def test_a_sign_of_life_from_the_future_is_read_as_now():
    back = go(*ANSWERING, (40, Returned(at(9999))))
    assert (back.remaining_s, back.paused_s) == (90, 0)


# --- whatever happens -------------------------------------------------------------------------------------

PLANS = st.builds(
    InterviewPlan,
    subject=st.just("Python"),
    question_count=st.integers(1, 4),
    think_s=st.sampled_from([0.0, 10.0, 30.0]),
    answer_s=st.sampled_from([1.0, 60.0, 120.0]),
    review_s=st.sampled_from([1.0, 60.0]),
    ask_limit_s=st.sampled_from([5.0, 60.0]),
    retries=st.integers(0, 3),
    time_factor=st.sampled_from([1.0, 1.25, 1.5, 2.0]),
    max_pauses=st.integers(0, 3),
    max_pause_s=st.sampled_from([0.0, 10.0, 300.0]),
    pause_grace_s=st.sampled_from([0.0, 15.0]),
)
LIVELY = (
    ConsentGiven(),
    DevicesChecked(),
    Started(),
    QuestionSpoken(),
    AnswerStarted(),
    AnswerStopped(),
    RetryRequested(),
    AnswerSubmitted(),
    MovedOn(),
    Paused(),
    Resumed(),
    TimeUp(),
    TimeUp(),
    TimeDeducted(15),
)
JUMPS = st.one_of(st.floats(0, 5), st.floats(0, 400), st.floats(-10_000, 10_000))
AGES = st.one_of(st.just(0.0), st.floats(-1000, 1000))
HAPPENINGS = st.one_of(
    st.sampled_from(LIVELY),
    st.builds(lambda age: Returned(T0 + timedelta(seconds=age)), AGES),
    st.sampled_from([*LIVELY, DeadlinePassed(), Terminated()]),
)
STEPS = st.lists(st.tuples(JUMPS, HAPPENINGS), max_size=60)


def walk(plan: InterviewPlan, steps: list[tuple[float, Event]], *, started: bool = True):
    """Yields (before, event, now, after) of each step that was allowed; ``Returned`` is made relative to now."""
    state, now = begin(T0), T0
    if started:
        state = go(*STARTED, plan=plan)
    for jump, event in steps:
        now += timedelta(seconds=jump)
        if isinstance(event, Returned):
            event = Returned(now + (event.last_seen - T0))
        try:
            after = advance(state, event, plan, now)
        except InterviewError:
            continue
        yield state, event, now, after
        state = after


@given(PLANS, STEPS, st.booleans())
def test_questions_come_in_order_and_attempts_stay_within_the_plan(plan, steps, started):
    for before, event, _, after in walk(plan, steps, started=started):
        gain = after.question_index - before.question_index
        assert gain in (0, 1)
        assert gain == 0 or isinstance(event, MovedOn)
        assert 0 <= after.question_index < plan.question_count
        assert 1 <= after.attempt <= plan.retries + 1
        assert after.attempt >= before.attempt or gain == 1


@given(PLANS, STEPS, st.booleans())
def test_time_is_never_negative_and_never_more_than_the_plan_gives(plan, steps, started):
    for _, _, now, after in walk(plan, steps, started=started):
        for moment in (now, after.updated_at, after.updated_at + timedelta(days=1)):
            left = remaining_s(after, moment)
            assert left is None or left >= 0
        open_phase = after.paused_phase if after.phase is Phase.PAUSED else after.phase
        if open_phase in CLOCKED:
            left = remaining_s(after, after.updated_at)
            assert left is not None
            assert left <= max(limit_s(open_phase, plan), plan.pause_grace_s) + 1e-3


@given(PLANS, STEPS)
def test_pauses_stay_within_the_plan(plan, steps):
    for before, event, _, after in walk(plan, steps):
        assert 0 <= before.paused_s <= after.paused_s <= plan.max_pause_s
        if isinstance(event, Paused):
            assert after.pauses_used <= plan.max_pauses
        assert after.pauses_used - before.pauses_used == (after.phase is Phase.PAUSED and before.phase in CLOCKED)


@given(PLANS, STEPS, st.booleans())
def test_what_is_over_stays_over(plan, steps, started):
    for before, _, _, _ in walk(plan, steps, started=started):
        assert before.phase not in OVER, "an event was accepted after the end"


@given(PLANS, STEPS, st.booleans())
def test_a_clock_set_back_changes_nothing(plan, steps, started):
    for before, event, _, after in walk(plan, steps, started=started):
        assert after.updated_at >= before.updated_at
        if isinstance(event, Returned):
            continue  # carries a time of its own
        early = advance(before, event, plan, before.updated_at - timedelta(days=3))
        assert early == advance(before, event, plan, before.updated_at)


@given(PLANS, STEPS, st.floats(0, 10_000), AGES)
def test_a_return_brings_back_the_same_question_with_time_to_breathe(plan, steps, away, age):
    state = go(*STARTED, plan=plan)
    for *_, state in walk(plan, steps):
        if state.phase not in CLOCKED:
            continue
        now = state.updated_at + timedelta(seconds=away)
        back = advance(state, Returned(now + timedelta(seconds=age)), plan, now)
        resumed = advance(back, Resumed(), plan, now)
        assert (resumed.phase, resumed.question_index, resumed.attempt) == (
            state.phase,
            state.question_index,
            state.attempt,
        )
        left = remaining_s(resumed, now)
        assert left is not None and left >= plan.pause_grace_s
        assert back.deadline is not None and back.deadline >= now + timedelta(seconds=plan.pause_grace_s)


@given(PLANS, STEPS, st.booleans())
def test_fields_agree_with_the_phase(plan, steps, started):
    for *_, after in walk(plan, steps, started=started):
        assert (after.deadline is not None) == (after.phase in CLOCKED or after.phase is Phase.PAUSED)
        assert (after.ending is not None) <= (after.phase in {Phase.SUBMITTED, Phase.EXPIRED, Phase.TERMINATED})
        if after.phase is Phase.PAUSED:
            assert after.paused_phase in CLOCKED
            assert after.remaining_s is not None


@given(PLANS)
def test_an_interview_that_is_only_ticked_and_moved_on_ends(plan):
    state = go(*STARTED, plan=plan)
    for _ in range(5 * plan.question_count):
        if state.phase in OVER:
            break
        event = MovedOn() if state.phase is Phase.SUBMITTED else TimeUp()
        state = advance(state, event, plan, state.deadline or state.updated_at)
    assert (state.phase, state.question_index) == (Phase.COMPLETED, plan.question_count - 1)


# --- time taken by the policy ---------------------------------------------------------------------------------


def left(state: FlowState, seconds: float) -> float:
    found = remaining_s(state, at(seconds))
    assert found is not None
    return found


def test_deducted_time_is_taken_from_the_open_answer():
    assert left(go(*ANSWERING, (20, TimeDeducted(15))), 20) == left(go(*ANSWERING), 20) - 15


def test_a_deduction_leaves_ten_seconds():
    assert left(go(*ANSWERING, (20, TimeDeducted(10_000))), 20) == 10


def test_a_deduction_gives_nothing_where_less_than_ten_seconds_are_left():
    late = 10 + PLAN.answer_s - 4
    assert left(go(*ANSWERING, (late, TimeDeducted(15))), late) == 4


def test_a_negative_deduction_gives_no_time():
    assert left(go(*ANSWERING, (20, TimeDeducted(-60))), 20) == left(go(*ANSWERING), 20)


def test_nothing_is_deducted_while_a_question_is_read_out():
    assert go(*STARTED, (1, TimeDeducted(15))).deadline == go(*STARTED).deadline


def test_nothing_can_be_deducted_in_a_pause():
    with pytest.raises(IllegalTransition):
        go(*ANSWERING, (20, Paused()), (21, TimeDeducted(15)))


@given(PLANS, STEPS, st.floats(0, 1000))
def test_a_deduction_changes_the_deadline_alone_and_never_for_longer(plan, steps, seconds):
    for _, _, now, after in walk(plan, steps):
        if after.phase in CLOCKED:
            taken = advance(after, TimeDeducted(seconds), plan, now)
            assert taken.deadline <= after.deadline
            assert replace(taken, deadline=after.deadline, updated_at=after.updated_at) == after
            least = min(10.0, remaining_s(after, taken.updated_at))
            assert remaining_s(taken, taken.updated_at) >= least
