"""Sound alerts as a reader of the interview sees them: when, how long, how bad."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.sound import SoundAlert, SoundAlertKind
from core.services.interview_file import InterviewFile
from core.services.sound_record import sound_alerts

NAMES = {
    SoundAlertKind.NOISE: "Noisy room",
    SoundAlertKind.SILENCE: "Nothing heard while recording",
    SoundAlertKind.CLIPPING: "Microphone too loud",
}


@dataclass(frozen=True, slots=True)
class SoundLine:
    """One alert of the log.

    Attributes:
        at: When it began, UTC.
        words: What was wrong, for how long and how bad.
        lasted_s: None when its end was never written.
    """

    at: datetime
    words: str
    lasted_s: float | None


def sound_lines(file: InterviewFile) -> list[SoundLine]:
    """The alerts of an interview in order; the two log lines of one become one."""
    return [_line(alert) for alert in sound_alerts(file.logs)]


def _line(alert: SoundAlert) -> SoundLine:
    lasted_s = (alert.ended_at - alert.started_at).total_seconds() if alert.ended_at else None
    clipped = alert.kind is SoundAlertKind.CLIPPING
    amount = f"{alert.measured:.1%} of the sound cut off" if clipped else f"{alert.measured:.0f} dB"
    how_long = f"{lasted_s:.0f} s" if lasted_s is not None else "no end noted"
    return SoundLine(alert.started_at, f"{NAMES[alert.kind]} ({how_long}, {amount})", lasted_s)
