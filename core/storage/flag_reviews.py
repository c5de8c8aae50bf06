"""What people say of flags: reviewers' decisions and candidates' comments. Rows are only added; the latest counts."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.review import FlagComment, FlagReview, Verdict
from core.storage.watch_tables import FlagCommentEntry, FlagEntry, FlagReviewEntry


class FlagReviewRepo:
    """Decisions and comments within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def session_of(self, flag_id: int) -> str:
        """The interview a flag belongs to.

        Raises:
            NotFound: No flag has this id.
        """
        row = self._session.get(FlagEntry, flag_id)
        if row is None:
            raise NotFound("This flag does not exist.", "Reload the page.")
        return row.session_id

    def decide(self, flag_id: int, verdict: Verdict, note: str, reviewer: str, at: datetime) -> int:
        """Add a decision; returns its id."""
        row = FlagReviewEntry(flag_id=flag_id, verdict=verdict, note=note, reviewer=reviewer, created_at=at)
        self._session.add(row)
        self._session.flush()
        return row.id

    def comment(self, flag_id: int, text: str, at: datetime) -> int:
        """Add a comment; returns its id."""
        row = FlagCommentEntry(flag_id=flag_id, text=text, created_at=at)
        self._session.add(row)
        self._session.flush()
        return row.id

    def reviews(self, session_id: str) -> list[FlagReview]:
        """All decisions on the flags of an interview, oldest first."""
        wanted = select(FlagReviewEntry).join(FlagEntry).where(FlagEntry.session_id == session_id)
        rows = self._session.scalars(wanted.order_by(FlagReviewEntry.id))
        return [FlagReview(r.flag_id, r.verdict, r.note, r.reviewer, r.created_at) for r in rows]

    def comments(self, session_id: str) -> list[FlagComment]:
        """All comments on the flags of an interview, oldest first."""
        wanted = select(FlagCommentEntry).join(FlagEntry).where(FlagEntry.session_id == session_id)
        rows = self._session.scalars(wanted.order_by(FlagCommentEntry.id))
        return [FlagComment(r.flag_id, r.text, r.created_at) for r in rows]
