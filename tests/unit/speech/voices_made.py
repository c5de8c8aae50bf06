"""Voices made by arithmetic: pitch known to the sample."""

import numpy as np
import numpy.typing as npt

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.spans import SpeechSpans

FULL = {n: 1.0 / n for n in range(1, 12)}


def glide(low_hz: float, high_hz: float, seconds: float = 4.0) -> npt.NDArray[np.float64]:
    """Pitch that rises evenly in semitones."""
    return low_hz * (high_hz / low_hz) ** np.linspace(0, 1, int(seconds * SAMPLE_RATE))


def sing(pitch_hz: npt.NDArray[np.float64], harmonics: dict[int, float] | None = None) -> Samples:
    """Sound with these harmonics (number: amplitude) of a pitch given for each sample."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE
    sound = sum(a * np.sin(n * phase) for n, a in (harmonics or FULL).items())
    return np.asarray(9000 * sound / np.abs(sound).max(), np.int16)


def everywhere(samples: Samples) -> SpeechSpans:
    """Take all of it for speech: a tone is none to the detector."""
    return SpeechSpans(((0, samples.size),), samples.size)


def noise(seconds: float, amplitude: float, seed: int = 0) -> Samples:
    wide = np.random.default_rng(seed).normal(0, amplitude, int(seconds * SAMPLE_RATE))
    return np.clip(wide, -32768, 32767).astype(np.int16)
