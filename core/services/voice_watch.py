"""Voices of running interviews: heard on a thread of its own, so that neither sound nor pages wait for it."""

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.domain.clock import Clock
from core.domain.errors import InterviewError, StorageUnavailable
from core.domain.flow import Phase
from core.domain.interview import AnswerMode
from core.domain.signals import SignalStatus
from core.domain.watch import FlagKind
from core.media.level import LevelFrame
from core.proctoring.speaker_encoder import SpeakerEncoder
from core.proctoring.speaker_model import NO_SPEAKER_MODEL, MakeEncoder, sound_statuses
from core.services.flag_book import FlagBook
from core.services.live_room import LiveRoom
from core.services.sound_flags import SoundFlags, sound_terms
from core.services.voice_ear import Counts, VoiceEar, VoiceEarParams, VoiceFrame
from core.services.watch_options import sound_flags_agreed
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo

_LOG = logging.getLogger(__name__)
_LISTENER = "voices"
_QUIET_PHASES = frozenset({Phase.THINKING, Phase.REVIEWING})
"""A question is open and nothing is recorded. Not while it is read out: the microphone may hear the loudspeaker."""


@dataclass(frozen=True, slots=True)
class VoiceWatchParams:
    """Knobs of the watch."""

    look_every_s: float = 0.5
    """How often the sound that has arrived is listened to."""
    max_waiting_s: float = 15.0
    """Sound of one candidate that may wait; the oldest goes first, and that stretch counts as not heard."""
    forget_s: float = 60.0
    """A room with neither sound nor picture for this long is left, and its voice forgotten."""
    ear: VoiceEarParams = field(default_factory=VoiceEarParams)


class _Seat:
    """One candidate. ``frames`` is filled on the intake thread; the rest belongs to whoever holds ``lock``."""

    def __init__(self, room: LiveRoom, max_frames: int) -> None:
        self.room = room
        self.frames: deque[VoiceFrame] = deque(maxlen=max_frames)
        self.lock = threading.Lock()
        self.ear: VoiceEar | None = None
        self.refused = False
        """What was agreed to does not name it, or it cannot be done: nothing is listened to."""
        self.resting = False


