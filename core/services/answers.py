"""Answers: words and sound of each attempt, kept as they come and committed before anything is computed.

One source for machine-heard text: the ``segments`` rows. An answer nobody edited is those rows joined, now
and after the last late one has come in; an edited answer is what the candidate left in the box.
"""

from dataclasses import dataclass

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.interview import AnswerEnding, AnswerMode, InterviewPlan
from core.domain.transcript import CaptionQuality, CaptionView, FinalSegment
from core.services.clips import ClipService
from core.services.interview_view import InterviewView
from core.services.listeners import Listeners
from core.services.promises import Promises
from core.services.recording_target import NUMBERS_A_PART, RecordingTarget
from core.services.recordings import RecordingStore
from core.services.rooms import LiveRooms
from core.services.words import WordKeeper, join
from core.storage.attempts import AttemptRepo
from core.storage.database import Database, Transaction
from core.storage.questions import QuestionRepo
from core.storage.records import AttemptRow, QuestionRow

_WAIT_FOR_WORDS_S = 3.0
_WAIT_FOR_CLIP_S = 10.0
IDLE_ROOM_S = 900.0
"""Longer than all pauses together; a candidate who comes back later gets a new room."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer box as last saved."""

    text: str
    edited: bool
    captions_seen: int
    """Segments with a lower number are in the text already."""


