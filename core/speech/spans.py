"""Where in an answer somebody speaks, and where he pauses."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.segmenter import SegmentEnded, Segmenter, SegmenterParams
from core.speech.vad import WINDOW_SAMPLES, SileroStream

_NEVER_CUT_S = 1e6


@dataclass(frozen=True, slots=True)
class SpanParams:
    """Knobs."""

    min_pause_ms: int = 250
    """Shortest silence that counts as a pause (Goldman-Eisler 1968): shorter ones belong to stop consonants.
    Rounded to whole windows of 32 ms, so 256 ms."""

    min_speech_ms: int = 96
    """Shortest sound that is believed to be speech."""


@dataclass(frozen=True, slots=True)
class SpeechSpans:
    """Spans of speech in order, apart from each other by at least a pause.

    Attributes:
        spans: (start, end) in samples of the answer.
        total_samples: Length of the answer.
    """

    spans: tuple[tuple[int, int], ...]
    total_samples: int

    @property
    def speech_s(self) -> float:
        """Seconds of speech without pauses."""
        return sum(end - start for start, end in self.spans) / SAMPLE_RATE

    @property
    def answer_s(self) -> float:
        """Seconds from the first to the last speech; waiting before and after is not part of an answer."""
        return (self.spans[-1][1] - self.spans[0][0]) / SAMPLE_RATE if self.spans else 0.0

    @property
    def pauses(self) -> tuple[tuple[float, float], ...]:
        """(start, end) of the silences between spans, seconds."""
        pairs = zip(self.spans, self.spans[1:], strict=False)
        return tuple((before[1] / SAMPLE_RATE, after[0] / SAMPLE_RATE) for before, after in pairs)

    def mask(self, frame_samples: int, margin_samples: int = 0) -> npt.NDArray[np.bool_]:
        """Which frames lie in speech.

        Args:
            frame_samples: Length of a frame.
            margin_samples: Widens each span; a negative one narrows it.

        Returns:
            One truth a whole frame, shape (total_samples // frame_samples,).
        """
        mask = np.zeros(self.total_samples // frame_samples, np.bool_)
        for start, end in self.spans:
            low = max(0, start - margin_samples)
            high = end + margin_samples
            mask[-(-low // frame_samples) : max(0, high // frame_samples)] = True
        return mask


def find_speech(samples: Samples, params: SpanParams | None = None) -> SpeechSpans:
    """Judge a whole answer with Silero; about 3 ms of CPU a second of audio. Any thread but the media thread.

    Args:
        samples: int16, mono, 16 kHz, shape (n,).
        params: Knobs.

    Returns:
        Speech and pauses, to about 32 ms; a remainder shorter than a window is silence.

    Raises:
        ModelUnavailable: The voice activity model is not there.
    """
    p = params or SpanParams()
    machine = Segmenter(
        SegmenterParams(
            min_speech_ms=p.min_speech_ms,
            min_silence_ms=p.min_pause_ms,
            speech_pad_ms=0,
            max_segment_s=_NEVER_CUT_S,
        )
    )
    stream = SileroStream()
    events = []
    for start in range(0, samples.size - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
        events += machine.feed(stream.probability(samples[start : start + WINDOW_SAMPLES]))
    events += machine.flush()
    spans = tuple((e.start_sample, e.end_sample) for e in events if isinstance(e, SegmentEnded))
    return SpeechSpans(spans, samples.size)
