import pytest

from core.media.level import LevelReading
from core.speech.echo import ToneFound
from core.speech.noise import NoiseReading
from core.speech.room_check import (
    GOOD,
    TEST_SENTENCE,
    WAITING,
    CheckState,
    Finding,
    Problem,
    check_microphone,
    check_output,
    check_room,
    check_sentence,
    heard_share,
)

SPOKEN = LevelReading(history_dbfs=(-60.0, -25.0), noise_floor_dbfs=-60.0)
CLEAR = NoiseReading(speech_dbfs=-25.0, noise_dbfs=-55.0, snr_db=30.0)


def noisy(snr_db: float) -> NoiseReading:
    return NoiseReading(-25.0, -25.0 - snr_db, snr_db)


def test_microphone_waits_for_sound() -> None:
    assert check_microphone(LevelReading()) == WAITING


def test_clear_voice_is_good() -> None:
    assert check_microphone(SPOKEN, CLEAR, 14.0) == GOOD


def test_voice_alone_is_good_where_noise_was_not_measured() -> None:
    assert check_microphone(SPOKEN) == GOOD


def test_silence_is_not_heard() -> None:
    assert check_microphone(LevelReading(history_dbfs=(-96.0,) * 50)) == Finding(CheckState.FAILED, Problem.NOT_HEARD)


def test_clipping_is_said_first() -> None:
    reading = LevelReading(history_dbfs=(-3.0,), clipped=0.02)
    assert check_microphone(reading, noisy(3.0)) == Finding(CheckState.WEAK, Problem.CLIPPED)


@pytest.mark.parametrize(
    ("snr_db", "state"),
    [(5.9, CheckState.FAILED), (6.0, CheckState.WEAK), (14.9, CheckState.WEAK), (15.0, CheckState.GOOD)],
)
def test_noise_under_the_voice_decides(snr_db: float, state: CheckState) -> None:
    assert check_microphone(SPOKEN, noisy(snr_db)).state is state


def test_low_peaks_of_a_clear_voice_are_distortion() -> None:
    assert check_microphone(SPOKEN, CLEAR, 10.5) == Finding(CheckState.WEAK, Problem.DISTORTED)


def test_soft_voice_is_said() -> None:
    soft = NoiseReading(speech_dbfs=-42.0, noise_dbfs=-70.0, snr_db=28.0)
    assert check_microphone(SPOKEN, soft) == Finding(CheckState.WEAK, Problem.TOO_SOFT)


@pytest.mark.parametrize(
    ("floor", "finding"),
    [
        (-50.0, GOOD),
        (-49.0, Finding(CheckState.WEAK, Problem.SOME_NOISE)),
        (-38.0, Finding(CheckState.FAILED, Problem.NOISY)),
    ],
)
def test_room_is_judged_by_its_floor(floor: float, finding: Finding) -> None:
    assert check_room(LevelReading(history_dbfs=(floor,) * 30, noise_floor_dbfs=floor)) == finding


def test_room_waits_for_three_seconds() -> None:
    assert check_room(LevelReading(history_dbfs=(-60.0,) * 29, noise_floor_dbfs=-60.0)) == WAITING


def echo(dbfs: float) -> ToneFound:
    return ToneFound(0.6, True, dbfs, 1.0)


ABSENT = ToneFound(0.1)


def test_tone_that_comes_back_near_the_voice_is_echo() -> None:
    found = check_output(echo(-49.0), heard=True, microphone_live=True, noise=CLEAR)
    assert found == Finding(CheckState.WEAK, Problem.ECHO)


def test_tone_far_below_the_voice_is_good() -> None:
    assert check_output(echo(-51.0), heard=True, microphone_live=True, noise=CLEAR) == GOOD


def test_echo_is_told_before_the_candidate_answers() -> None:
    assert check_output(echo(-30.0), heard=None, microphone_live=True).problem is Problem.ECHO


def test_quiet_microphone_waits_for_the_answer() -> None:
    assert check_output(ABSENT, heard=None, microphone_live=True) == WAITING


def test_heard_by_the_candidate_alone_is_good() -> None:
    assert check_output(ABSENT, heard=True, microphone_live=True) == GOOD


def test_heard_by_nobody_is_a_wrong_output() -> None:
    found = check_output(ABSENT, heard=False, microphone_live=True)
    assert found == Finding(CheckState.FAILED, Problem.WRONG_OUTPUT)


@pytest.mark.parametrize("dbfs", [-30.0, -70.0])
def test_heard_by_the_microphone_alone_is_too_soft(dbfs: float) -> None:
    found = check_output(echo(dbfs), heard=False, microphone_live=True)
    assert found == Finding(CheckState.FAILED, Problem.NOT_AUDIBLE)


def test_without_a_microphone_no_echo_is_claimed() -> None:
    assert check_output(echo(-20.0), heard=True, microphone_live=False).problem is Problem.NO_MICROPHONE


def test_sentence_comes_back_in_any_order_and_case() -> None:
    assert heard_share(TEST_SENTENCE.upper()) == 1.0
    assert check_sentence("the boat crossed the river before rain") is CheckState.GOOD
    assert check_sentence("something else") is CheckState.WEAK
    assert check_sentence("  ") is CheckState.WAITING
