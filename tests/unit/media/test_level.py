import numpy as np
import pytest

from core.media.audio import SAMPLE_RATE
from core.media.level import SILENCE_DBFS, AudioLevel


def tone(amplitude: float, seconds: float) -> np.ndarray:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * 500 * t)).astype(np.int16)


def test_sine_at_a_tenth_of_full_scale() -> None:
    meter = AudioLevel()
    meter.feed(tone(3276.8, 1.0))
    reading = meter.snapshot()
    assert reading.rms_dbfs == pytest.approx(-23.0, abs=0.1)  # -20 dB, less 3 dB from peak to RMS of a sine
    assert reading.peak_dbfs == pytest.approx(-20.0, abs=0.1)


def test_floor_is_the_level_of_the_pauses() -> None:
    meter = AudioLevel()
    for _ in range(4):
        meter.feed(tone(10_000, 1.5))
        meter.feed(tone(33, 1.0))
    reading = meter.snapshot()
    assert reading.noise_floor_dbfs == pytest.approx(-63, abs=1)


def test_floor_forgets_what_is_older_than_the_window() -> None:
    meter = AudioLevel()
    meter.feed(tone(33, 3.0))
    meter.feed(tone(10_000, 11.0))
    floor = meter.snapshot().noise_floor_dbfs
    assert floor is not None
    assert floor > -20
    assert len(meter.snapshot().history_dbfs) == 100


def test_silence_and_nothing_are_the_lowest_level() -> None:
    meter = AudioLevel()
    assert meter.snapshot().noise_floor_dbfs is None
    meter.feed(np.zeros(SAMPLE_RATE, np.int16))
    assert meter.snapshot().rms_dbfs == SILENCE_DBFS


def test_clipping_is_measured() -> None:
    meter = AudioLevel()
    meter.feed(np.full(SAMPLE_RATE, -32768, np.int16))
    assert meter.snapshot().clipped == 1.0
    assert meter.snapshot().peak_dbfs == 0.0


def test_pieces_of_any_length_give_the_same_reading() -> None:
    whole, pieces = AudioLevel(), AudioLevel()
    sound = tone(5000, 2.0)
    whole.feed(sound)
    for start in range(0, sound.size, 333):
        pieces.feed(sound[start : start + 333])
    assert whole.snapshot() == pieces.snapshot()
