"""Questions as put, and the answers committed to them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.interview import AnswerEnding, AnswerMode, Question
from core.storage.records import QuestionRow, record_of
from core.storage.tables import Candidate, QuestionEntry


class QuestionRepo:
    """Questions within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, session_id: str, position: int, question: Question, at: datetime, *, is_followup: bool = False
    ) -> QuestionRow:
        """Store a question at a zero-based position of the interview; a position is taken once."""
        row = QuestionEntry(
            session_id=session_id,
            position=position,
            question=question.text,
            is_followup=is_followup,
            created_at=at,
            subject=question.subject,
            bank_id=question.bank_id,
            difficulty=question.difficulty,
            edited=False,
        )
        self._session.add(row)
        self._session.flush()
        return record_of(QuestionRow, row)

    def list(self, session_id: str) -> list[QuestionRow]:
        """All questions of the interview, by position."""
        order = select(QuestionEntry).where(QuestionEntry.session_id == session_id).order_by(QuestionEntry.position)
        return [record_of(QuestionRow, row) for row in self._session.scalars(order)]

    def get(self, question_id: int) -> QuestionRow:
        """One question.

        Raises:
            NotFound: No question has this id.
        """
        return record_of(QuestionRow, self._row(question_id))

    def find(self, session_id: str, position: int) -> QuestionRow | None:
        """The question at this position, answered or not."""
        row = self._session.scalar(
            select(QuestionEntry).where(QuestionEntry.session_id == session_id, QuestionEntry.position == position)
        )
        return None if row is None else record_of(QuestionRow, row)

    def get_open(self, session_id: str, position: int) -> QuestionRow | None:
        """The question at this position while it still takes an answer, else None."""
        row = self.find(session_id, position)
        return None if row is None or row.submitted_at is not None else row

    def mark_asked(self, question_id: int, at: datetime) -> None:
        """Remember when the question was first put; later calls change nothing.

        Raises:
            NotFound: No question has this id.
        """
        row = self._row(question_id)
        row.asked_at = row.asked_at or at
        self._session.flush()

    def save_answer(
        self, question_id: int, answer: str, edited: bool, ending: AnswerEnding, mode: AnswerMode, at: datetime
    ) -> bool:
        """Commit the answer. The first call wins: a double click or a second tab cannot overwrite it.

        Args:
            question_id: The question answered.
            answer: Stored verbatim, any length.
            edited: The candidate changed the text, so late captions stay out of it.
            ending: How the answer came to its end.
            mode: The rung it was given on.
            at: When, UTC.

        Returns:
            True when stored, False when the question had an answer already.

        Raises:
            NotFound: No question has this id.
        """
        row = self._row(question_id)
        if row.submitted_at is not None:
            return False
        row.answer, row.edited, row.ending, row.mode, row.submitted_at = answer, edited, ending, mode, at
        self._session.flush()
        return True

    def replace_unedited(self, question_id: int, text: str) -> bool:
        """Bring a committed answer up to date with words that were decoded later.

        Args:
            question_id: The question answered.
            text: The whole machine transcript.

        Returns:
            True when replaced; False when the candidate edited the text or skipped, when no answer is committed, or
            when nothing was heard.

        Raises:
            NotFound: No question has this id.
        """
        row = self._row(question_id)
        if not text.strip() or row.edited or row.submitted_at is None or row.ending is AnswerEnding.SKIPPED:
            return False
        row.answer = text
        self._session.flush()
        return True

    def bank_ids_asked(self, email: str) -> frozenset[str]:
        """Bank ids this address was asked in any interview, so that nothing is asked twice."""
        found = (
            select(QuestionEntry.bank_id)
            .join(Candidate, Candidate.session_id == QuestionEntry.session_id)
            .where(Candidate.email_key == email.strip().lower(), QuestionEntry.bank_id != "")
        )
        return frozenset(self._session.scalars(found))

    def _row(self, question_id: int) -> QuestionEntry:
        # The lock serialises writers on PostgreSQL; on SQLite the transaction already does.
        row = self._session.get(QuestionEntry, question_id, populate_existing=True, with_for_update=True)
        if row is None:
            raise NotFound("This question does not exist.", "Reload the page.")
        return row
