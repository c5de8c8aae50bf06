"""What is wrong with the sound of an answer while it is given: for the candidate to mend, for a reader to know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SoundAlertKind(StrEnum):
    """What the microphone can be heard to suffer from."""

    NOISE = "noise"
    SILENCE = "silence"
    CLIPPING = "clipping"


SOUND_UNITS = {
    SoundAlertKind.NOISE: "dBFS",
    SoundAlertKind.SILENCE: "dBFS",
    SoundAlertKind.CLIPPING: "share of samples",
}
LOG_PREFIX = "sound_"
"""An alert stands in the log as this and its kind: once when it opens, and once more, with ``to``, when it ends."""


@dataclass(frozen=True, slots=True)
class SoundAlert:
    """One stretch of bad sound.

    Attributes:
        kind: What is wrong.
        started_at: Wall time (UTC) when it began, not when it was noticed.
        ended_at: Wall time (UTC) of its end; None while it lasts.
        measured: The worst value so far, in the unit of ``SOUND_UNITS``: how loud the quietest moment was (noise),
            how quiet it got (silence), how many samples were cut off (clipping, 0 to 1).
    """

    kind: SoundAlertKind
    started_at: datetime
    ended_at: datetime | None
    measured: float
