"""From voice activity to the claim that somebody spoke while no answer was being recorded."""

from collections import deque
from dataclasses import dataclass

from core.domain.watch import FlagKind
from core.proctoring.sound_claim import SoundClaim


@dataclass(frozen=True, slots=True)
class UnrecordedVoiceParams:
    """Knobs of the rule."""

    speech_s: float = 3.0
    """Speech that must be heard within the window before it is claimed."""
    window_s: float = 5.0
    """The window."""
    clean_s: float = 3.0
    """It ends after this long without speech."""
    gap_s: float = 1.0
    """Sound that is missing this long ends it."""
    margin_s: float = 1.0
    """After the interview took a step, this long nothing counts: a last word, the end of the question read aloud."""

    def stretched(self, factor: float) -> "UnrecordedVoiceParams":
        """The same with longer stretches: an accommodation."""
        return UnrecordedVoiceParams(
            self.speech_s * factor, self.window_s * factor, self.clean_s, self.gap_s, self.margin_s
        )


class UnrecordedVoiceRule:
    """Hysteresis. Pure but for its own memory; not thread-safe; an earlier time is read as the latest one seen."""

    def __init__(self, params: UnrecordedVoiceParams | None = None) -> None:
        self._params = params or UnrecordedVoiceParams()
        self._recent: deque[tuple[float, float]] = deque()
        """(begin, end) of stretches of speech within the window."""
        self._latest_at = float("-inf")
        self._started_at: float | None = None
        self._ended_at = 0.0
        self._speech_s = 0.0

    @property
    def active(self) -> bool:
        """Whether a claim is open."""
        return self._started_at is not None

    def observe(self, at: float, seconds: float, speech: bool | None) -> list[SoundClaim]:
        """Take a stretch of sound.

        Args:
            at: Seconds at its end.
            seconds: Its length.
            speech: Whether somebody speaks in it; None when that is nobody's business now (an answer is recorded, the
                question is read out, a pause) or cannot be told.

        Returns:
            What changed.
        """
        began = max(at - seconds, self._latest_at)
        claims = self.close() if began - self._latest_at > self._params.gap_s else []
        at = self._latest_at = max(at, self._latest_at)
        if speech is None:
            return claims + self.close()
        if speech and at > began:
            self._recent.append((began, at))
            if self._started_at is not None:
                self._ended_at = at
                self._speech_s += at - began
        while self._recent and self._recent[0][0] < at - self._params.window_s:
            self._recent.popleft()
        if self._started_at is None:
            return claims + self._try_open()
        if at - self._ended_at >= self._params.clean_s:
            claims += self.close()
        return claims

    def close(self) -> list[SoundClaim]:
        """End an open claim at its last speech, and forget what was heard."""
        self._recent.clear()
        if self._started_at is None:
            return []
        claim = self._claim(self._ended_at)
        self._started_at = None
        return [claim]

    def _try_open(self) -> list[SoundClaim]:
        heard_s = sum(end - begin for begin, end in self._recent)
        if heard_s < self._params.speech_s - 1e-6:  # sums of tenths
            return []
        self._started_at, self._ended_at, self._speech_s = self._recent[0][0], self._recent[-1][1], heard_s
        return [self._claim(None)]

    def _claim(self, ended_at: float | None) -> SoundClaim:
        assert self._started_at is not None
        share = self._speech_s / max(1e-9, self._ended_at - self._started_at)
        return SoundClaim(FlagKind.UNRECORDED_VOICE, self._started_at, ended_at, min(1.0, share), self._speech_s)
