import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speech_texts import TALK
from synthetic_rooms import RATE, as_int16, chords, hum, noise, played_in, room

from core.domain.errors import InvalidInput
from core.media.audio import Samples
from core.speech.echo import ToneParams, find_tone, render_tone

Say = Callable[[str], Samples]
SWEEP_RMS_DBFS = -23.7
"""Of a tone of -20 dBFS peak: 3 dB from peak to RMS, the rest are the faded edges."""


def heard_in(response: np.ndarray, gain_db: float, background: np.ndarray, at_s: float = 0.5) -> np.ndarray:
    """What a microphone has of the tone played in a room, over a background."""
    played = played_in(render_tone(), response) * 10 ** (gain_db / 20)
    start = int(at_s * RATE)
    mixed = background.copy()
    mixed[start : start + played.size] += played[: mixed.size - start]
    return as_int16(mixed)


@pytest.mark.parametrize(
    ("reverb_s", "direct_db", "delay_s"), list(itertools.product((0.2, 0.5, 1.0), (6.0, 0.0, -6.0), (0.05, 0.4, 2.0)))
)
def test_echo_of_any_room_is_found_at_its_level_and_delay(reverb_s: float, direct_db: float, delay_s: float) -> None:
    found = find_tone(heard_in(room(reverb_s, direct_db, delay_s), -20.0, noise(-60.0, 6.0)))
    assert found.found
    assert found.level_dbfs == pytest.approx(SWEEP_RMS_DBFS - 20.0, abs=1.0)
    assert found.delay_s == pytest.approx(0.5 + delay_s, abs=0.002)


@pytest.mark.parametrize("gain_db", [0.0, -10.0, -20.0, -30.0, -40.0])
def test_level_follows_the_volume(gain_db: float) -> None:
    found = find_tone(heard_in(room(0.4, 0.0, 0.1), gain_db, noise(-75.0, 5.0)))
    assert found.level_dbfs == pytest.approx(SWEEP_RMS_DBFS + gain_db, abs=1.0)


def test_tone_below_the_noise_is_found() -> None:
    found = find_tone(heard_in(room(0.3, 6.0, 0.1), -25.0, noise(-45.0, 5.0)))  # 4 dB below it
    assert found.found
    assert found.level_dbfs == pytest.approx(SWEEP_RMS_DBFS - 25.0, abs=2.0)


@pytest.mark.parametrize("at_s", [0.5, 1.7, 3.1])
def test_strong_echo_is_found_while_somebody_speaks(say: Say, at_s: float) -> None:
    talk = say(TALK)[: 6 * RATE] / 65_536
    found = find_tone(heard_in(room(0.4, 3.0, 0.1), 0.0, talk, at_s))
    assert found.found
    assert found.level_dbfs == pytest.approx(SWEEP_RMS_DBFS, abs=2.0)
    assert found.delay_s == pytest.approx(at_s + 0.1, abs=0.005)


def test_whole_tone_behind_a_hum_is_found() -> None:
    assert find_tone(heard_in(room(0.3, 3.0, 0.1), -20.0, hum(5.0))).found


def test_speech_is_no_tone(say: Say) -> None:
    talk = say(TALK)
    assert max(find_tone(talk[n : n + 6 * RATE]).score for n in range(0, talk.size - RATE, RATE // 2)) < 0.25


@pytest.mark.parametrize("seed", range(10))
def test_chords_are_no_tone(seed: int) -> None:
    assert not find_tone(chords(10.0, seed)).found


@pytest.mark.parametrize("hz", [50.0, 60.0, 120.0, 700.0])
def test_hum_is_no_tone(hz: float) -> None:
    assert not find_tone(hum(8.0, hz)).found


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_no_tone(seed: int) -> None:
    assert not find_tone(noise(-20.0, 10.0, seed)).found


@pytest.mark.parametrize("every_s", [0.3, 0.35, 0.6, 0.95])
def test_steady_beat_is_no_tone(every_s: float) -> None:
    clicks = np.zeros(10 * RATE)
    clicks[:: int(every_s * RATE)] = 0.9
    assert not find_tone(clicks).found


def test_one_sweep_alone_is_no_tone() -> None:
    sound = noise(-70.0, 5.0)
    sound[RATE : RATE + 2880] += render_tone()[:2880]
    assert not find_tone(sound).found


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0),
        np.zeros(100, np.int16),
        np.zeros(5 * RATE, np.int16),
        np.full(5 * RATE, 8000, np.int16),
        np.full(5 * RATE, np.nan),
        np.full(5 * RATE, np.inf),
        np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 1000),
    ],
    ids=["nothing", "too short", "silence", "offset", "not a number", "infinite", "square wave"],
)
def test_odd_input_is_no_tone(sound: np.ndarray) -> None:
    found = find_tone(sound)
    assert (found.found, found.level_dbfs, found.delay_s) == (False, None, None)


def test_tone_between_missing_numbers_is_found() -> None:
    sound = np.full(5 * RATE, np.nan)
    sound[RATE : RATE + render_tone().size] = render_tone()
    assert find_tone(sound).found


@pytest.mark.parametrize(("shape", "rate"), [((1600, 2), RATE), ((2, 1600), RATE), ((8000,), 8000)])
def test_stereo_and_other_rates_are_refused(shape: tuple[int, ...], rate: int) -> None:
    with pytest.raises(InvalidInput):
        find_tone(np.zeros(shape), rate=rate)


@settings(deadline=None, max_examples=15)
@given(at=st.integers(0, 4 * RATE), gain_db=st.floats(-40, 10), sign=st.sampled_from((-1, 1)))
def test_clean_tone_is_found_wherever_it_is(at: int, gain_db: float, sign: int) -> None:
    sound, tone = np.zeros(6 * RATE), render_tone()
    sound[at : at + tone.size] = sign * tone * 10 ** (gain_db / 20)
    found = find_tone(sound)
    assert found.delay_s == pytest.approx(at / RATE, abs=1 / 4000)
    assert found.level_dbfs == pytest.approx(SWEEP_RMS_DBFS + gain_db, abs=0.5)


def test_tone_starts_and_ends_softly_and_never_clips() -> None:
    tone = render_tone(rate=48_000)
    assert abs(tone[0]) < 1e-3
    assert 20 * np.log10(np.abs(tone).max()) == pytest.approx(ToneParams().gain_dbfs, abs=0.1)
    assert tone.size == pytest.approx(ToneParams().length_s * 48_000, abs=1)
