"""Live rooms: the microphone, captions and camera of one candidate, bound together while a page is open.

A room outlives page refreshes; media that arrive are taken whether or not a page is looking.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.transcript import CaptionView, FinalSegment
from core.domain.watch import WatchView
from core.media.audio import AudioChunk, MicrophoneIntake
from core.media.level import AudioLevel
from core.media.recorder import AnswerRecorder, RecordedAudio
from core.media.video import LatestFrame
from core.proctoring.watcher import Watcher, WatchSink
from core.services.media_health import MediaHealth
from core.speech.captions import CaptionStream
from core.speech.service import TranscriptionService

SILENT_BELOW_DBFS = -55.0
"""Speech into a working microphone is 20 to 40 dB above this."""


@dataclass(frozen=True, slots=True)
class RecordingTarget:
    """Where the words and the sound of one recording belong.

    Attributes:
        attempt_id: Attempt in the database; 0 in practice.
        path: File the sound is written to as it arrives; None keeps no sound (practice).
        started_at: When it began, UTC.
        first_number: Number of the first segment heard.
        offset_s: Seconds already recorded of this attempt.
    """

    attempt_id: int
    path: Path | None
    started_at: datetime
    first_number: int = 0
    offset_s: float = 0.0


class LiveRoom:
    """Media of one candidate. Public methods may be called from any thread."""

    def __init__(self, session_id: str, transcription: TranscriptionService, watcher: Watcher, clock: Clock) -> None:
        self.session_id = session_id
        self.camera = LatestFrame(clock)
        self.level = AudioLevel()
        self._transcription = transcription
        self._watcher = watcher
        self._clock = clock
        self._opened_at = clock.monotonic()
        self._lock = threading.RLock()
        self._target: RecordingTarget | None = None
        self._recorder: AnswerRecorder | None = None
        self._stream: CaptionStream | None = None
        self._stream_attempt = 0
        self._watching = False
        self.first_sound_at: datetime | None = None
        """When the first sound reached this process, UTC."""
        self._unclosed: list[AnswerRecorder] = []
        self.trouble: InterviewError | None = None
        """Why sound cannot be written just now; it waits in memory meanwhile."""
        self.microphone = MicrophoneIntake(self._on_chunk, clock)
        self.microphone.start()

    def watch(self, sink: WatchSink) -> None:
        """Start watching the camera; a second call does nothing."""
        with self._lock:
            if not self._watching:
                self._watching = True
                self._watcher.add(self.session_id, self.camera, sink)

    def unwatch(self) -> None:
        """Stop watching and close what is open; harmless when nothing is watched."""
        with self._lock:
            watching, self._watching = self._watching, False
        if watching:
            self._watcher.remove(self.session_id)

    def health(self) -> MediaHealth:
        """Ages of the latest sound and picture."""
        now = self._clock.monotonic()
        audio, video = self.microphone.last_arrival, self.camera.last_arrival
        return MediaHealth(None if audio is None else now - audio, None if video is None else now - video)

    @property
    def last_sign(self) -> float:
        """Monotonic time of the newest sound or picture, or of the opening."""
        signs = (self.microphone.last_arrival, self.camera.last_arrival, self._opened_at)
        return max(at for at in signs if at is not None)

    def watch_view(self) -> WatchView | None:
        """What the monitor sees; None when it was never asked to watch."""
        return self._watcher.view(self.session_id) if self._watching else None

    @property
    def target(self) -> RecordingTarget | None:
        """What is being recorded now."""
        return self._target

    @property
    def recorded_s(self) -> float:
        """Seconds written of the running recording."""
        recorder = self._recorder
        return recorder.seconds if recorder is not None else 0.0

    def is_silent(self, for_s: float = 5.0) -> bool:
        """Nothing louder than a whisper arrived for this long, though the microphone is live."""
        recent = self.level.snapshot().history_dbfs[-int(for_s * 10) :]
        return len(recent) >= for_s * 10 and max(recent) < SILENT_BELOW_DBFS

    def start_recording(self, target: RecordingTarget, on_final: Callable[[int, FinalSegment], None]) -> None:
        """Begin writing and captioning; any earlier recording must have been stopped.

        Args:
            target: Where it belongs.
            on_final: Called on a transcription thread with the attempt id and each finished segment.
        """

        def deliver(segment: FinalSegment) -> None:
            on_final(
                target.attempt_id,
                replace(
                    segment,
                    number=segment.number + target.first_number,
                    start_s=segment.start_s + target.offset_s,
                    end_s=segment.end_s + target.offset_s,
                ),
            )

        with self._lock:
            self._recorder = AnswerRecorder(target.path) if target.path else None
            self._stream = self._transcription.open_stream(f"{self.session_id}:{target.attempt_id}", deliver)
            self._stream_attempt = target.attempt_id
            self._target = target

    def stop_recording(self) -> tuple[RecordingTarget, RecordedAudio | None] | None:
        """End the recording; pending words still arrive later. None when nothing was recorded.

        When the disk refuses the last samples, they wait in memory until the next call, and no sound is returned.
        """
        self._close_earlier()
        with self._lock:
            target, recorder, stream = self._target, self._recorder, self._stream
            self._target = self._recorder = None
        if target is None:
            return None
        if stream is not None:
            stream.finish()
        if recorder is None:
            return target, None
        try:
            return target, recorder.close()
        except InterviewError as error:
            self.trouble = error
            self._unclosed.append(recorder)
            return target, None

    def _close_earlier(self) -> None:
        """What is written now stays in the spool and is filed at the next start."""
        with suppress(InterviewError):
            while self._unclosed:
                self._unclosed[0].close()
                self._unclosed.pop(0)

    def captions(self, attempt_id: int) -> CaptionView:
        """Captions of the running, or else the last, recording if it was of this attempt.

        Numbers and times start at that recording's own zero.
        """
        with self._lock:
            stream = self._stream if self._stream_attempt == attempt_id else None
        return stream.view() if stream is not None else CaptionView()

    def wait_for_words(self, timeout_s: float) -> bool:
        """Wait until every word heard so far is decoded; False when time ran out first."""
        stream = self._stream
        return stream is None or stream.wait_final(timeout_s)

    def close(self) -> tuple[RecordingTarget, RecordedAudio | None] | None:
        """Stop everything; returns what ``stop_recording`` does."""
        self.microphone.stop()
        self.unwatch()
        return self.stop_recording()

    def _on_chunk(self, chunk: AudioChunk) -> None:
        """Runs on the intake thread. Sound is on disk before anything else is done with it."""
        if self.first_sound_at is None:
            self.first_sound_at = self._clock.now()
        with self._lock:
            recorder, stream, recording = self._recorder, self._stream, self._target is not None
            if recorder is not None:
                try:
                    recorder.write(chunk.samples)
                    self.trouble = None
                except InterviewError as error:  # the recorder keeps the samples and tries again
                    self.trouble = error
            if recording and stream is not None:
                stream.feed(chunk.samples)
        self.level.feed(chunk.samples)


class LiveRooms:
    """All open rooms of the process, by session id."""

    def __init__(self, transcription: TranscriptionService, watcher: Watcher, clock: Clock) -> None:
        self._transcription = transcription
        self._watcher = watcher
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, LiveRoom] = {}

    def open(self, session_id: str) -> LiveRoom:
        """The room of a session, made when it does not exist."""
        with self._lock:
            if session_id not in self._rooms:
                self._rooms[session_id] = LiveRoom(session_id, self._transcription, self._watcher, self._clock)
            return self._rooms[session_id]

    def find(self, session_id: str) -> LiveRoom | None:
        """The room of a session, if open."""
        with self._lock:
            return self._rooms.get(session_id)

    def close(self, session_id: str) -> tuple[RecordingTarget, RecordedAudio | None] | None:
        """Close a room; returns its unfinished recording, if any."""
        with self._lock:
            room = self._rooms.pop(session_id, None)
        return room.close() if room is not None else None

    def idle(self, after_s: float) -> list[str]:
        """Sessions whose room has had neither sound nor picture for this long."""
        now = self._clock.monotonic()
        with self._lock:
            return [k for k, room in self._rooms.items() if now - room.last_sign > after_s]

    def open_ids(self) -> list[str]:
        """Sessions with an open room."""
        with self._lock:
            return list(self._rooms)
