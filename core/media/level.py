"""A running microphone meter."""

import logging
import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.domain.errors import InvalidInput
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clipping import FULL_SCALE, count_clipped

SILENCE_DBFS = -96.0
"""Lowest level reported: about the quantisation step of 16 bits."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LevelParams:
    """Knobs of the meter."""

    frame_ms: int = 100
    """Length of one measured frame."""

    window_s: float = 10.0
    """How far back the noise floor and the history look."""

    floor_percentile: float = 10.0
    """Percentile of the frames' levels that is taken for the room's noise."""


@dataclass(frozen=True, slots=True)
class LevelReading:
    """What the meter shows.

    Attributes:
        rms_dbfs: Level of the latest frame, decibels below full scale, -96 to 0.
        peak_dbfs: Highest sample of the latest frame, same scale.
        noise_floor_dbfs: Level of the quiet frames of the window; None before the first full frame.
        clipped: Share of samples in the window that were cut off, at full scale or on flat tops, 0 to 1.
        history_dbfs: Levels of the window's frames, oldest first, for a waveform.
    """

    rms_dbfs: float = SILENCE_DBFS
    peak_dbfs: float = SILENCE_DBFS
    noise_floor_dbfs: float | None = None
    clipped: float = 0.0
    history_dbfs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelFrame:
    """One measured frame, for those who listen.

    Attributes:
        samples: int16, mono, 16 kHz, shape (n,); not to be changed.
        end_s: Seconds of sound the meter has had up to the end of this frame.
        rms_dbfs: Level without a constant offset, decibels below full scale, -96 to 0.
        clipped: Samples that were cut off.
    """

    samples: Samples
    end_s: float
    rms_dbfs: float
    clipped: int


LevelListener = Callable[[LevelFrame], None]


def compute_dbfs(amplitude: float) -> float:
    """Decibels below full scale of an amplitude in int16 units; ``20 log10(a / 32768)``, never below -96."""
    return max(SILENCE_DBFS, 20.0 * math.log10(max(amplitude, 1e-9) / FULL_SCALE))


def compute_rms(samples: Samples) -> float:
    """Root mean square in int16 units of int16 samples, shape (n,); 0 when there are none."""
    if not samples.size:
        return 0.0
    wide = samples.astype(np.float64)
    return math.sqrt(float(np.dot(wide, wide)) / wide.size)


class AudioLevel:
    """Measures a stream frame by frame. Fed by one thread, read by any.

    Args:
        params: Knobs.
    """

    def __init__(self, params: LevelParams | None = None) -> None:
        self._params = params or LevelParams()
        self._frame_samples = SAMPLE_RATE * self._params.frame_ms // 1000
        frames = max(1, round(self._params.window_s * 1000 / self._params.frame_ms))
        self._levels: deque[float] = deque(maxlen=frames)
        self._clipped: deque[int] = deque(maxlen=frames)
        self._rest: Samples = np.zeros(0, np.int16)
        self._peak = SILENCE_DBFS
        self._frames = 0
        self._lock = threading.Lock()
        self._listeners: dict[str, LevelListener] = {}

    def listen(self, name: str, listener: LevelListener) -> None:
        """Call ``listener`` with each frame from now on, on the feeding thread; a name's earlier one is replaced.

        It must be quick. What it raises is logged and does not reach the stream.
        """
        with self._lock:
            self._listeners = {**self._listeners, name: listener}

    def unlisten(self, name: str) -> None:
        """Call the listener of this name no more."""
        with self._lock:
            self._listeners = {n: listener for n, listener in self._listeners.items() if n != name}

    def feed(self, samples: Samples) -> None:
        """Add int16 mono 16 kHz samples, shape (n,), of any length.

        Raises:
            InvalidInput: Floats, or more than one channel; nothing was taken.
        """
        if samples.ndim != 1 or samples.dtype != np.int16:
            raise InvalidInput("samples", "The meter takes 16-bit samples of one channel.")
        with self._lock:
            frames = self._measure(samples)
            listeners = list(self._listeners.items())
        for frame in frames:  # outside the lock: a listener may read the meter
            for name, listener in listeners:
                try:
                    listener(frame)
                except Exception as error:
                    _log.warning("a listener of the meter failed: %s: %s", name, type(error).__name__)

    def _measure(self, samples: Samples) -> list[LevelFrame]:
        data = np.concatenate((self._rest, samples))
        whole = data.size - data.size % self._frame_samples
        found = []
        for start in range(0, whole, self._frame_samples):
            frame = data[start : start + self._frame_samples]
            # A converter's constant offset is neither voice nor noise.
            level, clipped = compute_dbfs(float(frame.std())), count_clipped(frame)
            self._levels.append(level)
            self._clipped.append(clipped)
            self._peak = compute_dbfs(float(np.abs(frame.astype(np.int32)).max()))
            self._frames += 1
            found.append(LevelFrame(frame, self._frames * self._frame_samples / SAMPLE_RATE, level, clipped))
        self._rest = data[whole:].copy()
        return found

    def snapshot(self) -> LevelReading:
        """The current reading."""
        with self._lock:
            if not self._levels:
                return LevelReading()
            levels = tuple(self._levels)
            return LevelReading(
                rms_dbfs=levels[-1],
                peak_dbfs=self._peak,
                noise_floor_dbfs=float(np.percentile(levels, self._params.floor_percentile)),
                clipped=sum(self._clipped) / (len(levels) * self._frame_samples),
                history_dbfs=levels,
            )
