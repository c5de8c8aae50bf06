from collections.abc import Callable

import numpy as np
import pytest
from speech_texts import TALK
from synthetic_rooms import RATE, as_int16, noise, played_in, room

from core.domain.sound import SoundAlertKind
from core.media.audio import Samples
from core.media.level import AudioLevel
from core.speech.sound_alerts import AlertChanged, SoundAlerts

Say = Callable[[str], Samples]
NOISE, SILENCE, CLIPPING = SoundAlertKind.NOISE, SoundAlertKind.SILENCE, SoundAlertKind.CLIPPING


def hear(sound: Samples, *, recording: bool = True) -> tuple[SoundAlerts, list[AlertChanged]]:
    level, alerts = AudioLevel(), SoundAlerts()
    changes: list[AlertChanged] = []
    level.listen("test", lambda frame: changes.extend(alerts.observe(frame, recording=recording)))
    level.feed(sound)
    return alerts, changes


def speech(say: Say, seconds: float) -> np.ndarray:
    voice = say(TALK) / 32_768
    voice = voice * 0.6 / np.abs(voice).max()
    return np.tile(voice, 1 + int(seconds * RATE) // voice.size)[: int(seconds * RATE)]


def test_clear_speech_raises_nothing(say: Say) -> None:
    assert hear(as_int16(speech(say, 40.0)))[1] == []


def test_speech_in_an_echoing_room_raises_nothing(say: Say) -> None:
    wet = played_in(speech(say, 30.0), room(0.9, 0.0, 0.0))
    assert hear(as_int16(0.8 * wet / np.abs(wet).max()))[1] == []


def test_noise_under_speech_is_dated_from_its_beginning(say: Say) -> None:
    sound = speech(say, 40.0)
    sound[10 * RATE :] += noise(-36.0, 30.0)
    _, changes = hear(as_int16(sound))
    assert [(c.kind, c.ended_s) for c in changes] == [(NOISE, None)]
    assert changes[0].started_s == pytest.approx(10.0, abs=1.5)
    assert changes[0].measured == pytest.approx(-36.0, abs=1.0)


def test_noise_that_stops_ends_where_it_stopped() -> None:
    sound = np.concatenate((noise(-30.0, 15.0), noise(-70.0, 10.0)))
    _, changes = hear(as_int16(sound), recording=False)
    assert [c.ended_s for c in changes] == [None, pytest.approx(15.0, abs=0.2)]


def test_short_noise_raises_nothing() -> None:
    sound = np.concatenate((noise(-70.0, 5.0), noise(-30.0, 6.0), noise(-70.0, 5.0)))
    assert hear(as_int16(sound), recording=False)[1] == []


def test_digital_silence_while_recording_is_raised_after_five_seconds() -> None:
    assert hear(np.zeros(5 * RATE, np.int16))[1] == []
    _, changes = hear(np.zeros(6 * RATE, np.int16))
    assert changes == [AlertChanged(SILENCE, 0.1, None, -96.0)]


def test_silence_without_recording_is_nothing() -> None:
    assert hear(np.zeros(20 * RATE, np.int16), recording=False)[1] == []


def test_constant_offset_is_silence() -> None:
    assert [c.kind for c in hear(np.full(8 * RATE, 5000, np.int16))[1]] == [SILENCE]


def test_voice_ends_a_silence(say: Say) -> None:
    sound = np.concatenate((np.zeros(8 * RATE), speech(say, 4.0)))
    _, changes = hear(as_int16(sound))
    assert [c.kind for c in changes] == [SILENCE, SILENCE]
    assert changes[1].ended_s == pytest.approx(8.1, abs=0.5)


def test_end_of_the_recording_ends_a_silence() -> None:
    level, alerts, changes = AudioLevel(), SoundAlerts(), []
    level.listen("test", lambda f: changes.extend(alerts.observe(f, recording=f.end_s <= 10.0)))
    level.feed(np.zeros(12 * RATE, np.int16))
    assert [c.ended_s for c in changes] == [None, pytest.approx(10.1)]


def test_overdriven_voice_is_clipping(say: Say) -> None:
    _, changes = hear(as_int16(np.clip(8 * speech(say, 10.0), -1, 1)))
    assert [c.kind for c in changes][:1] == [CLIPPING]
    assert changes[0].measured > 0.002


def test_square_wave_at_full_scale_is_clipping() -> None:
    square = np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 600)
    assert [c.kind for c in hear(square)[1]] == [CLIPPING]


def test_one_overdriven_word_is_nothing(say: Say) -> None:
    sound = speech(say, 12.0)
    sound[4 * RATE : 4 * RATE + 200] = 1.0
    assert [c for c in hear(as_int16(sound))[1] if c.kind is CLIPPING and c.measured < 0.002] == []


def test_closing_ends_what_is_open() -> None:
    alerts, _ = hear(np.zeros(7 * RATE, np.int16))
    assert [(c.kind, c.ended_s) for c in alerts.close()] == [(SILENCE, pytest.approx(7.0))]
    assert alerts.close() == []
