"""Clips on their way into an answer: read, stored, written down; on threads of their own, while the page goes on."""

import hashlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from core.domain.clock import Clock
from core.domain.errors import InterviewError, StorageUnavailable
from core.domain.transcript import FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import ClipParams, decode_clip
from core.media.encoding import encode_flac
from core.services.clip import Clip, ClipStage
from core.services.listeners import Listeners
from core.services.recording_target import NUMBERS_A_PART
from core.services.recordings import RecordingStore
from core.services.rooms import LiveRooms
from core.speech.board import FAILED
from core.speech.captions import CaptionStream
from core.storage.attempts import AttemptRepo
from core.storage.database import Database

_LOG = logging.getLogger(__name__)
_LOOK_S = 0.25
_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class TakingParams:
    """Knobs of taking clips."""

    block_s: float = 2.0
    """Seconds of audio handed to transcription at a time."""

    max_pending: int = 2
    """Utterances of a clip that may wait for the engine: live speakers never stand behind a whole clip."""

    stalled_after_s: float = 60.0
    """Seconds without a new word or piece after which no more are waited for."""

    limits: ClipParams = field(default_factory=ClipParams)
    """Which files are taken."""


class ClipService:
    """Takes clips as (parts of) answers. Safe to call from any thread.

    The clips of one attempt go one after another on a thread of its own; attempts do not wait for each other. The sound
    is committed before its words are made, so a server killed in between has it; the words are then made from there.

    Args:
        database: Where attempts and segments are.
        recordings: Where the sound goes.
        rooms: Live recordings, which may have a say in how segments are numbered.
        listeners: Speech to text.
        keep: Called on a transcription thread with the attempt id and each finished segment.
        clock: Time.
        params: Knobs.
    """

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        rooms: LiveRooms,
        listeners: Listeners,
        keep: Callable[[int, FinalSegment], None],
        clock: Clock,
        params: TakingParams | None = None,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._rooms = rooms
        self._listeners = listeners
        self._keep = keep
        self._clock = clock
        self._params = params or TakingParams()
        self._lock = threading.Lock()
        self._chains: dict[int, deque[tuple[Clip, str, bytes]]] = {}
        self._next_number: dict[int, int] = {}
        self._stopping = threading.Event()

    def take(self, session_id: str, attempt_id: int, data: bytes) -> Clip:
        """Begin to take a clip; returns at once. What becomes of it stands in the result.

        The same recording a second time, whatever its file is called, is not added again.
        """
        clip = Clip(attempt_id, self._clock.monotonic())
        with self._lock:
            chain = self._chains.get(attempt_id)
            fresh = chain is None
            if chain is None:
                chain = self._chains[attempt_id] = deque()
            chain.append((clip, session_id, data))
        if fresh:
            threading.Thread(target=self._work_off, args=(attempt_id,), name=f"clip-{attempt_id}", daemon=True).start()
        return clip

    def running(self, attempt_id: int) -> Clip | None:
        """The clip of an attempt that is being taken now, if any."""
        with self._lock:
            chain = self._chains.get(attempt_id)
            return chain[0][0] if chain else None

    def wait_stored(self, attempt_id: int, timeout_s: float) -> bool:
        """Wait for the clips of an attempt to be stored; their words may come later.

        Returns:
            Whether words are still to come.
        """
        with self._lock:
            clips = [clip for clip, _, _ in self._chains.get(attempt_id, ())]
        for clip in clips:
            clip.stored.wait(timeout_s)
        return any(clip.stage in (ClipStage.READING, ClipStage.WRITING) for clip in clips)

    def stop(self) -> None:
        """Take no more words down; what is stored stays stored."""
        self._stopping.set()

    def _work_off(self, attempt_id: int) -> None:
        while True:
            with self._lock:
                chain = self._chains[attempt_id]
                if not chain or self._stopping.is_set():
                    del self._chains[attempt_id]
                    return
                clip, session_id, data = chain[0]
            try:
                self._take(clip, session_id, data)
            except InterviewError as error:
                clip.error, clip.stage = error, ClipStage.REFUSED
            except Exception as error:  # the thread goes on with the next one
                _LOG.exception("taking a clip failed: %s", type(error).__name__)
                clip.error = InterviewError("The recording could not be taken.", "Record again, or type your answer.")
                clip.stage = ClipStage.REFUSED
            clip.finished_at = self._clock.monotonic()
            clip.stored.set()
            with self._lock:
                chain.popleft()

    def _take(self, clip: Clip, session_id: str, data: bytes) -> None:
        samples = decode_clip(data, self._params.limits)
        clip.total_s = samples.size / SAMPLE_RATE
        place = self._store(clip, session_id, samples)
        if place is None:
            clip.stage = ClipStage.KNOWN
            return
        part, offset_s = place
        clip.stage = ClipStage.WRITING
        clip.stored.set()
        self._write_down(clip, samples, self._first_number(session_id, clip.attempt_id, part), offset_s)
        clip.stage = ClipStage.DONE

    def _store(self, clip: Clip, session_id: str, samples: Samples) -> tuple[int, float] | None:
        """Commit the sound, however often the disk or the database refuses.

        Returns:
            Which part of the attempt it is, and seconds recorded before it; None when the attempt has it already.
        """
        while True:
            try:
                with self._database.reading() as tx:
                    parts = AttemptRepo(tx).recordings(clip.attempt_id)
                twins = [p.sha256 for p in parts if p.samples == samples.size]
                if twins and hashlib.sha256(encode_flac(samples)).hexdigest() in twins:
                    return None
                part = self._recordings.next_part(session_id, clip.attempt_id)
                self._recordings.add(session_id, clip.attempt_id, part, samples, self._clock.now())
                clip.error = None
                return part, sum(p.duration_s for p in parts)
            except StorageUnavailable as error:
                clip.error = error
                if self._stopping.wait(_AGAIN_S):
                    raise

    def _first_number(self, session_id: str, attempt_id: int, part: int) -> int:
        """Number for the next segment: behind those stored, those of this service, those of a live recording."""
        with self._database.reading() as tx:
            stored = AttemptRepo(tx).live_segments(attempt_id)
        room = self._rooms.find(session_id)
        return max(
            part * NUMBERS_A_PART,
            stored[-1].number + 1 if stored else 0,
            self._next_number.get(attempt_id, 0),
            room.next_number(attempt_id) if room is not None else 0,
        )

    def _write_down(self, clip: Clip, samples: Samples, first: int, offset_s: float) -> None:
        def deliver(segment: FinalSegment) -> None:
            self._keep(clip.attempt_id, segment.placed(first, offset_s))
            clip.words += len(segment.text.split())
            clip.unheard += segment.engine == FAILED
            clip.done_s = max(clip.done_s, segment.end_s)

        hears = self._listeners.of_attempt(clip.attempt_id)
        stream = hears.open_stream(f"clip:{clip.attempt_id}", deliver, interims=False)
        block = int(self._params.block_s * SAMPLE_RATE)
        for start in range(0, samples.size, block):
            stream.feed(samples[start : start + block])
            if not self._wait(clip, stream, self._params.max_pending - 1):
                break
        stream.finish()
        self._next_number[clip.attempt_id] = first + stream.next_number
        if self._wait(clip, stream, 0):
            clip.done_s = clip.total_s
        else:
            clip.unheard += 1

    def _wait(self, clip: Clip, stream: CaptionStream, pending: int) -> bool:
        """Wait until no more than ``pending`` utterances are undecoded; False when nothing moves any more."""
        moved_at, before = self._clock.monotonic(), -1
        while (left := stream.view().pending_finals) > pending:
            if left != before:
                moved_at, before = self._clock.monotonic(), left
            if self._stopping.is_set() or self._clock.monotonic() - moved_at > self._params.stalled_after_s:
                return False
            stream.wait_final(_LOOK_S)
        if not left:
            clip.done_s = max(clip.done_s, stream.received_s)
        return True
