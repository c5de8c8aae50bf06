"""The interview as a pure state machine: ``advance(state, event, plan, now) -> state``.

A clock runs only while a live page ticks it (``TimeUp``); an interview nobody looks at waits. Coming back
(``Returned``) is never punished: the question and what was left of its time are still there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import AttemptsUsed, IllegalTransition
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
from core.domain.interview import AnswerEnding, AnswerMode, InterviewPlan


class Phase(StrEnum):
    """Where an interview stands."""

    REGISTERED = "registered"
    CONSENTED = "consented"
    CHECKED = "checked"
    ASKING = "asking"
    THINKING = "thinking"
    ANSWERING = "answering"
    REVIEWING = "reviewing"
    SUBMITTED = "submitted"
    PAUSED = "paused"
    COMPLETED = "completed"
    EXPIRED = "expired"
    TERMINATED = "terminated"


CLOCKED = frozenset({Phase.ASKING, Phase.THINKING, Phase.ANSWERING, Phase.REVIEWING})
"""Phases in which a question is open and time runs."""
OVER = frozenset({Phase.COMPLETED, Phase.EXPIRED, Phase.TERMINATED})
"""Phases nothing leads out of."""
LEAST_LEFT_S = 10.0
"""A deduction leaves at least this much, or what was left if that was less: nobody is cut off in mid-word by it."""


@dataclass(frozen=True, slots=True)
class FlowState:
    """Everything needed to show, resume or advance an interview."""

    phase: Phase
    updated_at: datetime
    question_index: int = 0
    """Zero-based number of the open question."""
    attempt: int = 1
    deadline: datetime | None = None
    """When ``TimeUp`` is due in this phase."""
    ending: AnswerEnding | None = None
    """How the last answer ended; set in ``submitted``."""
    paused_phase: Phase | None = None
    remaining_s: float | None = None
    """Seconds that were left of ``paused_phase``."""
    pauses_used: int = 0
    paused_s: float = 0.0
    """Seconds spent in pauses so far, capped by the plan."""


def begin(now: datetime) -> FlowState:
    """State of an interview just registered."""
    return FlowState(Phase.REGISTERED, now)


def advance(state: FlowState, event: Event, plan: InterviewPlan, now: datetime) -> FlowState:
    """Next state.

    Args:
        state: Where the interview stands.
        event: What happened.
        plan: Rules of this interview.
        now: UTC. A time before ``state.updated_at`` (clock set back) is read as ``updated_at``.

    Raises:
        IllegalTransition: The event makes no sense in this phase.
        AttemptsUsed: No retry or pause is left.
    """
    before = state.updated_at
    now = max(now, before)
    if state.phase in OVER:
        raise IllegalTransition("This interview has ended.", "Open your results page.")
    state = replace(state, updated_at=now)
    match event, state.phase:
        case ConsentGiven(), Phase.REGISTERED:
            return replace(state, phase=Phase.CONSENTED)
        case DevicesChecked(), Phase.CONSENTED | Phase.CHECKED:
            return replace(state, phase=Phase.CHECKED)
        case Started(), Phase.CHECKED:
            return _enter(state, Phase.ASKING, plan, now)
        case QuestionSpoken(), Phase.ASKING:
            return _after_question(state, plan, now)
        case AnswerStarted(), Phase.ASKING | Phase.THINKING:
            return _enter(state, Phase.ANSWERING, plan, now)
        case AnswerStopped(), Phase.ANSWERING:
            return _enter(state, Phase.REVIEWING, plan, now)
        case RetryRequested(), Phase.ANSWERING | Phase.REVIEWING:
            return _retry(state, plan, now)
        case AnswerSubmitted(ending), phase if phase in CLOCKED:
            return replace(state, phase=Phase.SUBMITTED, ending=ending, deadline=None)
        case MovedOn(), Phase.SUBMITTED:
            return _move_on(state, plan, now)
        case Paused(lost_at), phase if phase in CLOCKED:
            return _pause(state, max(lost_at or now, before), plan, now)
        case Returned(last_seen), phase if phase in CLOCKED:
            # The last event is a sign of life too; an older heartbeat must not give back time already used.
            return _return(state, max(last_seen, before), plan, now)
        case Resumed(), Phase.PAUSED:
            return _resume(state, plan, now)
        case Waited(seconds), phase if phase in CLOCKED and state.deadline is not None:
            return replace(state, deadline=state.deadline + timedelta(seconds=max(0.0, seconds)))
        case TimeDeducted(), Phase.ASKING:
            return state  # its deadline only guards against a voice that never ends
        case TimeDeducted(seconds), phase if phase in CLOCKED and state.deadline is not None:
            earlier = state.deadline - timedelta(seconds=max(0.0, seconds))
            least = min(state.deadline, now + timedelta(seconds=LEAST_LEFT_S))
            return replace(state, deadline=max(earlier, least))
        case TimeUp(), phase if state.deadline is not None:
            return state if now < state.deadline else _time_up(state, plan, now)
        case DeadlinePassed(), _:
            return replace(state, phase=Phase.EXPIRED, deadline=None)
        case Terminated(), _:
            return replace(state, phase=Phase.TERMINATED, deadline=None)
    raise IllegalTransition(f"That is not possible now ({state.phase.value}).", "Reload the page to see where you are.")


def remaining_s(state: FlowState, now: datetime) -> float | None:
    """Seconds left of the open phase; None where no clock runs. Never negative."""
    if state.phase is Phase.PAUSED:
        return state.remaining_s
    return None if state.deadline is None else max(0.0, (state.deadline - now).total_seconds())


def limit_s(phase: Phase, plan: InterviewPlan) -> float:
    """Seconds a clocked phase may last, extra time included."""
    if phase is Phase.ASKING:
        return plan.ask_limit_s
    base = {Phase.THINKING: plan.think_s, Phase.ANSWERING: plan.answer_s, Phase.REVIEWING: plan.review_s}[phase]
    return base * plan.time_factor


def retries_left(state: FlowState, plan: InterviewPlan) -> int:
    """Further attempts allowed at the open question."""
    return max(0, plan.retries + 1 - state.attempt)


def _enter(
    state: FlowState, phase: Phase, plan: InterviewPlan, now: datetime, seconds: float | None = None
) -> FlowState:
    left = limit_s(phase, plan) if seconds is None else seconds
    return replace(
        state, phase=phase, deadline=now + timedelta(seconds=left), paused_phase=None, remaining_s=None, ending=None
    )


def _after_question(state: FlowState, plan: InterviewPlan, now: datetime) -> FlowState:
    return _enter(state, Phase.THINKING if plan.think_s > 0 else Phase.ANSWERING, plan, now)


def _retry(state: FlowState, plan: InterviewPlan, now: datetime) -> FlowState:
    if retries_left(state, plan) == 0:
        raise AttemptsUsed("You have used your retries for this question.", "Edit the text, or go on.")
    return _enter(replace(state, attempt=state.attempt + 1), Phase.ANSWERING, plan, now)


def _move_on(state: FlowState, plan: InterviewPlan, now: datetime) -> FlowState:
    if state.question_index + 1 >= plan.question_count:
        return replace(state, phase=Phase.COMPLETED, deadline=None, ending=None)
    return _enter(replace(state, question_index=state.question_index + 1, attempt=1), Phase.ASKING, plan, now)


def _pause(state: FlowState, lost_at: datetime, plan: InterviewPlan, now: datetime) -> FlowState:
    budget = plan.max_pause_s - state.paused_s
    if state.pauses_used >= plan.max_pauses or budget <= 0:
        raise AttemptsUsed("No pause is left, so the clock keeps running.", "You can go on by typing your answer.")
    return _suspend(state, min(lost_at, now), wait_s=budget)


def _return(state: FlowState, last_seen: datetime, plan: InterviewPlan, now: datetime) -> FlowState:
    last_seen = min(last_seen, now)
    has_pause = state.pauses_used < plan.max_pauses
    budget = plan.max_pause_s - state.paused_s - (now - last_seen).total_seconds()
    wait = max(plan.pause_grace_s, budget if has_pause else 0.0)
    # With no pause left the time away counts, so that refreshing cannot stretch an answer.
    suspended = _suspend(state, last_seen if has_pause else now, wait_s=0.0, floor_s=plan.pause_grace_s)
    away = (now - last_seen).total_seconds() if has_pause else 0.0
    return replace(
        suspended,
        updated_at=now,
        deadline=now + timedelta(seconds=wait),
        paused_s=min(plan.max_pause_s, state.paused_s + away),
    )


def _suspend(state: FlowState, at: datetime, *, wait_s: float, floor_s: float = 0.0) -> FlowState:
    assert state.deadline is not None  # every clocked phase has one
    left = max(floor_s, (state.deadline - at).total_seconds())
    return replace(
        state,
        phase=Phase.PAUSED,
        paused_phase=state.phase,
        remaining_s=max(0.0, left),
        deadline=at + timedelta(seconds=wait_s),
        pauses_used=state.pauses_used + 1,
    )


def _resume(state: FlowState, plan: InterviewPlan, now: datetime) -> FlowState:
    assert state.paused_phase is not None and state.remaining_s is not None and state.deadline is not None
    spent = state.paused_s
    if state.pauses_used <= plan.max_pauses:  # beyond that the wait was the grace after a return, which is free
        unused = max(0.0, (state.deadline - now).total_seconds())
        spent = min(plan.max_pause_s, max(spent, plan.max_pause_s - unused))
    return replace(_enter(state, state.paused_phase, plan, now, seconds=state.remaining_s), paused_s=spent)


def _time_up(state: FlowState, plan: InterviewPlan, now: datetime) -> FlowState:
    match state.phase:
        case Phase.ASKING:
            return _after_question(state, plan, now)
        case Phase.THINKING:
            return _enter(state, Phase.ANSWERING, plan, now)
        case Phase.ANSWERING if plan.answer_mode is AnswerMode.CLIP:
            return _enter(state, Phase.REVIEWING, plan, now)  # a clip still being recorded can be handed in
        case Phase.PAUSED:
            return _resume(state, plan, now)
    return replace(state, phase=Phase.SUBMITTED, ending=AnswerEnding.TIME_UP, deadline=None)
