"""What a rule over sound claims, and the words for it."""

from dataclasses import dataclass

from core.domain.watch import FlagKind
from core.proctoring.reasons import spoken


@dataclass(frozen=True, slots=True)
class SoundClaim:
    """A claim that opens or ends, in seconds of the clock the rule was fed with.

    Attributes:
        kind: What is claimed.
        started_at: When it began, not when it was noticed.
        ended_at: When it ended; None when it has just opened.
        strength: Share of what was measured in the span that shows it, 0 to 1.
        measured: Seconds of speech (voices), or decibels below full scale of the quietest moment (noise).
    """

    kind: FlagKind
    started_at: float
    ended_at: float | None
    strength: float
    measured: float


def sound_reason(kind: FlagKind, seconds: float, measured: float, *, lasting: bool) -> str:
    """One plain sentence. What else it may have been stands in ``core.domain.flag_words``.

    Args:
        kind: What is claimed; one of ``FROM_SOUND``.
        seconds: How long it lasted, or has lasted so far.
        measured: As in ``SoundClaim``.
        lasting: Whether it still goes on. The sentence stays true if its end is never seen.
    """
    at_least = "at least " if lasting else ""
    if kind is FlagKind.SUSTAINED_NOISE:
        return (
            f"The room was noisy for {at_least}{spoken(seconds)}: even its quietest moment reached "
            f"{-measured:.0f} dB below full scale."
        )
    if kind is FlagKind.UNRECORDED_VOICE:
        return f"A voice was heard for {at_least}{spoken(measured)} while no answer was being recorded."
    return f"A voice unlike the one at the start was heard for {at_least}{spoken(measured)}."
