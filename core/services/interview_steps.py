"""One step of an interview, written down: compare-and-set on its version, a line in its log, nothing watched after."""

from dataclasses import replace
from datetime import datetime

from core.domain.errors import IllegalTransition
from core.domain.events import DeadlinePassed, Event, Returned, Terminated
from core.domain.flow import CLOCKED, FlowState, Phase, advance
from core.services.page_flags import end_page_flags
from core.storage.database import Transaction
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.records import InterviewRow
from core.storage.seats import SeatRepo


def take_step(tx: Transaction, row: InterviewRow, event: Event, now: datetime) -> FlowState:
    """Advance an interview in the caller's transaction.

    Args:
        tx: The caller's.
        row: The interview as read in this transaction, perhaps with a plan that is saved with it.
        event: What happened.
        now: UTC.

    Returns:
        The new state; that of ``row`` when the event changed nothing.

    Raises:
        IllegalTransition: Not possible in this phase, or another tab was quicker.
        AttemptsUsed: No retry or pause is left.
    """
    state = advance(row.state, event, row.plan, now)
    if replace(state, updated_at=row.state.updated_at) == row.state:
        return row.state
    if not InterviewRepo(tx).save_state(row.session_id, row.version, state):
        raise IllegalTransition("This was already done in another tab.", "Reload the page to see where you are.")
    detail: dict[str, object] = {
        "event": type(event).__name__,
        "from": row.state.phase.value,
        "to": state.phase.value,
        "question": state.question_index,
        "attempt": state.attempt,
    }
    if isinstance(event, Terminated) and event.reason:
        detail["reason"] = event.reason
    LogRepo(tx).add(row.session_id, "state", detail, now)
    if row.state.phase in CLOCKED | {Phase.SUBMITTED} and state.phase not in CLOCKED | {Phase.SUBMITTED}:
        end_page_flags(tx, row.session_id, last_watched(tx, row, event, now))
    return state


def last_watched(tx: Transaction, row: InterviewRow, event: Event, now: datetime) -> datetime:
    """Until when the page was there; what is ended from outside may have been left long ago."""
    if isinstance(event, Returned):
        return min(now, event.last_seen)
    if isinstance(event, DeadlinePassed | Terminated):
        seat = SeatRepo(tx).get(row.session_id)
        return min(now, seat.seen_at if seat is not None else row.state.updated_at)
    return now
