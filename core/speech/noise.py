"""How far a voice stands above the noise of its room: speech windows against the gaps between them."""

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.media.audio import Samples
from core.media.clipping import FULL_SCALE
from core.media.level import SILENCE_DBFS
from core.speech.vad import WINDOW_MS, WINDOW_SAMPLES


@dataclass(frozen=True, slots=True)
class NoiseParams:
    """Knobs of the measurement."""

    window_s: float = 10.0
    """How far back it looks."""
    speech_from: float = 0.6
    """Probability from which a window is a voice."""
    gap_below: float = 0.2
    """Probability below which a window is a gap; those between are left out."""
    margin_ms: int = 160
    """Gaps this close behind or before a voice are left out: the room still sounds."""
    min_speech_s: float = 1.0
    """Voice needed before anything is said."""
    min_gap_s: float = 0.5
    """Gaps needed before anything is said."""


@dataclass(frozen=True, slots=True)
class NoiseReading:
    """Voice against noise, as it reaches us: behind the browser's own noise suppression.

    Attributes:
        speech_dbfs: Level (RMS) of the voice, without the noise under it.
        noise_dbfs: Level of the gaps.
        snr_db: The difference; at most 60, as deep as a suppressed gap means anything.
    """

    speech_dbfs: float
    noise_dbfs: float
    snr_db: float


MAX_SNR_DB = 60.0


def compute_noise(
    powers: Sequence[float], probabilities: Sequence[float], params: NoiseParams | None = None
) -> NoiseReading | None:
    """Voice against gaps.

    Args:
        powers: Mean square of each window, 1.0 = full scale.
        probabilities: That the window is a voice, 0 to 1; as many.
        params: Knobs.

    Returns:
        None when there is too little voice or too little gap. At 10 dB and below the figure follows added noise to
        about 3 dB; above 30 dB it says "clean", not how clean.
    """
    p = params or NoiseParams()
    power, probability = np.asarray(powers, np.float64), np.asarray(probabilities, np.float64)
    speech = probability >= p.speech_from
    margin = math.ceil(p.margin_ms / WINDOW_MS)
    near = (
        np.convolve(probability >= p.gap_below, np.ones(2 * margin + 1), "same")[: power.size] > 0
        if power.size
        else speech
    )
    gap = ~near
    if speech.sum() * WINDOW_MS < 1000 * p.min_speech_s or gap.sum() * WINDOW_MS < 1000 * p.min_gap_s:
        return None
    floor = 10 ** (SILENCE_DBFS / 10)
    noise = max(floor, float(power[gap].mean()))
    voice = max(floor, float(power[speech].mean()) - noise)
    snr_db = min(MAX_SNR_DB, 10 * math.log10(voice / noise))
    return NoiseReading(10 * math.log10(voice), 10 * math.log10(noise), snr_db)


class NoiseMeter:
    """Measures a stream. Used by one thread at a time.

    Args:
        probability: Judges one window of 512 samples (``SileroStream.probability``).
        params: Knobs.
    """

    def __init__(self, probability: Callable[[Samples], float], params: NoiseParams | None = None) -> None:
        self._params = params or NoiseParams()
        self._probability = probability
        windows = round(1000 * self._params.window_s / WINDOW_MS)
        self._powers: deque[float] = deque(maxlen=windows)
        self._probabilities: deque[float] = deque(maxlen=windows)
        self._rest: Samples = np.zeros(0, np.int16)

    def feed(self, samples: Samples) -> None:
        """Add int16 mono 16 kHz samples, shape (n,), of any length."""
        data = np.concatenate((self._rest, samples))
        whole = data.size - data.size % WINDOW_SAMPLES
        for start in range(0, whole, WINDOW_SAMPLES):
            window = data[start : start + WINDOW_SAMPLES]
            wide = window.astype(np.float64) / FULL_SCALE
            self._powers.append(float(wide.var()))  # a constant offset is neither voice nor noise
            self._probabilities.append(self._probability(window))
        self._rest = data[whole:].copy()

    def reading(self) -> NoiseReading | None:
        """Of the last seconds; see :func:`compute_noise`."""
        return compute_noise(self._powers, self._probabilities, self._params)
