from collections.abc import Callable

import numpy as np
import pytest
from speech_texts import TALK
from synthetic_rooms import RATE, as_int16, noise

from core.media.audio import Samples
from core.speech.noise import MAX_SNR_DB, NoiseMeter, NoiseReading, compute_noise
from core.speech.vad import SileroStream

Say = Callable[[str], Samples]


def measure(sound: Samples) -> NoiseReading | None:
    meter = NoiseMeter(SileroStream().probability)
    meter.feed(sound)
    return meter.reading()


def talk(say: Say) -> np.ndarray:
    """Ten seconds of speech at -26 dBFS while there is a voice, with the pauses a speaker makes."""
    voice = say(TALK) / 32_768
    gap = np.zeros(int(0.8 * RATE))
    whole = np.concatenate((gap, voice[: 4 * RATE], gap, voice[4 * RATE : 8 * RATE], gap))[: 10 * RATE]
    loud = np.abs(whole) > 0.01
    return whole * 0.05 / np.sqrt(np.mean(whole[loud] ** 2))


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 10.0])
def test_figure_follows_added_noise_at_ten_decibels_and_below(say: Say, snr_db: float) -> None:
    clean = talk(say)
    quiet, loud = (measure(as_int16(clean + noise(dbfs, 10.0)[: clean.size])) for dbfs in (-56.0, -31.0 - snr_db))
    assert quiet is not None
    assert loud is not None
    added_dbfs = -31.0 - snr_db
    assert loud.noise_dbfs == pytest.approx(added_dbfs, abs=2.5)
    assert loud.snr_db == pytest.approx(quiet.speech_dbfs - added_dbfs, abs=3.0)


def test_clean_speech_is_far_above_the_noise(say: Say) -> None:
    reading = measure(as_int16(talk(say)))
    assert reading is not None
    assert reading.snr_db > 30


def test_constant_offset_is_no_noise(say: Say) -> None:
    reading = measure(as_int16(talk(say) + 0.05))
    assert reading is not None
    assert reading.snr_db > 30


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0, np.int16),
        np.zeros(10 * RATE, np.int16),
        as_int16(noise(-30.0, 10.0)),
        np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 2000),
    ],
    ids=["nothing", "silence", "noise", "square wave"],
)
def test_without_a_voice_nothing_is_said(sound: Samples) -> None:
    assert measure(sound) is None


def test_without_a_gap_nothing_is_said() -> None:
    assert compute_noise([0.01] * 300, [0.9] * 300) is None


def test_gap_of_pure_zeros_is_as_clean_as_it_gets() -> None:
    reading = compute_noise([0.01] * 100 + [0.0] * 100, [0.9] * 100 + [0.0] * 100)
    assert reading is not None
    assert reading.snr_db == MAX_SNR_DB


def test_what_sounds_on_behind_a_voice_is_no_gap() -> None:
    powers = [0.01] * 100 + [0.005] * 5 + [1e-6] * 100
    reading = compute_noise(powers, [0.9] * 100 + [0.0] * 105)
    assert reading is not None
    assert reading.noise_dbfs == pytest.approx(-60.0, abs=0.1)


def test_pieces_of_any_length_give_the_same_reading(say: Say) -> None:
    sound = as_int16(talk(say))
    meter = NoiseMeter(SileroStream().probability)
    for start in range(0, sound.size, 1600):
        meter.feed(sound[start : start + 1600])
    assert meter.reading() == measure(sound)
