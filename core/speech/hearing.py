"""What every speech-to-text engine takes and gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from core.domain.transcript import Word
from core.media.audio import Samples


class Effort(Enum):
    """How much work a decode is worth."""

    INTERIM = "interim"
    """A guess at unfinished speech: as fast as possible."""

    LIVE = "live"
    """The final text of an utterance while its speaker goes on: accurate, on the shortest context that stays so."""

    FULL = "full"
    """The transcript that is scored: as well as the engine can, whatever it costs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Audio to be turned into words.

    Attributes:
        samples: int16, mono, 16 kHz, shape (n,), at most 30 s.
        vocabulary: Words likely to occur; a hint, which an engine may ignore.
    """

    samples: Samples
    vocabulary: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine made of a piece, unjudged.

    Attributes:
        text: The words; may be a phantom.
        confidence: exp(mean token log-probability), 0 to 1; None when the engine gives none.
        no_speech: Probability that nobody spoke, 0 to 1; 0 when the engine gives none.
        words: With times in seconds from the start of the piece; empty when the engine gives none.
        engine: Name of the engine that heard it.
        degraded: Why it was not the engine asked first; empty when it was.
    """

    text: str
    confidence: float | None
    no_speech: float
    words: tuple[Word, ...] = ()
    engine: str = ""
    degraded: str = ""


class EnginePort(Protocol):
    """Speech to text. Methods block and are called from worker threads only, possibly from several at once."""

    @property
    def name(self) -> str:
        """Short name for transcripts and reports."""
        ...

    def load(self) -> None:
        """Load and warm up; cheap when already done. Raises ModelUnavailable."""
        ...

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        """Decode pieces, of several speakers perhaps, in one go.

        Returns:
            One result for each piece, in order.

        Raises:
            ModelUnavailable: The engine could not be loaded.
            ProviderFailed: It is loaded or reached over a network, and failed.
        """
        ...