class AnswerService:
    """Keeps what candidates say and type. Safe to call from any thread."""

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        rooms: LiveRooms,
        listeners: Listeners,
        clock: Clock,
        promises: Promises,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._rooms = rooms
        self._promises = promises
        self._words = WordKeeper(database, clock)
        self._clock = clock
        self.clips = ClipService(database, recordings, rooms, listeners, self.keep_segment, clock)
        """Clips as parts of answers."""

    def ensure_recording(self, session_id: str, attempt: AttemptRow) -> bool:
        """Record into ``attempt`` when sound is arriving; harmless when it already does.

        Returns:
            Whether this attempt is being recorded now.
        """
        room = self._rooms.find(session_id)
        if room is None or not room.health().audio_live:
            return room is not None and room.target is not None and room.target.attempt_id == attempt.id
        if room.target is not None and room.target.attempt_id == attempt.id:
            return True
        self.stop_recording(session_id)
        with self._database.reading() as tx:
            parts = AttemptRepo(tx).recordings(attempt.id)
            segments = AttemptRepo(tx).live_segments(attempt.id)
        now = self._clock.now()
        after = segments[-1].number + 1 if segments else 0
        target = RecordingTarget(
            attempt_id=attempt.id,
            path=self._recordings.new_path(session_id, attempt.id, now),
            started_at=now,
            first_number=max(len(parts) * NUMBERS_A_PART, after, room.next_number(attempt.id)),
            offset_s=sum(p.duration_s for p in parts),
        )
        try:
            room.start_recording(target, self.keep_segment)
        except InterviewError as error:  # the page says so; the candidate can go on by typing
            room.trouble = error
            return False
        return True

    def stop_recording(self, session_id: str) -> None:
        """Close the sound file of the running recording and file it; words still under way arrive later."""
        room = self._rooms.find(session_id)
        stopped = room.stop_recording() if room is not None else None
        if stopped is not None and stopped[1] is not None:
            self._recordings.file(stopped[1].path)

    def close_room(self, session_id: str) -> None:
        """End the media of a session that is over, and keep what was being recorded."""
        self._end_media(session_id)
        self._rooms.forget(session_id)

    def _end_media(self, session_id: str) -> None:
        stopped = self._rooms.close(session_id)
        if stopped is not None and stopped[1] is not None:
            self._recordings.file(stopped[1].path)

    def has_room(self, session_id: str) -> bool:
        """Whether this process holds the interview's media."""
        return self._rooms.find(session_id) is not None

    def close_idle_rooms(self, after_s: float = IDLE_ROOM_S) -> None:
        """Close rooms nobody uses any more: candidates who left and did not come back, or not yet."""
        for session_id in self._rooms.idle(after_s):
            self._end_media(session_id)

    def keep_segment(self, attempt_id: int, segment: FinalSegment, quality: CaptionQuality | None = None) -> None:
        """Store a finished segment; see ``WordKeeper.keep``."""
        self._words.keep(attempt_id, segment, quality)

    def captions(self, session_id: str, attempt: AttemptRow | None) -> tuple[tuple[FinalSegment, ...], CaptionView]:
        """Finished segments of an attempt, and the live view with the words still being spoken."""
        self._words.flush()
        finals: tuple[FinalSegment, ...] = ()
        if attempt is not None:
            with self._database.reading() as tx:
                finals = AttemptRepo(tx).segments(attempt.id)
        room = self._rooms.find(session_id)
        view = room.captions(attempt.id) if room is not None and attempt is not None else CaptionView()
        return finals, view

    def has_content(self, session_id: str, attempt_id: int, text: str, edited: bool) -> bool:
        """Whether there is anything to submit; words still being decoded are waited for, briefly."""
        written_down_later = self.clips.wait_stored(attempt_id, _WAIT_FOR_CLIP_S)
        if edited or text.strip():
            return bool(text.strip())
        if written_down_later:
            return True
        room = self._rooms.find(session_id)
        decoded = room is None or room.wait_for_words(_WAIT_FOR_WORDS_S)
        with self._database.transaction() as tx:
            heard = AttemptRepo(tx).segments(attempt_id)
        # A voice that could not be turned into words is an answer too: the recording holds it.
        return bool(heard) or not decoded

    def commit(
        self,
        tx: Transaction,
        question: QuestionRow,
        attempt: AttemptRow,
        text: str,
        *,
        edited: bool,
        ending: AnswerEnding,
        plan: InterviewPlan,
    ) -> None:
        """Write the answer inside the caller's transaction, and have it decoded once more when there is sound."""
        now = self._clock.now()
        heard = join(AttemptRepo(tx).segments(attempt.id))
        spoken = bool(heard or AttemptRepo(tx).recordings(attempt.id))
        if ending is AnswerEnding.SKIPPED:
            answer = ""
        else:
            answer = text if edited or not heard else heard
        mode = plan.answer_mode if spoken else AnswerMode.TYPED
        AttemptRepo(tx).end(attempt.id, now)
        QuestionRepo(tx).save_answer(
            question.id,
            answer=answer,
            edited=edited or ending is AnswerEnding.SKIPPED,
            ending=ending,
            mode=mode,
            at=now,
        )
        self._promises.redecode(tx, attempt.id)

    def commit_draft(self, tx: Transaction, view: InterviewView) -> None:
        """Write what stands in the box as the answer of an interview that ends by itself."""
        if view.question is None or view.attempt is None or view.question.submitted_at is not None:
            return
        draft = self.draft_in(tx, view.attempt.id)
        ending, plan = AnswerEnding.TIME_UP, view.plan
        self.commit(tx, view.question, view.attempt, draft.text, edited=draft.edited, ending=ending, plan=plan)

    def draft(self, attempt_id: int) -> Draft:
        """What to put into the box after a refresh: the candidate's text, else what was heard."""
        with self._database.reading() as tx:
            return self.draft_in(tx, attempt_id)

    def draft_in(self, tx: Transaction, attempt_id: int) -> Draft:
        """The same inside the caller's transaction."""
        attempt = AttemptRepo(tx).get(attempt_id)
        segments = AttemptRepo(tx).segments(attempt_id)
        seen = segments[-1].number + 1 if segments else 0
        if attempt.draft_edited:
            return Draft(attempt.draft, True, attempt.draft_captions_seen)
        return Draft(join(segments), False, seen)

    def save_draft(self, attempt_id: int, text: str, edited: bool, captions_seen: int) -> None:
        """Keep the box."""
        with self._database.transaction() as tx:
            AttemptRepo(tx).save_draft(attempt_id, text, edited, captions_seen)
