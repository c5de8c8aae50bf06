import numpy as np
import pytest

from core.domain.errors import InvalidInput
from core.media.audio import SAMPLE_RATE
from core.media.level import SILENCE_DBFS, AudioLevel, LevelFrame


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


def test_constant_offset_is_neither_voice_nor_noise() -> None:
    meter = AudioLevel()
    meter.feed(np.full(SAMPLE_RATE, 3000, np.int16))
    assert meter.snapshot().rms_dbfs == SILENCE_DBFS
    assert meter.snapshot().clipped == 0.0


def test_full_scale_square_wave_is_all_clipped() -> None:
    meter = AudioLevel()
    meter.feed(np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 200))
    assert meter.snapshot().clipped == 1.0
    assert meter.snapshot().rms_dbfs == pytest.approx(0.0, abs=0.01)


def test_zero_samples_change_nothing() -> None:
    meter = AudioLevel()
    meter.feed(np.zeros(0, np.int16))
    assert meter.snapshot().history_dbfs == ()


@pytest.mark.parametrize("wrong", [np.zeros((1600, 2), np.int16), np.full(1600, np.nan), np.zeros(1600, np.float32)])
def test_stereo_and_floats_are_refused(wrong: np.ndarray) -> None:
    meter = AudioLevel()
    with pytest.raises(InvalidInput):
        meter.feed(wrong)
    assert meter.snapshot().history_dbfs == ()


def test_listener_gets_each_whole_frame_once() -> None:
    meter, heard = AudioLevel(), []
    meter.listen("test", heard.append)
    sound = tone(5000, 1.05)
    for start in range(0, sound.size, 333):
        meter.feed(sound[start : start + 333])
    assert [round(f.end_s, 3) for f in heard] == [round(0.1 * n, 3) for n in range(1, 11)]
    assert np.array_equal(np.concatenate([f.samples for f in heard]), sound[:SAMPLE_RATE])


def test_second_listener_of_a_name_replaces_the_first() -> None:
    meter, first, second = AudioLevel(), [], []
    meter.listen("test", first.append)
    meter.listen("test", second.append)
    meter.feed(tone(5000, 0.1))
    assert (len(first), len(second)) == (0, 1)


def test_listener_that_left_hears_no_more() -> None:
    meter, heard = AudioLevel(), []
    meter.listen("test", heard.append)
    meter.unlisten("test")
    meter.unlisten("unknown")
    meter.feed(tone(5000, 0.1))
    assert heard == []


def test_listener_that_fails_stops_neither_the_meter_nor_others() -> None:
    meter, heard = AudioLevel(), []

    def fail(_: LevelFrame) -> None:
        raise RuntimeError("broken")

    meter.listen("broken", fail)
    meter.listen("test", heard.append)
    meter.feed(tone(5000, 0.2))
    assert len(heard) == len(meter.snapshot().history_dbfs) == 2


def test_listener_may_read_the_meter() -> None:
    meter, seen = AudioLevel(), []
    meter.listen("test", lambda _: seen.append(len(meter.snapshot().history_dbfs)))
    meter.feed(tone(5000, 0.1))
    assert seen == [1]
