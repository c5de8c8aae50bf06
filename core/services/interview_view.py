"""One interview as a page sees it."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.flow import CLOCKED, OVER, FlowState, limit_s, remaining_s
from core.domain.interview import InterviewPlan
from core.storage.attempts import AttemptRepo
from core.storage.consents import ConsentRepo
from core.storage.database import Transaction
from core.storage.people import CandidateRepo
from core.storage.questions import QuestionRepo
from core.storage.records import AttemptRow, CandidateRow, InterviewRow, QuestionRow


@dataclass(frozen=True, slots=True)
class InterviewView:
    """Everything a page needs to show an interview as it stands."""

    session_id: str
    candidate: CandidateRow
    plan: InterviewPlan
    state: FlowState
    version: int
    question: QuestionRow | None
    next_question: str
    """Text of the question after the open one, to be spoken in advance; empty at the end."""
    next_is_followup: bool
    """It may quote the candidate."""
    attempt: AttemptRow | None
    remaining_s: float | None
    limit_s: float | None
    source: str
    consents: dict[str, bool]

    @property
    def question_key(self) -> str:
        """Names the open attempt; an action that carries another key came too late."""
        return f"{self.state.question_index}:{self.state.attempt}"

    @property
    def is_over(self) -> bool:
        """Nothing can be answered any more."""
        return self.state.phase in OVER


def read_view(tx: Transaction, row: InterviewRow, now: datetime) -> InterviewView:
    """Gather what a page needs, in the caller's transaction. ``now`` is UTC."""
    question = QuestionRepo(tx).find(row.session_id, row.state.question_index)
    following = QuestionRepo(tx).find(row.session_id, row.state.question_index + 1)
    phase = row.state.paused_phase or row.state.phase
    return InterviewView(
        session_id=row.session_id,
        candidate=CandidateRepo(tx).by_session(row.session_id),
        plan=row.plan,
        state=row.state,
        version=row.version,
        question=question,
        next_question=following.question if following else "",
        next_is_followup=following is not None and following.is_followup,
        attempt=AttemptRepo(tx).find(question.id, row.state.attempt) if question else None,
        remaining_s=remaining_s(row.state, now),
        limit_s=limit_s(phase, row.plan) if phase in CLOCKED else None,
        source=row.question_source,
        consents={c.kind.value: c.granted for c in ConsentRepo(tx).list(row.session_id)},
    )
