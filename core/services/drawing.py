"""Draws the questions of an interview: seeded by its id, nothing asked twice of the same e-mail address."""

from core.questions.source import Drawn, FallbackSource
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.people import CandidateRepo
from core.storage.questions import QuestionRepo


class QuestionDrawer:
    """Safe to call from any thread."""

    def __init__(self, database: Database, source: FallbackSource) -> None:
        self._database = database
        self._source = source

    def draw(self, session_id: str) -> Drawn:
        """Questions for the interview's plan; the same each time as long as nothing was asked in between.

        Raises:
            NotFound: Unknown session.
            ProviderFailed: No source has a question.
        """
        with self._database.reading() as tx:
            plan = InterviewRepo(tx).get(session_id).plan
            asked = QuestionRepo(tx).bank_ids_asked(CandidateRepo(tx).by_session(session_id).email)
        seed = int.from_bytes(session_id.encode()[-6:], "big")
        return self._source.draw(plan.subject, plan.question_count, seed, asked)
