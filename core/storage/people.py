"""Candidates: who they are, how often they tried, and the recruiter's list."""

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.human_review import REVIEW_DONE, REVIEW_DUE
from core.storage.records import CandidateListing, CandidateRow, record_of
from core.storage.tables import Candidate, Interview, LogEntry, QuestionEntry
from core.storage.watch_tables import FlagEntry


class CandidateRepo:
    """Candidates within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, name: str, email: str, subject: str, session_id: str, at: datetime) -> CandidateRow:
        """Store who holds an interview; the interview must exist when the transaction ends."""
        row = Candidate(
            name=name, email=email, email_key=_key(email), subject=subject, session_id=session_id, created_at=at
        )
        self._session.add(row)
        self._session.flush()
        return record_of(CandidateRow, row)

    def by_session(self, session_id: str) -> CandidateRow:
        """Who holds this interview.

        Raises:
            NotFound: Nobody does.
        """
        row = self._session.scalar(select(Candidate).where(Candidate.session_id == session_id))
        if row is None:
            raise NotFound("This interview does not exist.", "Check the link.")
        return record_of(CandidateRow, row)

    def count_by_email(self, email: str) -> int:
        """Interviews registered with this address, whatever its capitals and outer spaces."""
        return self._session.scalar(select(func.count()).where(Candidate.email_key == _key(email))) or 0

    def search(self, text: str = "", limit: int = 50, offset: int = 0) -> list[CandidateListing]:
        """Candidates whose name, e-mail, subject or session id contains ``text``, newest first; empty finds all."""
        of_interview = QuestionEntry.session_id == Candidate.session_id
        asked = select(func.count(QuestionEntry.id)).where(of_interview).scalar_subquery()
        said = QuestionEntry.answer.is_not(None) & (QuestionEntry.answer != "")
        answered = select(func.count(QuestionEntry.id)).where(of_interview, said).scalar_subquery()
        flags = select(func.count(FlagEntry.id)).where(FlagEntry.session_id == Candidate.session_id).scalar_subquery()
        due, done = _latest(REVIEW_DUE), _latest(REVIEW_DONE)
        review_due = due.is_not(None) & (func.coalesce(done, 0) < due)
        found = (
            select(Candidate, Interview.phase, Interview.completed_at, asked, answered, flags, review_due)
            .join(Interview, Interview.session_id == Candidate.session_id)
            .where(_matches(text))
            .order_by(Candidate.created_at.desc(), Candidate.id.desc())
            .limit(limit)
            .offset(offset)
        )
        rows = self._session.execute(found)
        return [CandidateListing(record_of(CandidateRow, row), *rest) for row, *rest in rows]

    def count(self, text: str = "") -> int:
        """How many ``search`` would find without a limit."""
        return self._session.scalar(select(func.count()).select_from(Candidate).where(_matches(text))) or 0


def _key(email: str) -> str:
    return email.strip().lower()


def _latest(kind: str) -> ScalarSelect[int]:
    of_interview = LogEntry.session_id == Candidate.session_id
    return select(func.max(LogEntry.id)).where(of_interview, LogEntry.kind == kind).scalar_subquery()


def _matches(text: str) -> ColumnElement[bool]:
    searched = (Candidate.name, Candidate.email, Candidate.subject, Candidate.session_id)
    # autoescape: % and _ of the recruiter are characters, not wildcards.
    return or_(*(column.icontains(text.strip(), autoescape=True) for column in searched))
