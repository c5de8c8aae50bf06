"""Judges a microphone and a room from the level meter, and a spoken test sentence from its words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.media.level import LevelReading

TEST_SENTENCE = "The small boat crossed the river before the rain began."


class CheckState(StrEnum):
    """How one thing of the device check stands."""

    WAITING = "waiting"
    GOOD = "good"
    WEAK = "weak"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RoomCheckParams:
    """Thresholds in decibels below full scale; speech into a working microphone peaks above -35."""

    speech_dbfs: float = -45.0
    """A frame at least this loud counts as somebody speaking."""
    quiet_dbfs: float = -50.0
    """Noise floor up to which a room is quiet."""
    noisy_dbfs: float = -38.0
    """Noise floor from which words get lost."""
    clipped_share: float = 0.001
    """Share of samples at full scale from which the microphone is too loud."""
    sentence_share: float = 0.5
    """Share of the test sentence's words that must come back."""


def check_microphone(reading: LevelReading, params: RoomCheckParams | None = None) -> CheckState:
    """Whether a voice can be heard in the last ten seconds."""
    p = params or RoomCheckParams()
    if not reading.history_dbfs:
        return CheckState.WAITING
    if reading.clipped > p.clipped_share:
        return CheckState.WEAK
    return CheckState.GOOD if max(reading.history_dbfs) >= p.speech_dbfs else CheckState.FAILED


def check_room(reading: LevelReading, params: RoomCheckParams | None = None) -> CheckState:
    """How loud the room is when nobody speaks; needs three seconds of sound."""
    p = params or RoomCheckParams()
    if reading.noise_floor_dbfs is None or len(reading.history_dbfs) < 30:
        return CheckState.WAITING
    if reading.noise_floor_dbfs <= p.quiet_dbfs:
        return CheckState.GOOD
    return CheckState.WEAK if reading.noise_floor_dbfs < p.noisy_dbfs else CheckState.FAILED


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
