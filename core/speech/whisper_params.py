"""How hard Whisper tries, by effort."""

from dataclasses import dataclass

from core.speech.hearing import Effort


@dataclass(frozen=True, slots=True)
class EffortParams:
    """How one effort is decoded. See ``docs/speech.md`` for what was measured.

    Attributes:
        min_context_s: Shortest context; far below 30 s the model, trained on 30 s, loops and invents.
        margin_s: Room left behind the speech in a shortened context.
        beams: Beam size; 1 is greedy.
        tokens_per_s: Cap on tokens, in proportion: a fast speaker makes six a second, a loop makes hundreds.
        extra_tokens: Added to the cap, so that a short word is not cut.
    """

    min_context_s: float
    margin_s: float
    beams: int
    tokens_per_s: float = 12.0
    extra_tokens: int = 24


@dataclass(frozen=True, slots=True)
class WhisperParams:
    """Knobs of the Whisper engine."""

    interim: EffortParams = EffortParams(min_context_s=10.0, margin_s=3.0, beams=1, tokens_per_s=8.0, extra_tokens=12)
    """A third of the cost of 30 s for 0.2 points more word errors (73 clips)."""

    live: EffortParams = EffortParams(min_context_s=12.0, margin_s=3.0, beams=5)
    """Segments are at most 12 s: 6.2 % word errors, as at 30 s, for 0.6 of the CPU (73 clips)."""

    full: EffortParams = EffortParams(min_context_s=30.0, margin_s=0.0, beams=5)
    """The context the model was trained on."""

    use_vocabulary: bool = False
    """Whether the decoder is given the caller's vocabulary: tiny.en heard 12 % wrongly with it, 10.5 % without."""

    max_vocabulary_tokens: int = 64
    """Longest hint given to the decoder."""

    def of(self, effort: Effort) -> EffortParams:
        """Knobs of one effort."""
        return {Effort.INTERIM: self.interim, Effort.LIVE: self.live, Effort.FULL: self.full}[effort]
