"""The policy ends an interview: what was answered is kept, everything is logged, and a person must look at it."""

from collections.abc import Mapping

from core.domain.clock import Clock
from core.domain.events import Terminated
from core.domain.flow import OVER
from core.domain.human_review import ENDED_BY_POLICY, REVIEW_DUE
from core.services.answers import AnswerService
from core.services.interview_steps import take_step
from core.services.interview_view import read_view
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo


class PolicyEnding:
    """Ends interviews. Safe to call from any thread."""

    def __init__(self, database: Database, answers: AnswerService, clock: Clock) -> None:
        self._database = database
        self._answers = answers
        self._clock = clock

    def end(self, session_id: str, reason: str, detail: Mapping[str, object]) -> bool:
        """End an interview now.

        The open answer is committed as last saved, with its recording, in the transaction that ends the interview.

        Args:
            session_id: The interview.
            reason: In plain words, for the candidate and the reviewer.
            detail: All that led to it, for the log.

        Returns:
            False when it was over already; nothing is changed then.

        Raises:
            StorageUnavailable: Nothing was changed; the interview goes on.
        """
        self._answers.stop_recording(session_id)  # first: the answer is committed with the sound that was filed
        now = self._clock.now()
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            if row.state.phase in OVER:
                return False
            self._answers.commit_draft(tx, read_view(tx, row, now))
            take_step(tx, row, Terminated(reason), now)
            logs = LogRepo(tx)
            logs.add(session_id, ENDED_BY_POLICY, {"reason": reason, **detail}, now)
            logs.add(session_id, REVIEW_DUE, {"reason": reason}, now)
        return True
