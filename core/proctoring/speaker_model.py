"""Which speaker model compares voices here, and what is said of the sound's signals."""

from collections.abc import Callable
from pathlib import Path

from core import weights
from core.domain.errors import ModelUnavailable
from core.domain.signals import Signal, SignalStatus
from core.proctoring.speaker_encoder import SpeakerEncoder, VoiceEncoder
from core.proctoring.speaker_onnx import OnnxSpeakerEncoder
from core.weight_table import VOICE_ENCODER

MakeEncoder = Callable[[], SpeakerEncoder]
"""Builds an encoder; called on the thread that uses it."""

_LIMITS = "voices that sound alike are not told apart"
NO_SPEAKER_MODEL = SignalStatus(Signal.VOICES, False, "not monitored: no speaker model is configured (SPEAKER_MODEL)")
"""Where nothing compares voices."""
NOT_AGREED = "not monitored: what was agreed to does not name it"


def choose_speaker_model(path: str, unlike_below: float) -> tuple[MakeEncoder | None, SignalStatus]:
    """What compares voices, if anything, and what the screen and the report say of that.

    Args:
        path: ``Settings.speaker_model``; empty means the bundled encoder where it is installed.
        unlike_below: ``Settings.speaker_unlike_below``; used with ``path`` only.
    """
    try:
        if path:
            OnnxSpeakerEncoder(Path(path), unlike_below)  # refused now rather than in the middle of an interview
            status = SignalStatus(Signal.VOICES, True, f"by {Path(path).name}; {_LIMITS}")
            return lambda: OnnxSpeakerEncoder(Path(path), unlike_below), status
        file = weights.resolve(VOICE_ENCODER)
    except ModelUnavailable as error:
        return None, SignalStatus(Signal.VOICES, False, f"not monitored: {error.message} {error.next_step}".strip())
    return lambda: VoiceEncoder(file), SignalStatus(Signal.VOICES, True, _LIMITS)


def sound_statuses(voices: SignalStatus, *, agreed: bool = True) -> tuple[SignalStatus, ...]:
    """What is measured of the sound of a live interview, level and voices.

    Args:
        voices: As ``choose_speaker_model`` gave it.
        agreed: The text that was agreed to names what is noted of the sound.
    """
    level = SignalStatus(Signal.SOUND, True)
    if not agreed:
        return (level, SignalStatus(Signal.VOICES, False, NOT_AGREED))
    return (level, voices)
