"""Interviews: the rules of each, where it stands, and the token that opens it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.flow import FlowState, Phase
from core.domain.interview import InterviewPlan
from core.storage.codec import decode, encode
from core.storage.records import InterviewRow
from core.storage.tables import Interview


class InterviewRepo:
    """Interviews within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        session_id: str,
        plan: InterviewPlan,
        state: FlowState,
        token_hash: str,
        at: datetime,
        *,
        question_source: str = "",
        deadline_at: datetime | None = None,
        invite_id: int | None = None,
    ) -> InterviewRow:
        """Store a new interview, at version 1."""
        row = Interview(
            session_id=session_id,
            plan=encode(plan),
            state=encode(state),
            phase=state.phase,
            version=1,
            token_hash=token_hash,
            question_source=question_source,
            deadline_at=deadline_at,
            created_at=at,
            invite_id=invite_id,
        )
        self._session.add(row)
        self._session.flush()
        return _record(row)

    def find(self, session_id: str) -> InterviewRow | None:
        """The interview, None when there is none."""
        row = self._session.get(Interview, session_id, populate_existing=True)
        return None if row is None else _record(row)

    def get(self, session_id: str) -> InterviewRow:
        """The interview.

        Raises:
            NotFound: No interview has this id.
        """
        return _record(self._row(session_id))

    def by_token_hash(self, token_hash: str) -> InterviewRow | None:
        """The interview a link opens. A revoked one is found too: look at ``token_revoked_at``."""
        row = self._session.scalar(select(Interview).where(Interview.token_hash == token_hash))
        return None if row is None else _record(row)

    def save_state(self, session_id: str, version: int, new: FlowState) -> bool:
        """Replace the state if nobody else did since ``version`` was read (compare-and-set).

        ``completed_at`` is set once, from ``new.updated_at``.

        Returns:
            True when stored, and the version is one higher; False when another tab or thread came first.

        Raises:
            NotFound: No interview has this id.
        """
        done = self._session.execute(
            update(Interview)
            .where(Interview.session_id == session_id, Interview.version == version)
            .values(state=encode(new), phase=new.phase, version=version + 1)
            .returning(Interview.session_id)
        ).first()
        row = self._row(session_id)
        if done and new.phase is Phase.COMPLETED and row.completed_at is None:
            row.completed_at = new.updated_at
            self._session.flush()
        return done is not None

    def save_plan(self, session_id: str, plan: InterviewPlan) -> None:
        """Replace the rules (an accommodation, a declined camera). The version stays.

        Raises:
            NotFound: No interview has this id.
        """
        self._row(session_id).plan = encode(plan)
        self._session.flush()

    def save_question_source(self, session_id: str, question_source: str) -> None:
        """Remember where the questions came from, for the recruiter.

        Raises:
            NotFound: No interview has this id.
        """
        self._row(session_id).question_source = question_source
        self._session.flush()

    def save_token(self, session_id: str, token_hash: str) -> None:
        """Give the interview a new resume link; the old one stops working.

        Raises:
            NotFound: No interview has this id.
        """
        row = self._row(session_id)
        row.token_hash, row.token_revoked_at = token_hash, None
        self._session.flush()

    def revoke_token(self, session_id: str, at: datetime) -> None:
        """Make the resume link useless; the time of the first call is kept.

        Raises:
            NotFound: No interview has this id.
        """
        row = self._row(session_id)
        row.token_revoked_at = row.token_revoked_at or at
        self._session.flush()

    def _row(self, session_id: str) -> Interview:
        row = self._session.get(Interview, session_id, populate_existing=True)
        if row is None:
            raise NotFound("This interview does not exist.", "Check the link you were given.")
        return row


def _record(row: Interview) -> InterviewRow:
    return InterviewRow(
        session_id=row.session_id,
        plan=decode(InterviewPlan, row.plan),
        state=decode(FlowState, row.state),
        version=row.version,
        token_hash=row.token_hash,
        token_revoked_at=row.token_revoked_at,
        question_source=row.question_source,
        deadline_at=row.deadline_at,
        created_at=row.created_at,
        completed_at=row.completed_at,
        invite_id=row.invite_id,
    )
