"""A live room: the microphone, captions and camera of one candidate, bound together while a page is open.

A room outlives page refreshes; media that arrive are taken whether or not a page is looking.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import av

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.transcript import CaptionQuality, CaptionView, FinalSegment
from core.domain.watch import WatchView
from core.media.audio import AudioChunk, MicrophoneIntake
from core.media.level import AudioLevel
from core.media.recorder import AnswerRecorder, RecordedAudio
from core.media.video import LatestFrame
from core.proctoring.options import WatchOptions
from core.proctoring.watcher import EVERYTHING, Watcher, WatchSink
from core.services.media_health import MediaHealth
from core.services.recording_target import RecordingTarget
from core.speech.captions import CaptionStream
from core.speech.service import TranscriptionService

SILENT_BELOW_DBFS = -55.0
"""Speech into a working microphone is 20 to 40 dB above this."""


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
        self._stream_target: RecordingTarget | None = None
        self._source: object = None
        self._watching = False
        self._watch_lock = threading.Lock()
        """Held while the watch begins or ends, so that an end never takes a watch away that began after it."""
        self.first_sound_at: datetime | None = None
        """When the first sound reached this process, UTC."""
        self._unclosed: list[AnswerRecorder] = []
        self.trouble: InterviewError | None = None
        """Why sound cannot be written just now; it waits in memory meanwhile."""
        self.microphone = MicrophoneIntake(self._on_chunk, clock)
        self.microphone.start()

    def listen_to(self, source: object) -> None:
        """Take media from this page alone from now on.

        After a takeover the old page's devices may go on sending for a while; two voices in one recording or two
        pictures of one person would be worse than none.
        """
        self._source = source

    def push_sound(self, source: object, frame: av.AudioFrame) -> None:
        """Media thread: pass a frame on if it comes from the page in charge."""
        if source is self._source:
            self.microphone.push(frame)

    def push_picture(self, source: object, frame: av.VideoFrame) -> None:
        """Media thread: pass a frame on if it comes from the page in charge."""
        if source is self._source:
            self.camera.push(frame)

    def next_number(self, attempt_id: int) -> int:
        """Number the next segment of an attempt gets, counting those still being decoded; 0 when none is known."""
        with self._lock:
            stream, target = self._stream, self._stream_target
        if stream is None or target is None or target.attempt_id != attempt_id:
            return 0
        return target.first_number + stream.next_number

    def watch(self, sink: WatchSink, options: WatchOptions = EVERYTHING) -> None:
        """Start watching the camera; a second call does nothing."""
        with self._watch_lock:
            if not self._watching:
                self._watcher.add(self.session_id, self.camera, sink, options)
                self._watching = True

    def unwatch(self) -> None:
        """Stop watching and close what is open; harmless when nothing is watched."""
        with self._watch_lock:
            if self._watching:
                self._watching = False
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

    def start_recording(
        self, target: RecordingTarget, on_final: Callable[[int, FinalSegment, CaptionQuality], None]
    ) -> None:
        """Begin writing and captioning; any earlier recording must have been stopped.

        Args:
            target: Where it belongs.
            on_final: Called on a transcription thread with the attempt id, each finished segment, and what the
                captions were worth so far.

        Raises:
            ModelUnavailable: The voice activity model cannot be loaded. Nothing is written then.
            StorageUnavailable: The file cannot be opened.
        """

        def deliver(segment: FinalSegment) -> None:
            on_final(target.attempt_id, segment.placed(target.first_number, target.offset_s), stream.quality())

        with self._lock:
            stream = self._transcription.open_stream(f"{self.session_id}:{target.attempt_id}", deliver)
            try:
                self._recorder = AnswerRecorder(target.path) if target.path else None
            except InterviewError:
                stream.finish()  # gives its place among the live speakers back
                raise
            self._stream = stream
            self._stream_target = target
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
            mine = self._stream_target is not None and self._stream_target.attempt_id == attempt_id
            stream = self._stream if mine else None
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
