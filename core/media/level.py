"""A running microphone meter."""

import math
import threading
from collections import deque
from dataclasses import dataclass

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples

FULL_SCALE = 32_768.0
SILENCE_DBFS = -96.0
"""Lowest level reported: about the quantisation step of 16 bits."""


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
        clipped: Share of samples at full scale in the window, 0 to 1.
        history_dbfs: Levels of the window's frames, oldest first, for a waveform.
    """

    rms_dbfs: float = SILENCE_DBFS
    peak_dbfs: float = SILENCE_DBFS
    noise_floor_dbfs: float | None = None
    clipped: float = 0.0
    history_dbfs: tuple[float, ...] = ()


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
        self._lock = threading.Lock()

    def feed(self, samples: Samples) -> None:
        """Add int16 mono 16 kHz samples, shape (n,), of any length."""
        with self._lock:
            data = np.concatenate((self._rest, samples))
            whole = data.size - data.size % self._frame_samples
            for start in range(0, whole, self._frame_samples):
                frame = data[start : start + self._frame_samples]
                top = np.abs(frame.astype(np.int32))
                self._levels.append(compute_dbfs(compute_rms(frame)))
                self._clipped.append(int((top >= FULL_SCALE - 1).sum()))
                self._peak = compute_dbfs(float(top.max()))
            self._rest = data[whole:].copy()

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
