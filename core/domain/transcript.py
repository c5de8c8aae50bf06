"""Words that were heard."""

from dataclasses import dataclass, replace
from enum import StrEnum


class TranscriptSource(StrEnum):
    """Which of an attempt's transcripts counts."""

    LIVE = "live"
    """Heard while the candidate spoke."""

    RECORDING = "recording"
    """Decoded once more from the recording, as well as this machine can."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place in the sound.

    Attributes:
        text: As written, with its punctuation, without surrounding spaces.
        start_s: Seconds; from the start of the piece decoded, or of the answer, as the owner says.
        end_s: Seconds, likewise.
        confidence: Mean probability of its tokens, 0 to 1.
    """

    text: str
    start_s: float
    end_s: float
    confidence: float

    def later(self, offset_s: float) -> "Word":
        """The same in a longer sound, of which so much came before."""
        return replace(self, start_s=self.start_s + offset_s, end_s=self.end_s + offset_s)


@dataclass(frozen=True, slots=True)
class FinalSegment:
    """A finished utterance as text.

    Attributes:
        number: Order within its answer, from 0.
        text: What was heard; empty when the guards took it for noise.
        start_s: Seconds from the start of the answer's audio.
        end_s: Seconds from the start of the answer's audio.
        confidence: exp(mean token log-probability), 0 to 1; None when the engine gives none.
        engine: Which engine heard it; with the reason when it was not the one asked first.
        words: Its words, times from the start of the answer's audio; empty when the engine gives none.
    """

    number: int
    text: str
    start_s: float
    end_s: float
    confidence: float | None = None
    engine: str = ""
    words: tuple[Word, ...] = ()

    def placed(self, first_number: int, offset_s: float) -> "FinalSegment":
        """The same as part of a longer answer, of which so much came before."""
        return replace(
            self,
            number=self.number + first_number,
            start_s=self.start_s + offset_s,
            end_s=self.end_s + offset_s,
            words=tuple(word.later(offset_s) for word in self.words),
        )


class CaptionMode(StrEnum):
    """How an answer was captioned."""

    LIVE = "live"
    DELAYED = "delayed"
    """The machine was behind for a while: interim captions came more slowly or stopped; nothing was lost."""
    AFTER = "after"
    """Too many spoke at once: words came only after each utterance, or after the answer."""


@dataclass(frozen=True, slots=True)
class CaptionView:
    """What can be shown of one answer right now.

    Attributes:
        finals: Finished segments in order.
        solid: Words of the unfinished utterances that successive guesses agree on; shown like finished ones.
        interim: Best guess at the words behind them.
        pending_finals: Segments heard but not yet decoded.
        mode: How far behind decoding is; the recording is not affected.
        heard_to_s: Seconds of the answer's audio that are accounted for: by the words shown, or as silence.
    """

    finals: tuple[FinalSegment, ...] = ()
    solid: str = ""
    interim: str = ""
    pending_finals: int = 0
    mode: CaptionMode = CaptionMode.LIVE
    heard_to_s: float = 0.0

    @property
    def text(self) -> str:
        """All finished words, joined."""
        return " ".join(s.text for s in self.finals if s.text)

    @property
    def delayed(self) -> bool:
        """Captions are not keeping up with the speaker."""
        return self.mode is not CaptionMode.LIVE


@dataclass(frozen=True, slots=True)
class CaptionQuality:
    """What captions of one attempt were worth; stored with the answer, so that nobody is judged by a lagging screen.

    Attributes:
        mode: The worst there was.
        delayed_s: Seconds during which captions were called delayed.
        longest_final_s: Longest wait from the end of an utterance to its final text, seconds.
    """

    mode: CaptionMode = CaptionMode.LIVE
    delayed_s: float = 0.0
    longest_final_s: float = 0.0

    def worst_with(self, other: "CaptionQuality") -> "CaptionQuality":
        """Of two recordings of one attempt, the worse in each respect."""
        order = list(CaptionMode)
        return CaptionQuality(
            max(self.mode, other.mode, key=order.index),
            max(self.delayed_s, other.delayed_s),
            max(self.longest_final_s, other.longest_final_s),
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A span of an answer's audio that could not be read; shown as missing, never as silence.

    Attributes:
        start_s: Seconds from the start of the answer's audio.
        end_s: Seconds from the start of the answer's audio.
        reason: In plain words.
    """

    start_s: float
    end_s: float
    reason: str
