"""What a killed process left undone: answers not decoded once more, and last words nobody wrote down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.clock import Clock
from core.domain.errors import NotFound
from core.domain.transcript import FinalSegment
from core.media.audio import SAMPLE_RATE
from core.services.listeners import Listeners
from core.services.promises import Promises
from core.services.recording_target import NUMBERS_A_PART
from core.services.recordings import RecordingStore
from core.speech.board import FAILED
from core.speech.hearing import Effort
from core.storage.attempts import AttemptRepo
from core.storage.database import Database, Transaction
from core.storage.logs import LogRepo
from core.storage.questions import QuestionRepo
from core.storage.records import RecordingRow

EVENT = "words_recovered"
"""Kind of the log entry for an open answer that got its last words after a restart."""


@dataclass(frozen=True, slots=True)
class RecoveryParams:
    """Knobs of the recovery."""

    timeout_s: float = 300.0
    """Longest wait for the words of one part, beside its own length."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """The end of a part that no stored segment covers; times from the start of the answer."""

    part: RecordingRow
    offset_s: float
    heard_until_s: float

    @property
    def end_s(self) -> float:
        return self.offset_s + self.part.duration_s


class Recovery:
    """Handlers of ``recover`` and ``catch_up`` jobs; doing one twice gives the same. Called on the runner's threads."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        listeners: Listeners,
        promises: Promises,
        clock: Clock,
        params: RecoveryParams | None = None,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._listeners = listeners
        self._promises = promises
        self._clock = clock
        self._params = params or RecoveryParams()

    def recover(self, payload: Mapping[str, Any]) -> None:
        """Queue what is owed to the attempts an earlier process recorded; open ones first, somebody waits for them."""
        before = datetime.fromisoformat(payload["before"])
        with self._database.reading() as tx:
            attempts, questions = AttemptRepo(tx), QuestionRepo(tx)
            found = [(a, questions.get(a.question_id)) for a in attempts.recorded_live()]
            ended = [a.id for a, _ in found if a.ended_at is not None]
            open_ = [
                a.id
                for a, q in found
                if a.ended_at is None and q.submitted_at is None and attempts.latest_number(q.id) == a.number
            ]
        for attempt_id in open_:
            with self._database.transaction() as tx:
                self._promises.catch_up(tx, attempt_id, before)
        for attempt_id in ended:
            with self._database.transaction() as tx:
                self._promises.redecode(tx, attempt_id, given_up_too=True)

    def catch_up(self, payload: Mapping[str, Any]) -> None:
        """Decode what comes after the last stored segment of each part, and append it as if heard live.

        The candidate who comes back finds it in the answer box. A box that was edited is left alone: its transcript is
        made from the recording after the answer was submitted.

        Raises:
            StorageUnavailable: To be tried again.
            ModelUnavailable: No engine.
            ProviderFailed: Not decoded in time.
        """
        attempt_id, before = int(payload["attempt_id"]), datetime.fromisoformat(payload["before"])
        try:
            with self._database.reading() as tx:
                if not self._is_open(tx, attempt_id):
                    return
                parts = [p for p in AttemptRepo(tx).recordings(attempt_id) if p.started_at < before]
                live = AttemptRepo(tx).live_segments(attempt_id)
        except NotFound:  # deleted since
            return
        for tail in _tails(parts, live):
            found = self._decode(tail)
            if found:
                self._append(attempt_id, parts, tail, found)

    def _decode(self, tail: _Tail) -> list[FinalSegment]:
        first = int((tail.heard_until_s - tail.offset_s) * SAMPLE_RATE)
        samples = self._recordings.load(tail.part).samples[first:]
        timeout_s = self._params.timeout_s + tail.part.duration_s
        if not samples.size:
            return []
        hears = self._listeners.of_attempt(tail.part.attempt_id)
        found = hears.transcribe(samples, effort=Effort.LIVE, timeout_s=timeout_s)
        return [s for s in found if s.text.strip() and not s.engine.startswith(FAILED)]

    def _append(
        self, attempt_id: int, parts: Sequence[RecordingRow], tail: _Tail, found: Sequence[FinalSegment]
    ) -> None:
        with self._database.transaction() as tx:
            attempts = AttemptRepo(tx)
            if not self._is_open(tx, attempt_id) or attempts.recordings(attempt_id) != tuple(parts):
                return  # the next words of this attempt are under way, perhaps with these very numbers
            mine = [s for s in attempts.live_segments(attempt_id) if s.start_s < tail.end_s]
            if any(s.start_s >= tail.offset_s and s.end_s > tail.heard_until_s for s in mine):
                return  # written down meanwhile
            first = max([tail.part.part * NUMBERS_A_PART, *(s.number + 1 for s in mine)])
            now = self._clock.now()
            for n, segment in enumerate(found):
                attempts.add_segment(attempt_id, segment.placed(first + n - segment.number, tail.heard_until_s), now)
            question = QuestionRepo(tx).get(attempts.get(attempt_id).question_id)
            detail = {"question": question.position, "attempt_id": attempt_id, "segments": len(found)}
            LogRepo(tx).add(question.session_id, EVENT, detail, now)

    def _is_open(self, tx: Transaction, attempt_id: int) -> bool:
        """Whether its words still go into a box that nobody edited.

        Raises:
            NotFound: The attempt is gone.
        """
        attempt = AttemptRepo(tx).get(attempt_id)
        submitted = QuestionRepo(tx).get(attempt.question_id).submitted_at is not None
        latest = AttemptRepo(tx).latest_number(attempt.question_id) == attempt.number
        return latest and not submitted and not attempt.draft_edited


def _tails(parts: Sequence[RecordingRow], live: Sequence[FinalSegment]) -> list[_Tail]:
    tails, offset_s = [], 0.0
    for part in parts:
        end_s = offset_s + part.duration_s
        heard = [s.end_s for s in live if offset_s <= s.start_s < end_s]
        tails.append(_Tail(part, offset_s, min(max(heard, default=offset_s), end_s)))
        offset_s = end_s
    return [tail for tail in tails if tail.heard_until_s < tail.end_s]
