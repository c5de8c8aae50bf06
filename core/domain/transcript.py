"""Words that were heard."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FinalSegment:
    """A finished utterance as text.

    Attributes:
        number: Order within its answer, from 0.
        text: What was heard; empty when the guards took it for noise.
        start_s: Seconds from the start of the answer's audio.
        end_s: Seconds from the start of the answer's audio.
        confidence: exp(mean token log-probability), 0 to 1; None when the engine gives none.
        engine: Which engine heard it.
    """

    number: int
    text: str
    start_s: float
    end_s: float
    confidence: float | None = None
    engine: str = ""


@dataclass(frozen=True, slots=True)
class CaptionView:
    """What can be shown of one answer right now.

    Attributes:
        finals: Finished segments in order.
        interim: Best guess at the words still being spoken.
        pending_finals: Segments heard but not yet decoded.
        delayed: Decoding is behind; the recording is not affected.
    """

    finals: tuple[FinalSegment, ...] = ()
    interim: str = ""
    pending_finals: int = 0
    delayed: bool = False

    @property
    def text(self) -> str:
        """All finished words, joined."""
        return " ".join(s.text for s in self.finals if s.text)
