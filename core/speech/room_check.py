"""Judges a microphone, a room and a loudspeaker from what was measured, and a test sentence from its words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.media.level import LevelReading
from core.speech.echo import ToneFound
from core.speech.noise import NoiseReading

TEST_SENTENCE = "The small boat crossed the river before the rain began."


class CheckState(StrEnum):
    """How one thing of the device check stands."""

    WAITING = "waiting"
    GOOD = "good"
    WEAK = "weak"
    FAILED = "failed"


class Problem(StrEnum):
    """What is to be mended; the words for it belong to the page."""

    NONE = "none"
    NOT_HEARD = "not_heard"
    TOO_SOFT = "too_soft"
    CLIPPED = "clipped"
    DISTORTED = "distorted"
    NOISE_OVER_VOICE = "noise_over_voice"
    SOME_NOISE = "some_noise"
    NOISY = "noisy"
    ECHO = "echo"
    WRONG_OUTPUT = "wrong_output"
    NOT_AUDIBLE = "not_audible"
    NO_MICROPHONE = "no_microphone"


@dataclass(frozen=True, slots=True)
class Finding:
    """How a thing stands, and why."""

    state: CheckState
    problem: Problem = Problem.NONE


WAITING = Finding(CheckState.WAITING)
GOOD = Finding(CheckState.GOOD)


@dataclass(frozen=True, slots=True)
class RoomCheckParams:
    """Thresholds in decibels below full scale; speech into a working microphone peaks above -35."""

    speech_dbfs: float = -45.0
    """A frame at least this loud counts as somebody speaking."""
    soft_speech_dbfs: float = -40.0
    """Mean level below which a voice is too soft."""
    quiet_dbfs: float = -50.0
    """Noise floor up to which a room is quiet."""
    noisy_dbfs: float = -38.0
    """Noise floor from which words get lost."""
    clipped_share: float = 0.001
    """Share of samples cut off from which the microphone is too loud."""
    distorted_crest_db: float = 11.0
    """Peaks of clean voices stand 12.5 dB and more above their mean level; when 4 % is cut off, 10.6 and less."""
    distorted_min_snr_db: float = 15.0
    """With more noise than this the peaks say nothing: noise has low ones itself."""
    good_snr_db: float = 15.0
    """Voice above noise from which it is heard well."""
    weak_snr_db: float = 6.0
    """Voice above noise below which many words are lost."""
    sentence_share: float = 0.5
    """Share of the test sentence's words that must come back."""
    echo_below_voice_db: float = 25.0
    """A test tone that comes back less than this far below the voice disturbs."""
    echo_dbfs: float = -50.0
    """The same where nobody has spoken yet."""


def check_microphone(
    reading: LevelReading,
    noise: NoiseReading | None = None,
    crest_db: float | None = None,
    params: RoomCheckParams | None = None,
) -> Finding:
    """Whether a voice can be heard in the last ten seconds, and how well.

    Args:
        reading: The meter.
        noise: Voice against noise, where it was measured.
        crest_db: Peaks above the mean level, where they were measured.
        params: Thresholds.
    """
    p = params or RoomCheckParams()
    if not reading.history_dbfs:
        return WAITING
    if reading.clipped > p.clipped_share:
        return Finding(CheckState.WEAK, Problem.CLIPPED)
    if max(reading.history_dbfs) < p.speech_dbfs:
        return Finding(CheckState.FAILED, Problem.NOT_HEARD)
    if noise is None:
        return GOOD
    if noise.snr_db < p.weak_snr_db:
        return Finding(CheckState.FAILED, Problem.NOISE_OVER_VOICE)
    if noise.snr_db < p.good_snr_db:
        return Finding(CheckState.WEAK, Problem.NOISE_OVER_VOICE)
    if crest_db is not None and crest_db < p.distorted_crest_db and noise.snr_db >= p.distorted_min_snr_db:
        return Finding(CheckState.WEAK, Problem.DISTORTED)
    return Finding(CheckState.WEAK, Problem.TOO_SOFT) if noise.speech_dbfs < p.soft_speech_dbfs else GOOD


def check_room(reading: LevelReading, params: RoomCheckParams | None = None) -> Finding:
    """How loud the room is when nobody speaks; needs three seconds of sound."""
    p = params or RoomCheckParams()
    if reading.noise_floor_dbfs is None or len(reading.history_dbfs) < 30:
        return WAITING
    if reading.noise_floor_dbfs <= p.quiet_dbfs:
        return GOOD
    if reading.noise_floor_dbfs < p.noisy_dbfs:
        return Finding(CheckState.WEAK, Problem.SOME_NOISE)
    return Finding(CheckState.FAILED, Problem.NOISY)


def check_output(
    tone: ToneFound,
    *,
    heard: bool | None,
    microphone_live: bool,
    noise: NoiseReading | None = None,
    params: RoomCheckParams | None = None,
) -> Finding:
    """What a played test tone says about the loudspeaker.

    Args:
        tone: What the microphone had of it.
        heard: What the candidate said; None before an answer.
        microphone_live: Sound arrived while it was played; without, its absence means nothing.
        noise: Voice against noise, where it was measured.
        params: Thresholds.
    """
    p = params or RoomCheckParams()
    level = tone.level_dbfs if tone.found and microphone_live else None
    if heard is False:
        # Something came out somewhere near the microphone, only too softly; else it went to another device.
        problem = Problem.NOT_AUDIBLE if level is not None else Problem.WRONG_OUTPUT
        return Finding(CheckState.FAILED, problem)
    limit = p.echo_dbfs if noise is None else noise.speech_dbfs - p.echo_below_voice_db
    if level is not None and level >= limit:
        return Finding(CheckState.WEAK, Problem.ECHO)
    if heard is None:
        return WAITING
    return GOOD if microphone_live else Finding(CheckState.GOOD, Problem.NO_MICROPHONE)


def heard_share(text: str, sentence: str = TEST_SENTENCE) -> float:
    """Share of the sentence's different words that are in ``text``, 0 to 1."""
    wanted = set(re.findall(r"[a-z]+", sentence.lower()))
    return len(wanted & set(re.findall(r"[a-z]+", text.lower()))) / len(wanted)


def check_sentence(text: str, params: RoomCheckParams | None = None) -> CheckState:
    """Whether the spoken test sentence came back."""
    if not text.strip():
        return CheckState.WAITING
    p = params or RoomCheckParams()
    return CheckState.GOOD if heard_share(text) >= p.sentence_share else CheckState.WEAK
