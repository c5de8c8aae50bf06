"""A whole recording cut for its last decode: utterances packed into windows as long as Whisper was trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.transcript import FinalSegment, Word
from core.media.audio import SAMPLE_RATE, Samples
from core.media.level import compute_rms
from core.speech.segmenter import SegmentEnded, Segmenter, SegmenterParams
from core.speech.vad import WINDOW_SAMPLES, SileroStream

Span = tuple[int, int]
"""First sample and the one behind the last, of an utterance."""


@dataclass(frozen=True, slots=True)
class WindowParams:
    """Knobs of the packing."""

    max_s: float = 28.0
    """Longest window; Whisper hears 30 s at once, and a little silence at the end helps it stop."""

    max_gap_s: float = 3.0
    """Silence kept inside a window; a longer one ends it, since silence is where phantoms come from."""


@dataclass(frozen=True, slots=True)
class Window:
    """Utterances decoded together.

    Attributes:
        spans: In order, in samples of the recording.
    """

    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        """First sample."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """The sample behind the last."""
        return self.spans[-1][1]


def find_utterances(samples: Samples, params: SegmenterParams | None = None) -> Iterator[Span]:
    """Utterances of a recording, as a live stream would find them.

    Args:
        samples: int16, mono, 16 kHz, shape (n,).
        params: Knobs of the segmenter.

    Raises:
        ModelUnavailable: The voice activity model cannot be loaded.
    """
    vad, segmenter = SileroStream(), Segmenter(params)
    for start in range(0, samples.size, WINDOW_SAMPLES):
        window = samples[start : start + WINDOW_SAMPLES]
        if window.size < WINDOW_SAMPLES:
            window = np.concatenate((window, np.zeros(WINDOW_SAMPLES - window.size, np.int16)))
        for event in segmenter.feed(vad.probability(window), compute_rms(window)):
            if isinstance(event, SegmentEnded):
                yield event.start_sample, min(event.end_sample, samples.size)
    for event in segmenter.flush():
        if isinstance(event, SegmentEnded):
            yield event.start_sample, min(event.end_sample, samples.size)


def pack(spans: Sequence[Span], params: WindowParams | None = None) -> list[Window]:
    """Put neighbouring utterances together.

    Args:
        spans: Ordered and without overlap, none longer than a window.
        params: Knobs.

    Returns:
        Windows in order; each span in exactly one.
    """
    p = params or WindowParams()
    windows: list[list[Span]] = []
    for span in spans:
        fits = (
            bool(windows)
            and span[1] - windows[-1][0][0] <= p.max_s * SAMPLE_RATE
            and span[0] - windows[-1][-1][1] <= p.max_gap_s * SAMPLE_RATE
        )
        if fits:
            windows[-1].append(span)
        else:
            windows.append([span])
    return [Window(tuple(spans)) for spans in windows]


def split(window: Window, heard: FinalSegment) -> list[FinalSegment]:
    """Give each utterance of a window its own words, by their times.

    Args:
        window: What was decoded.
        heard: Its text; word times in seconds of the recording.

    Returns:
        One segment an utterance that has words, numbered from ``heard.number``; the one that was given when its text
        is not its words with blanks between (repeats collapsed by the guards, languages written without blanks).
    """
    if len(window.spans) < 2 or " ".join(word.text for word in heard.words) != heard.text:
        return [heard]
    groups: list[list[Word]] = [[] for _ in window.spans]
    for word in heard.words:
        groups[_nearest(window.spans, (word.start_s + word.end_s) / 2 * SAMPLE_RATE)].append(word)
    found: list[FinalSegment] = []
    for (start, end), words in zip(window.spans, groups, strict=True):
        if words:
            found.append(
                FinalSegment(
                    heard.number + len(found),
                    " ".join(word.text for word in words),
                    start / SAMPLE_RATE,
                    end / SAMPLE_RATE,
                    heard.confidence,
                    heard.engine,
                    tuple(words),
                )
            )
    return found


def _nearest(spans: Sequence[Span], position: float) -> int:
    return min(range(len(spans)), key=lambda i: max(spans[i][0] - position, position - spans[i][1], 0.0))
