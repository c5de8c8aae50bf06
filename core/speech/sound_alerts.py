"""Noise, silence and clipping while somebody answers: three machines fed with measured frames."""

from collections import deque
from dataclasses import dataclass

from core.domain.sound import SoundAlertKind
from core.media.audio import SAMPLE_RATE
from core.media.level import LevelFrame
from core.speech.hysteresis import AlertChange, Cleared, Hysteresis, HysteresisParams


@dataclass(frozen=True, slots=True)
class SoundAlertParams:
    """Thresholds of the alerts. Levels are in decibels below full scale."""

    noise_on_dbfs: float = -40.0
    """A room in which even the quietest moment is this loud costs words."""
    noise_off_dbfs: float = -44.0
    """Below this the room is fine again."""
    noise_window_s: float = 3.0
    """The quietest moment is looked for in this stretch: any speech has a gap in it."""
    noise_start_s: float = 5.0
    """How long the room must stay noisy, on top of the stretch; a lorry may pass."""
    noise_stop_s: float = 3.0
    """How long it must be quiet before the alert ends."""

    silence_on_dbfs: float = -55.0
    """Nothing louder arrives: speech into a working microphone is 20 to 40 dB above."""
    silence_off_dbfs: float = -50.0
    """Somebody is there."""
    silence_start_s: float = 5.0
    """A pause for thought is shorter, mostly."""
    silence_stop_s: float = 0.2
    """Sound that ends the silence; a knock is shorter."""

    clipping_on_share: float = 0.002
    """Share of samples cut off from which a voice is distorted."""
    clipping_off_share: float = 0.0005
    """Share below which it is clean again."""
    clipping_window_s: float = 3.0
    """Stretch over which the share is taken."""
    clipping_start_s: float = 1.0
    """One loud word is not worth a word."""
    clipping_stop_s: float = 3.0
    """How long it must be clean before the alert ends."""


@dataclass(frozen=True, slots=True)
class AlertChanged:
    """An alert opened or ended; times are the frames' seconds.

    Attributes:
        kind: Which.
        started_s: When it began.
        ended_s: When it ended; None when it has just opened.
        measured: The worst value so far, in the unit of ``core.domain.sound.SOUND_UNITS``.
    """

    kind: SoundAlertKind
    started_s: float
    ended_s: float | None
    measured: float


class SoundAlerts:
    """The alerts of one microphone. Used by one thread at a time.

    Args:
        params: Thresholds.
    """

    def __init__(self, params: SoundAlertParams | None = None) -> None:
        p = self._params = params or SoundAlertParams()
        self._recent: deque[LevelFrame] = deque()
        self._last_s = 0.0
        self._machines = {
            SoundAlertKind.NOISE: Hysteresis(
                HysteresisParams(p.noise_on_dbfs, p.noise_off_dbfs, p.noise_start_s, p.noise_stop_s)
            ),
            # Higher is worse for the machine, so it sees how far below full scale the sound is.
            SoundAlertKind.SILENCE: Hysteresis(
                HysteresisParams(-p.silence_on_dbfs, -p.silence_off_dbfs, p.silence_start_s, p.silence_stop_s)
            ),
            SoundAlertKind.CLIPPING: Hysteresis(
                HysteresisParams(p.clipping_on_share, p.clipping_off_share, p.clipping_start_s, p.clipping_stop_s)
            ),
        }

    def observe(self, frame: LevelFrame, *, recording: bool) -> list[AlertChanged]:
        """Take the next frame.

        Args:
            frame: As the meter gives it.
            recording: An answer is being recorded. Silence counts only then.

        Returns:
            What changed.
        """
        p, at_s = self._params, frame.end_s
        self._recent.append(frame)
        self._last_s = at_s
        longest_s = max(p.noise_window_s, p.clipping_window_s)
        while self._recent[0].end_s <= at_s - longest_s:
            self._recent.popleft()
        values = {
            SoundAlertKind.NOISE: self._quietest(at_s),
            SoundAlertKind.SILENCE: -frame.rms_dbfs if recording else None,
            SoundAlertKind.CLIPPING: self._share(at_s),
        }
        changed = ((kind, self._machines[kind].observe(at_s, value)) for kind, value in values.items())
        return [self._told(kind, change) for kind, change in changed if change is not None]

    def close(self) -> list[AlertChanged]:
        """The sound has stopped or is nobody's business any more: end what is open and forget what was heard."""
        self._recent.clear()
        changed = ((kind, machine.close(self._last_s)) for kind, machine in self._machines.items())
        return [self._told(kind, change) for kind, change in changed if change is not None]

    def _quietest(self, at_s: float) -> float:
        """Level of the quietest frame of a whole stretch; no noise is claimed before there is one."""
        p = self._params
        span = [f for f in self._recent if f.end_s > at_s - p.noise_window_s]
        whole = sum(f.samples.size for f in span) >= 0.99 * p.noise_window_s * SAMPLE_RATE
        return min(f.rms_dbfs for f in span) if whole else float("-inf")

    def _share(self, at_s: float) -> float:
        """Share of a stretch that was cut off; at the beginning, as if clean sound had come before."""
        span = [f for f in self._recent if f.end_s > at_s - self._params.clipping_window_s]
        return sum(f.clipped for f in span) / (self._params.clipping_window_s * SAMPLE_RATE)

    def _told(self, kind: SoundAlertKind, change: AlertChange) -> AlertChanged:
        # The quietest moment of a stretch is known at its end: the noise began at its beginning.
        lag_s = self._params.noise_window_s if kind is SoundAlertKind.NOISE else 0.0
        measured = -change.worst if kind is SoundAlertKind.SILENCE else change.worst
        ended_s = change.ended_s if isinstance(change, Cleared) else None
        return AlertChanged(kind, max(0.0, change.started_s - lag_s), ended_s, measured)
