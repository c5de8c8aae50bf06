"""The same speech as another microphone, another room or another day would have it. The same each time."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from benchmarks import noises
from core.media.audio import SAMPLE_RATE, Samples

_Sound = NDArray[np.float64]


def _with_noise(sound: _Sound, noise: _Sound, snr_db: float) -> _Sound:
    """Noise this far below the speech; levels of both are means over all samples."""
    scale = np.sqrt(np.mean(sound**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    return sound + scale * noise


def _white(sound: _Sound) -> _Sound:
    return np.random.default_rng(3).normal(0, 1, sound.size)


def _pink(sound: _Sound) -> _Sound:
    lines = np.fft.rfft(_white(sound))
    return np.asarray(np.fft.irfft(lines / np.sqrt(np.maximum(1, np.arange(lines.size))), sound.size))


def _babble(sound: _Sound) -> _Sound:
    return noises.babble(sound.size / SAMPLE_RATE + 0.1)[: sound.size].astype(np.float64)


def _room(sound: _Sound, reverberation_s: float, direct: float) -> _Sound:
    """Exponential decay by 60 dB in ``reverberation_s``, and the direct sound this strong over it."""
    n = int(reverberation_s * SAMPLE_RATE)
    echo = np.random.default_rng(4).normal(0, 1, n) * 10 ** (-3 * np.arange(n) / n)
    echo /= np.sqrt(np.sum(echo**2))
    echo[0] += direct
    size = sound.size + n
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size))[: sound.size]


def _band(sound: _Sound, low_hz: float, high_hz: float) -> _Sound:
    lines = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    lines[(hz < low_hz) | (hz > high_hz)] = 0
    return np.asarray(np.fft.irfft(lines, sound.size))


CONDITIONS: Mapping[str, Callable[[_Sound], _Sound]] = {
    "clean": lambda sound: sound,
    "20 dB softer": lambda sound: sound * 0.1,
    "clipped": lambda sound: sound * 6.0,
    "telephone": lambda sound: _band(sound, 300, 3400),
    "small room": lambda sound: _room(sound, 0.3, 1.0),
    "far in a large room": lambda sound: _room(sound, 0.6, 0.5),
    "white noise 10 dB": lambda sound: _with_noise(sound, _white(sound), 10),
    "pink noise 10 dB": lambda sound: _with_noise(sound, _pink(sound), 10),
    "pink noise 20 dB": lambda sound: _with_noise(sound, _pink(sound), 20),
    "babble 10 dB": lambda sound: _with_noise(sound, _babble(sound), 10),
    "far, pink noise 10 dB": lambda sound: _with_noise(_room(sound, 0.5, 0.5), _pink(sound), 10),
}
"""By name; each takes and gives samples of int16 size."""


def heard(name: str, speech: Samples) -> Samples:
    """Speech under one condition; int16, mono, 16 kHz, same shape."""
    return CONDITIONS[name](speech.astype(np.float64)).clip(-32_768, 32_767).astype(np.int16)
