"""Decoding answers once more from their recordings: as well as this machine can, behind everybody's live speech."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.domain.clock import Clock
from core.domain.errors import NotFound, ProviderFailed
from core.domain.transcript import FinalSegment, Gap, Word
from core.services.listeners import Listeners
from core.services.promises import Promises
from core.services.recordings import RecordingStore
from core.services.words import join
from core.speech.board import FAILED
from core.speech.hearing import Effort
from core.storage.attempts import AttemptRepo
from core.storage.database import Database, Transaction
from core.storage.logs import LogRepo
from core.storage.questions import QuestionRepo
from core.storage.records import AttemptRow, RecordingRow

EVENT = "decoded_again"
"""Kind of the log entry that says how it went."""
NOTHING_HEARD = "nothing was heard in the recording, so the words heard live are kept"
FEWER_HEARD = "far fewer words were heard in the recording than live, so the words heard live are kept"
FROM_LIVE = "heard live; the recording has a gap here"


@dataclass(frozen=True, slots=True)
class RedecodeParams:
    """Knobs of the last decode."""

    timeout_s: float = 1800.0
    """Longest wait for one part of a recording, beside its own length: live speech goes first."""

    least_share: float = 0.6
    """Share of the words heard live that must come back; a decode that stopped early must not cost words."""

    least_words: int = 8
    """Words heard live from which that share is looked at."""


class Redecoder:
    """Handler of ``redecode`` jobs; doing one twice gives the same. Called on the job runner's threads."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        listeners: Listeners,
        promises: Promises,
        clock: Clock,
        params: RedecodeParams | None = None,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._listeners = listeners
        self._promises = promises
        self._clock = clock
        self._params = params or RedecodeParams()

    def redecode(self, payload: Mapping[str, Any]) -> None:
        """Decode all parts of an attempt and make that its transcript; the words heard live are kept beside it.

        The committed answer follows when the candidate left it alone and this attempt is the latest. Live words that
        fall into a gap of the recording are taken over, and when nothing at all is heard the live transcript stays: a
        word that was heard is not lost.

        Raises:
            StorageUnavailable: To be tried again; nothing was changed.
            ModelUnavailable: No engine; nothing was changed.
            ProviderFailed: Not decoded, or not in time; nothing was changed.
        """
        attempt_id = int(payload["attempt_id"])
        try:
            with self._database.reading() as tx:
                AttemptRepo(tx).get(attempt_id)
                parts = AttemptRepo(tx).recordings(attempt_id)
        except NotFound:  # deleted since: nothing is owed any more
            return
        if parts:
            heard, gaps = self._listen(attempt_id, parts)
            self._store(attempt_id, parts, heard, gaps)

    def _listen(self, attempt_id: int, parts: Sequence[RecordingRow]) -> tuple[list[FinalSegment], list[Gap]]:
        heard: list[FinalSegment] = []
        gaps: list[Gap] = []
        offset_s = 0.0
        for part in parts:
            sound = self._recordings.load(part)
            gaps += [Gap(g.start_s + offset_s, g.end_s + offset_s, g.reason) for g in sound.gaps]
            if not sound.is_empty:
                timeout_s = self._params.timeout_s + part.duration_s
                hears = self._listeners.of_attempt(attempt_id)
                found = hears.transcribe(sound.samples, effort=Effort.FULL, timeout_s=timeout_s)
                if any(s.engine.startswith(FAILED) for s in found):
                    raise ProviderFailed("A part of the recording could not be decoded.", "It is tried again.")
                heard += [s.placed(0, offset_s) for s in found]
            offset_s += part.duration_s
        return heard, gaps

    def _store(
        self, attempt_id: int, parts: Sequence[RecordingRow], heard: Sequence[FinalSegment], gaps: Sequence[Gap]
    ) -> None:
        with self._database.transaction() as tx:
            attempts = AttemptRepo(tx)
            try:
                attempt = attempts.get(attempt_id)
            except NotFound:
                return
            if attempts.recordings(attempt_id) != tuple(parts):
                return  # another part was filed meanwhile, and with it a job of its own
            live = attempts.live_segments(attempt_id)
            segments = fill_gaps(heard, gaps, live)
            reason = self._why_live(join(live), join(segments))
            if reason:
                attempts.save_gaps(attempt_id, gaps)
            else:
                attempts.replace_transcript(attempt_id, segments, gaps, self._clock.now())
                if attempts.latest_number(attempt.question_id) == attempt.number:
                    QuestionRepo(tx).replace_unedited(attempt.question_id, join(segments))
            self._note(tx, attempt, {"kept": "live" if reason else "recording", "gaps": len(gaps), "reason": reason})
            self._promises.delivery(tx, attempt_id)

    def _why_live(self, live: str, recorded: str) -> str:
        """Why the words heard live stay the transcript that counts; empty when the recording's do."""
        before, after = len(live.split()), len(recorded.split())
        if before and not after:
            return NOTHING_HEARD
        p = self._params
        return FEWER_HEARD if before >= p.least_words and after < p.least_share * before else ""

    def _note(self, tx: Transaction, attempt: AttemptRow, detail: dict[str, object]) -> None:
        question = QuestionRepo(tx).get(attempt.question_id)
        where: dict[str, object] = {
            "question": question.position, "attempt": attempt.number, "attempt_id": attempt.id,
        }  # fmt: skip
        LogRepo(tx).add(question.session_id, EVENT, {**where, **detail}, self._clock.now())


def fill_gaps(
    heard: Sequence[FinalSegment], gaps: Sequence[Gap], live: Sequence[FinalSegment]
) -> tuple[FinalSegment, ...]:
    """Utterances of a recording, with what was heard live where the recording cannot be read; numbered from 0.

    Args:
        heard: Decoded from the recording, times from the start of the answer.
        gaps: Spans of it that could not be read.
        live: Heard while the candidate spoke, times likewise. One with word times gives only the words in a gap.
    """
    saved = [piece for s in live if s.text.strip() and (piece := _in_gaps(s, gaps)) is not None]
    in_order = sorted([*heard, *saved], key=lambda s: (s.start_s, s.end_s))
    return tuple(replace(s, number=number) for number, s in enumerate(in_order))


def _in_gaps(segment: FinalSegment, gaps: Sequence[Gap]) -> FinalSegment | None:
    engine = f"{segment.engine or 'unknown'}, {FROM_LIVE}"
    if not segment.words:
        return replace(segment, engine=engine) if _is_in(segment, gaps) else None
    words = tuple(w for w in segment.words if _is_in(w, gaps))
    if not words:
        return None
    text, start_s, end_s = " ".join(w.text for w in words), words[0].start_s, words[-1].end_s
    return replace(segment, text=text, start_s=start_s, end_s=end_s, engine=engine, words=words)


def _is_in(piece: FinalSegment | Word, gaps: Sequence[Gap]) -> bool:
    """Whether the middle of it lies in a gap."""
    middle = (piece.start_s + piece.end_s) / 2
    return any(g.start_s <= middle < g.end_s for g in gaps)
