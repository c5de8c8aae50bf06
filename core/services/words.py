"""Machine-heard words on their way into the database; none is lost to a locked or full one."""

import logging
import threading
from collections.abc import Sequence

from core.domain.clock import Clock
from core.domain.errors import NotFound, StorageUnavailable
from core.domain.transcript import CaptionQuality, FinalSegment
from core.storage.attempts import AttemptRepo
from core.storage.database import Database
from core.storage.questions import QuestionRepo

_LOG = logging.getLogger(__name__)


class WordKeeper:
    """Stores finished segments. Safe to call from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, FinalSegment, CaptionQuality | None]] = []

    def keep(self, attempt_id: int, segment: FinalSegment, quality: CaptionQuality | None = None) -> None:
        """Store a segment, or hold it until the database takes it; called on a transcription thread.

        With it goes what the captions of the recording were worth so far.

        When the answer was submitted without an edit it is brought up to date in the same transaction, so a
        late word is appended exactly once, whichever of the two came first.
        """
        with self._lock:
            self._waiting.append((attempt_id, segment, quality))
        self.flush()

    def flush(self) -> None:
        """Store what waits, oldest first; called again with every look at the captions."""
        with self._lock:
            while self._waiting:
                try:
                    self._store(*self._waiting[0])
                except StorageUnavailable as error:
                    _LOG.error("words wait in memory: %s", type(error).__name__)
                    return
                except NotFound:  # deleted meanwhile; words of nobody must not hold up those of others
                    _LOG.warning("words of a deleted attempt are dropped")
                self._waiting.pop(0)

    def _store(self, attempt_id: int, segment: FinalSegment, quality: CaptionQuality | None) -> None:
        with self._database.transaction() as tx:
            attempts, questions = AttemptRepo(tx), QuestionRepo(tx)
            attempts.add_segment(attempt_id, segment, self._clock.now())
            if quality is not None:
                known = attempts.captions(attempt_id) or quality
                attempts.save_captions(attempt_id, known.worst_with(quality))
            attempt = attempts.get(attempt_id)
            if attempts.latest_number(attempt.question_id) == attempt.number:
                questions.replace_unedited(attempt.question_id, join(attempts.segments(attempt_id)))


def join(segments: Sequence[FinalSegment]) -> str:
    """The words of segments as one text."""
    return " ".join(s.text.strip() for s in segments if s.text.strip())
