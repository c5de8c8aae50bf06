"""What a worker does with a batch: the engine is asked, its answer judged, and the words handed to their owner."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from core.domain.errors import InterviewError, ModelUnavailable
from core.domain.transcript import FinalSegment, Word
from core.media.audio import SAMPLE_RATE, Samples
from core.speech import guards
from core.speech.captions import CaptionStream
from core.speech.engine_chain import engine_label
from core.speech.guards import GuardParams
from core.speech.hearing import Effort, EnginePort, Heard, Piece
from core.speech.utterance import Utterance
from core.speech.windows import Window

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A finished utterance and who said it."""

    stream: CaptionStream
    utterance: Utterance


@dataclass(frozen=True, slots=True, eq=False)
class Speaking:
    """Somebody in the middle of an utterance; its audio is cut when the batch begins."""

    stream: CaptionStream


@dataclass(slots=True, eq=False)
class Recorded:
    """A window of a recording, for the last decode."""

    window: Window
    samples: Samples
    vocabulary: str
    segment: FinalSegment | None = None
    error: InterviewError | None = None
    done: Event = field(default_factory=Event)
    unwanted: bool = False
    """Whoever asked has given up; to decode it would only hold up others."""


Work = Spoken | Speaking | Recorded


class Decoder:
    """Decodes batches. Called by several workers at once.

    Args:
        engine: For live speech.
        full_engine: For the last decode.
        params: Knobs of the guards.
    """

    def __init__(self, engine: EnginePort, full_engine: EnginePort, params: GuardParams) -> None:
        self._engine = engine
        self._full_engine = full_engine
        self._guards = params
        self.unavailable: InterviewError | None = None
        """Set once the engine is known not to load: finals then fail at once instead of waiting for it each time."""
        self.failures = 0
        """Decodes that raised."""

    def interims(self, works: Sequence[Speaking]) -> int:
        """Caption unfinished speech; how many pieces there still were to decode."""
        cuts = [(work.stream, cut) for work in works if (cut := work.stream.cut_interim()) is not None]
        if not cuts or self.unavailable is not None:
            return 0
        try:
            heard = self._engine.decode([Piece(cut.samples) for _, cut in cuts], Effort.INTERIM)
            judged = [
                (stream, cut, guards.judge(one, cut.samples, guards.INTERIM_GUARDS), one.words)
                for (stream, cut), one in zip(cuts, heard, strict=True)
            ]
        except Exception as error:
            self._failed(error)
            return 0
        for stream, cut, text, words in judged:
            stream.show_interim(cut, text, words)
        return len(cuts)

    def finals(self, works: Sequence[Spoken]) -> list[Spoken]:
        """Decode finished utterances and deliver them.

        Returns:
            Those that could not be decoded: to be tried again, or given up.
        """
        for work in works:
            if work.utterance.heard is not None:
                work.stream.deliver(work.utterance.heard)
        works = [work for work in works if work.utterance.heard is None and work.stream.wants(work.utterance)]
        if self.unavailable is not None or not works:
            return list(works)
        pieces = [Piece(work.utterance.samples, work.utterance.vocabulary) for work in works]
        try:
            heard = self._engine.decode(pieces, Effort.LIVE)
            segments = [
                self._segment(u.number, one, u.samples, u.start_s, u.end_s)
                for u, one in zip((work.utterance for work in works), heard, strict=True)
            ]
        except Exception as error:  # an answer that makes no sense, or of the wrong length, is a failure like others
            self._failed(error)
            if len(works) > 1:  # one of them may be at fault; the others must not suffer for it
                return [left for work in works for left in self.finals([work])]
            return list(works)
        for work, segment in zip(works, segments, strict=True):
            work.stream.deliver(segment, presumed=work.utterance.presumed)
        return []

    def recorded(self, work: Recorded) -> None:
        """Decode a window; a failure is the caller's to see."""
        if work.unwanted:
            return
        start_s, end_s = work.window.start / SAMPLE_RATE, work.window.end / SAMPLE_RATE
        try:
            heard = self._full_engine.decode([Piece(work.samples, work.vocabulary)], Effort.FULL)[0]
            work.segment = self._segment(0, heard, work.samples, start_s, end_s)
        except InterviewError as error:
            self.failures += 1
            work.error = error
        except Exception as error:
            self._failed(error)
            work.error = ModelUnavailable(f"The speech engine failed ({type(error).__name__}).")
        work.done.set()

    def _segment(self, number: int, heard: Heard, samples: Samples, start_s: float, end_s: float) -> FinalSegment:
        text = guards.judge(heard, samples, self._guards)
        words: tuple[Word, ...] = ()
        if text:
            words = tuple(word.later(start_s) for word in heard.words)
        return FinalSegment(number, text, start_s, end_s, heard.confidence, engine_label(heard), words)

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        _log.warning("decoding failed: %s", type(error).__name__)


Sink = Callable[[FinalSegment], None]
"""Gets finished segments, in order, on a worker thread."""
