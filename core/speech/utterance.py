"""Pieces of a stream on their way to the engine."""

from dataclasses import dataclass

from core.domain.transcript import FinalSegment
from core.media.audio import Samples


@dataclass(frozen=True, slots=True)
class Utterance:
    """A finished piece of speech on its way to the engine.

    Attributes:
        number: Order within the stream.
        samples: int16, mono, 16 kHz, shape (n,).
        start_s: Seconds from the start of the stream.
        end_s: Seconds from the start of the stream.
        vocabulary: Hint for the decoder.
        presumed: The speaker paused and may go on; of use only if not.
        heard: What was heard of it, decoded when its end was presumed.
    """

    number: int
    samples: Samples
    start_s: float
    end_s: float
    vocabulary: str
    presumed: bool = False
    heard: FinalSegment | None = None


@dataclass(frozen=True, slots=True)
class InterimCut:
    """The utterance being spoken, as far as it has come.

    Attributes:
        number: Order within the stream.
        samples: int16, mono, 16 kHz, shape (n,).
        end_s: Seconds from the start of the stream.
    """

    number: int
    samples: Samples
    end_s: float
