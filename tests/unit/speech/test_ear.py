from collections.abc import Callable

import numpy as np
import pytest
from speech_texts import TALK
from synthetic_rooms import RATE, as_int16

from core.domain.errors import ModelUnavailable
from core.media.audio import Samples
from core.media.level import AudioLevel
from core.speech import ear as module
from core.speech.ear import RoomEar
from core.speech.echo import render_tone


def test_tone_of_the_last_seconds_is_found() -> None:
    level = AudioLevel()
    ear = RoomEar(level)
    level.feed(np.zeros(20 * RATE, np.int16))
    level.feed(as_int16(render_tone()))
    level.feed(np.zeros(RATE, np.int16))
    assert ear.find_tone().found


def test_tone_of_long_ago_is_forgotten() -> None:
    level = AudioLevel()
    ear = RoomEar(level)
    level.feed(as_int16(render_tone()))
    level.feed(np.zeros(13 * RATE, np.int16))
    assert not ear.find_tone().found


def test_voice_is_told_from_the_gaps(say: Callable[[str], Samples]) -> None:
    level = AudioLevel()
    ear = RoomEar(level)
    level.feed(say(TALK)[: 6 * RATE])
    level.feed(np.zeros(2 * RATE, np.int16))
    reading = ear.noise()
    assert reading is not None
    assert reading.snr_db > 20


def test_overdriven_voice_has_lower_peaks(say: Callable[[str], Samples]) -> None:
    voice = say(TALK)[: 10 * RATE] / 32_768
    voice = voice / np.abs(voice).max()
    crests = []
    for drive in (0.5, 5.0):
        level = AudioLevel()
        ear = RoomEar(level)
        level.feed(as_int16(0.5 * np.clip(voice * drive, -1, 1)))
        crests.append(ear.crest_db())
    clean, driven = crests
    assert clean is not None
    assert driven is not None
    assert clean > 12.5 > 11.0 > driven


def test_second_ear_takes_the_place_of_the_first() -> None:
    level = AudioLevel()
    first, second = RoomEar(level), RoomEar(level)
    level.feed(as_int16(np.concatenate((render_tone(), np.zeros(RATE)))))
    assert (first.find_tone().found, second.find_tone().found) == (False, True)


def test_missing_model_is_said_and_the_tone_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ModelUnavailable("The voice activity model is missing.")

    monkeypatch.setattr(module, "SileroStream", missing)
    level = AudioLevel()
    ear = RoomEar(level)
    level.feed(as_int16(np.concatenate((render_tone(), np.zeros(RATE)))))
    assert (ear.noise(), ear.unmeasured) == (None, "The voice activity model is missing.")
    assert ear.find_tone().found


def test_nothing_heard_has_no_figures() -> None:
    ear = RoomEar(AudioLevel())
    assert (ear.noise(), ear.crest_db(), ear.find_tone().found) == (None, None, False)
