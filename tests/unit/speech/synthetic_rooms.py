"""Rooms, hums and chords that were never recorded."""

import numpy as np

RATE = 16_000


def room(reverb_s: float, direct_db: float, delay_s: float, seed: int = 1) -> np.ndarray:
    """Impulse response: a direct sound, then a tail that falls by 60 dB in ``reverb_s``; energy 1.

    ``direct_db`` is the direct sound over the tail.
    """
    count = int(reverb_s * RATE)
    tail = np.random.default_rng(seed).standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(tail**2))
    whole = np.concatenate((np.zeros(int(delay_s * RATE)), [1.0], tail))
    return whole / np.sqrt(np.sum(whole**2))


def played_in(wave: np.ndarray, response: np.ndarray) -> np.ndarray:
    """A sound as a room returns it."""
    size = wave.size + response.size - 1
    return np.fft.irfft(np.fft.rfft(wave, size) * np.fft.rfft(response, size), size)


def noise(dbfs: float, seconds: float, seed: int = 2) -> np.ndarray:
    """White noise."""
    return np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), int(seconds * RATE))


def hum(seconds: float, hz: float = 50.0) -> np.ndarray:
    """Mains hum with sixty harmonics."""
    t = np.arange(int(seconds * RATE)) / RATE
    return 0.1 * np.sum([np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 61)], axis=0)


def chords(seconds: float, seed: int) -> np.ndarray:
    """Four-part chords twice a second, with overtones, as a piano next door."""
    rng = np.random.default_rng(seed)
    t = np.arange(RATE // 2) / RATE
    beats = []
    for _ in range(int(seconds * 2)):
        tones = 220 * 2 ** (rng.integers(0, 30, 4) / 12)
        beats.append(np.sum([0.05 / k * np.sin(2 * np.pi * f * k * t) for f in tones for k in range(1, 6)], axis=0))
    return np.concatenate([beat * np.exp(-3 * t) for beat in beats])


def as_int16(wave: np.ndarray) -> np.ndarray:
    return np.round(32767 * np.clip(wave, -1, 1)).astype(np.int16)
