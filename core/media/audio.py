"""The microphone's way in: frames from the media thread become an unbroken 16 kHz mono stream."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt

from core.domain.clock import Clock

SAMPLE_RATE = 16_000
"""Samples per second of all audio behind the intake; what Silero and Whisper were trained on."""

Samples = npt.NDArray[np.int16]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A piece of one microphone's stream.

    Attributes:
        samples: int16, mono, 16 kHz, shape (n,).
        start_sample: Position of the first sample in the stream, from 0, without gaps.
        arrived_at: Seconds on the monotonic clock when the frame reached the server.
    """

    samples: Samples
    start_sample: int
    arrived_at: float


@dataclass(frozen=True, slots=True)
class _RawFrame:
    data: npt.NDArray[np.generic]
    format: str
    layout: str
    rate: int
    arrived_at: float


class MicrophoneIntake:
    """Takes frames on the media thread and hands 16 kHz chunks to one consumer on its own thread.

    Nothing is ever dropped: the queue is unbounded (20 ms of stereo 48 kHz is 4 kB), because a lost frame is a
    lost part of the candidate's answer.

    Args:
        on_chunk: Called for each chunk, in order, on the intake's thread. An exception in it is counted and
            logged; the stream goes on.
        clock: Gives arrival times.
    """

    def __init__(self, on_chunk: Callable[[AudioChunk], None], clock: Clock) -> None:
        self._on_chunk = on_chunk
        self._clock = clock
        self._queue: queue.SimpleQueue[_RawFrame | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._resampler: av.AudioResampler | None = None
        self._source: tuple[str, str, int] | None = None
        self._position = 0
        self._arrived_at = 0.0
        self.last_arrival: float | None = None
        """Monotonic seconds of the latest frame; None before the first."""
        self.received = 0
        """Frames handed in."""
        self.unreadable = 0
        """Frames that could not be read or resampled."""
        self.failures = 0
        """Chunks whose consumer raised."""
        self.last_error: Exception | None = None
        """What the consumer raised last."""

    @property
    def seconds(self) -> float:
        """Audio handed on so far, in seconds."""
        return self._position / SAMPLE_RATE

    def start(self) -> None:
        """Start the worker; frames pushed earlier wait in the queue. A second call does nothing."""
        with self._gate:
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="microphone-intake", daemon=True)
                self._thread.start()

    def push(self, frame: av.AudioFrame) -> None:
        """Copy one frame and return; safe on the media thread. Frames after :meth:`stop` are ignored."""
        now = self._clock.monotonic()
        try:
            # The frame's memory belongs to the decoder and may be reused as soon as this returns.
            raw = _RawFrame(
                np.array(frame.to_ndarray(), copy=True),
                frame.format.name,
                frame.layout.name,
                frame.sample_rate,
                now,
            )
        except Exception:  # whatever a broken frame raises, the stream must go on
            self.unreadable += 1
            return
        with self._gate:  # so that nothing slips in behind the end marker
            if not self._stopped:
                self.received += 1
                self.last_arrival = now
                self._queue.put(raw)

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Hand on everything that was pushed, then end the worker.

        Args:
            timeout_s: How long to wait for the consumer.

        Returns:
            True when everything was handed on in time. A second call only waits again.
        """
        self.start()  # frames may have been pushed before anybody started it
        with self._gate:
            if not self._stopped:
                self._stopped = True
                self._queue.put(None)
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _run(self) -> None:
        while (raw := self._queue.get()) is not None:
            try:
                self._take(raw)
            except Exception as error:
                self.unreadable += 1
                self._resampler = None
                _log.warning("audio frame skipped: %s", type(error).__name__)
        self._flush()

    def _take(self, raw: _RawFrame) -> None:
        source = (raw.format, raw.layout, raw.rate)
        if self._resampler is None or source != self._source:
            self._flush()
            self._resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
            self._source = source
        frame = av.AudioFrame.from_ndarray(raw.data, format=raw.format, layout=raw.layout)
        frame.sample_rate = raw.rate
        self._arrived_at = raw.arrived_at
        self._hand_on(self._resampler.resample(frame))

    def _flush(self) -> None:
        """Give out the few samples the resampling filter still holds."""
        if self._resampler is None:
            return
        try:
            self._hand_on(self._resampler.resample(None))
        except av.FFmpegError:
            pass  # a resampler that failed before has nothing left to give
        self._resampler = None

    def _hand_on(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            samples = np.ascontiguousarray(frame.to_ndarray().reshape(-1), dtype=np.int16)
            if not samples.size:
                continue
            chunk = AudioChunk(samples, self._position, self._arrived_at)
            self._position += samples.size
            try:
                self._on_chunk(chunk)
            except Exception as error:
                self.failures += 1
                self.last_error = error
                _log.warning("audio consumer failed: %s", type(error).__name__)
