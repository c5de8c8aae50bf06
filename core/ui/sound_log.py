"""Sound alerts as a reader of the interview sees them: when, how long, how bad."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.sound import LOG_PREFIX, SoundAlertKind
from core.services.desk import InterviewFile

NAMES = {
    SoundAlertKind.NOISE: "Noisy room",
    SoundAlertKind.SILENCE: "Nothing heard while recording",
    SoundAlertKind.CLIPPING: "Microphone too loud",
}
_KINDS = {LOG_PREFIX + kind.value: kind for kind in SoundAlertKind}


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
    latest = {(e.kind, str(e.detail["from"])): e for e in file.logs if e.kind in _KINDS}
    lines = []
    for (name, began), entry in latest.items():
        at, kind = datetime.fromisoformat(began), _KINDS[name]
        ended = entry.detail.get("to")
        lasted_s = (datetime.fromisoformat(str(ended)) - at).total_seconds() if ended else None
        value = float(entry.detail["measured"])
        amount = f"{value:.1%} of the sound cut off" if kind is SoundAlertKind.CLIPPING else f"{value:.0f} dB"
        how_long = f"{lasted_s:.0f} s" if lasted_s is not None else "no end noted"
        lines.append(SoundLine(at, f"{NAMES[kind]} ({how_long}, {amount})", lasted_s))
    return sorted(lines, key=lambda line: line.at)
