"""From votes on windows of speech to the claim that another voice is heard."""

from dataclasses import dataclass

from core.domain.watch import FlagKind
from core.proctoring.rules import Closed, ConditionParams, ConditionRule, Opened
from core.proctoring.sound_claim import SoundClaim
from core.proctoring.voices import VoiceVote


@dataclass(frozen=True, slots=True)
class SecondVoiceParams:
    """Knobs of the rule. Seconds of speech are counted, not of silence."""

    window_s: float = 6.0
    """Speech in which another voice must be heard before it is claimed."""
    min_share: float = 0.75
    """Share of the votes in it, 0 to 1, that must say so."""
    clean_s: float = 3.0
    """Speech of the candidate's own voice that ends the claim."""
    silence_s: float = 15.0
    """Seconds without speech, on the clock, that end it."""

    def stretched(self, factor: float) -> "SecondVoiceParams":
        """The same with a longer window: an accommodation."""
        return SecondVoiceParams(self.window_s * factor, self.min_share, self.clean_s, self.silence_s)


class SecondVoiceRule:
    """Hysteresis over seconds of speech; what it claims is told in seconds of the caller's clock.

    Pure but for its own memory. Not thread-safe; times must not fall.
    """

    def __init__(self, params: SecondVoiceParams | None = None) -> None:
        self._params = p = params or SecondVoiceParams()
        # Speech seconds do not pass in silences, so that the rule below never sees a gap.
        self._rule = ConditionRule(
            FlagKind.SECOND_VOICE, ConditionParams(p.window_s, p.min_share, clean_s=p.clean_s, gap_s=float("inf"))
        )
        self._speech_s = 0.0
        self._votes: list[tuple[float, VoiceVote]] = []
        self._started_at = 0.0
        self._unlike_s = 0.0

    def observe(self, vote: VoiceVote) -> list[SoundClaim]:
        """Take a vote; returns what changed."""
        claims = self.pass_time(vote.started_at)
        if vote.unlike is None:
            return claims + self.close()
        self._speech_s += vote.speech_s
        self._votes.append((self._speech_s, vote))
        if self._rule.active and vote.unlike:
            self._unlike_s += vote.speech_s
        for change in self._rule.observe(self._speech_s, vote.unlike):
            claims.append(self._told(change))
        kept = self._speech_s - 2 * self._params.window_s - self._params.clean_s
        self._votes = [item for item in self._votes if item[0] >= kept]
        return claims

    def pass_time(self, at: float) -> list[SoundClaim]:
        """Say what time it is; a claim ends when nobody has spoken for long."""
        if self._votes and at - self._votes[-1][1].ended_at > self._params.silence_s:
            return self.close()
        return []

    def close(self) -> list[SoundClaim]:
        """The answer is over, or it can no longer be told."""
        claims = [self._told(change) for change in self._rule.close()]
        self._votes.clear()
        return claims

    def _told(self, change: Opened | Closed) -> SoundClaim:
        if isinstance(change, Opened):
            held = [(at, vote) for at, vote in self._votes if at >= change.started_at]
            self._started_at = held[0][1].started_at
            self._unlike_s = sum(vote.speech_s for _, vote in held if vote.unlike)
            return SoundClaim(FlagKind.SECOND_VOICE, self._started_at, None, change.strength, self._unlike_s)
        last = min((item for item in self._votes if item[0] >= change.ended_at), key=lambda item: item[0])[1]
        ended_at = last.ended_at if last.unlike else last.started_at
        return SoundClaim(FlagKind.SECOND_VOICE, self._started_at, ended_at, change.strength, self._unlike_s)