class VoiceWatch:
    """Listens to the voices of all rooms. Safe to call from any thread.

    The voice of the beginning is kept, in memory, as long as the room is open: over pauses and answers.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        speaker: tuple[MakeEncoder | None, SignalStatus] = (None, NO_SPEAKER_MODEL),
        params: VoiceWatchParams | None = None,
    ) -> None:
        """Prepare; the thread starts with the first room.

        Args:
            database: Where flags go.
            clock: Gives all times.
            speaker: As ``choose_speaker_model`` gives it.
            params: Knobs.
        """
        self._database, self._clock = database, clock
        self._make_encoder, self._status = speaker
        self._params = params or VoiceWatchParams()
        self._book = FlagBook(database, clock)
        self._encoder: SpeakerEncoder | None = None
        self._seats: dict[str, _Seat] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def attend(self, room: LiveRoom) -> None:
        """Listen to a room from now on; a second call does nothing."""
        with self._lock:
            seat = self._seats.get(room.session_id)
            if self._stop.is_set() or (seat is not None and seat.room is room and not seat.resting):
                return
            if seat is None or seat.room is not room:
                seat = self._seats[room.session_id] = _Seat(room, round(self._params.max_waiting_s * 10))
            seat.resting = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="voice-watch", daemon=True)
                self._thread.start()
        room.level.listen(_LISTENER, lambda frame: self._take(seat, frame))

    def rest(self, session_id: str) -> None:
        """Listen no more: a pause, or the end. What waits is heard, and what is open ends, soon."""
        with self._lock:
            seat = self._seats.get(session_id)
            if seat is None or seat.resting:
                return
            seat.resting = True
        seat.room.level.unlisten(_LISTENER)

    def forget(self, session_id: str) -> None:
        """As ``rest``, at once, and the voice is forgotten: the room is left."""
        self.rest(session_id)
        with self._lock:
            seat = self._seats.pop(session_id, None)
        if seat is not None:
            self._listen(seat)

    def active(self, session_id: str) -> tuple[FlagKind, ...]:
        """Kinds of flag that are open now."""
        with self._lock:
            seat = self._seats.get(session_id)
        ear = seat.ear if seat is not None else None
        return ear.flags.active if ear is not None else ()

    def statuses(self, session_id: str) -> tuple[SignalStatus, ...]:
        """What is measured of the sound of this interview, for its candidate and its reviewer.

        Raises:
            StorageUnavailable: What was agreed to cannot be read.
        """
        return sound_statuses(self._status, agreed=sound_flags_agreed(self._database, session_id))

    def work_once(self) -> None:
        """Listen to what has arrived everywhere. For the watch's thread, and for tests with a clock of their own."""
        with self._lock:
            seats = list(self._seats.values())
        for seat in seats:
            try:
                if self._clock.monotonic() - seat.room.last_sign > self._params.forget_s:
                    self.forget(seat.room.session_id)
                else:
                    self._listen(seat)
            except Exception as error:  # one candidate's trouble must not deafen the watch for the others
                _LOG.error("voices were not listened to: %s", type(error).__name__)

    def close(self) -> None:
        """End and write down everything; nothing is listened to afterwards."""
        with self._lock:
            self._stop.set()
            thread, names = self._thread, list(self._seats)
        if thread is not None:
            thread.join(5.0)
        for session_id in names:
            self.forget(session_id)

    def _take(self, seat: _Seat, frame: LevelFrame) -> None:
        """Runs on the intake thread."""
        now, at = self._clock.monotonic(), self._clock.now()
        seat.frames.append(VoiceFrame(frame.samples, frame.end_s, at, now, seat.room.target is not None))

    def _run(self) -> None:
        while not self._stop.wait(self._params.look_every_s):
            self.work_once()

    def _listen(self, seat: _Seat) -> None:
        with seat.lock:
            frames = [seat.frames.popleft() for _ in range(len(seat.frames))]
            ear = self._ear_of(seat) if frames else seat.ear
            if ear is None:
                return
            counts = self._counting(seat.room.session_id)
            for frame in frames:
                missing = ear.hear(frame, counts)
                if missing is not None:
                    self._note_missing(seat.room.session_id, *missing)
            since = ear.last_arrival_s
            silent = since is not None and self._clock.monotonic() - since > self._params.ear.gap_s
            if seat.resting:
                ear.rest()
            elif silent:
                ear.close()

    def _ear_of(self, seat: _Seat) -> VoiceEar | None:
        if seat.ear is not None or seat.refused:
            return seat.ear
        session_id = seat.room.session_id
        try:
            terms = sound_terms(self._database, session_id)
            if terms.allowed:
                flags = SoundFlags(session_id, self._book)
                seat.ear = VoiceEar(flags, terms.window_factor, self._ready_encoder(), self._params.ear)
        except StorageUnavailable as error:  # asked again with the next sound; this sound is not listened to
            _LOG.error("what may be noted of voices cannot be read: %s", type(error).__name__)
            return None
        except InterviewError as error:
            _LOG.error("voices are not listened to: %s", error.message)
        seat.refused = seat.ear is None
        return seat.ear

    def _ready_encoder(self) -> SpeakerEncoder | None:
        """Shared by all ears: an encoder keeps nothing between two calls."""
        if self._encoder is None and self._make_encoder is not None:
            try:
                self._encoder = self._make_encoder()
            except InterviewError as error:
                _LOG.error("voices are not compared: %s", error.message)
                self._make_encoder = None
        return self._encoder

    def _counting(self, session_id: str) -> Counts:
        """Asks where the interview stands once, when somebody is heard, after the sound has arrived.

        The state that is read then is the one the sound fell into if it is no newer than the sound.
        """
        answer: list[tuple[bool, datetime] | None] = []

        def counts(at: datetime) -> bool | None:
            if not answer:
                answer.append(self._standing(session_id))
            known = answer[0]
            if known is None:
                return None
            quiet, since = known
            return quiet and at >= since + timedelta(seconds=self._params.ear.unrecorded.margin_s)

        return counts

    def _standing(self, session_id: str) -> tuple[bool, datetime] | None:
        try:
            with self._database.reading() as tx:
                row = InterviewRepo(tx).get(session_id)
        except InterviewError as error:
            _LOG.error("where an interview stands cannot be read: %s", type(error).__name__)
            return None
        quiet = row.plan.answer_mode is AnswerMode.LIVE and row.state.phase in _QUIET_PHASES
        return quiet, row.state.updated_at

    def _note_missing(self, session_id: str, begin: datetime, end: datetime) -> None:
        try:
            with self._database.transaction() as tx:
                detail: dict[str, object] = {"from": begin.isoformat(), "to": end.isoformat()}
                LogRepo(tx).add(session_id, "voices_blind", detail, self._clock.now())
        except InterviewError as error:
            _LOG.error("a stretch that was not heard could not be noted: %s", type(error).__name__)
