"""From "speech, 0 to 1" per window to utterances: a hysteresis machine without audio, clock or I/O."""

from dataclasses import dataclass
from enum import Enum

from core.media.audio import SAMPLE_RATE
from core.speech.vad import WINDOW_MS, WINDOW_SAMPLES

_SHORTEST_GAP = 2  # windows, 64 ms: the closure of a stop consonant is shorter


@dataclass(frozen=True, slots=True)
class SegmenterParams:
    """Knobs of the segmenter."""

    threshold_on: float = 0.5
    """Probability from which a window counts as speech (Silero's own default)."""

    threshold_off: float = 0.35
    """Probability below which a window counts as silence; between the two nothing changes."""

    min_speech_ms: int = 96
    """Speech needed before an utterance is believed; a hesitant "no" is about 150 ms, a key click 50 ms."""

    min_silence_ms: int = 500
    """Silence that ends an utterance. Shorter answers the speaker sooner, longer keeps sentences whole."""

    pause_ms: int = 256
    """Silence after which an utterance is presumed to have ended, so that its decode can begin."""

    long_after_s: float = 6.0
    """Length from which a pause of ``pause_ms`` ends an utterance: better there than in the middle of a word later."""

    speech_pad_ms: int = 200
    """Audio kept on either side, so that weak first and last consonants are heard."""

    max_segment_s: float = 12.0
    """Longest utterance; then it is cut at its quietest place."""

    cut_search_s: float = 2.0
    """How far back from the limit the quietest place is looked for; so much later its words come."""


@dataclass(frozen=True, slots=True)
class SegmentStarted:
    """An utterance is believed to have begun at ``start_sample`` of the stream."""

    start_sample: int


@dataclass(frozen=True, slots=True)
class SegmentPaused:
    """Should nobody speak on, the utterance will end with exactly these samples."""

    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class SegmentEnded:
    """An utterance is complete: samples ``start_sample`` to ``end_sample`` (exclusive).

    ``forced`` says that it was cut while the speaker went on.
    """

    start_sample: int
    end_sample: int
    forced: bool = False


SegmentEvent = SegmentStarted | SegmentPaused | SegmentEnded


class _State(Enum):
    QUIET = 0
    STARTING = 1
    ACTIVE = 2


class Segmenter:
    """Turns window probabilities into segments that are ordered and do not overlap.

    Args:
        params: Knobs.
    """

    def __init__(self, params: SegmenterParams | None = None) -> None:
        p = params or SegmenterParams()
        self._params = p
        self._min_speech = max(1, round(p.min_speech_ms / WINDOW_MS))
        self._min_silence = max(1, round(p.min_silence_ms / WINDOW_MS))
        self._pause = min(self._min_silence, max(1, round(p.pause_ms / WINDOW_MS)))
        self._long = int(p.long_after_s * SAMPLE_RATE)
        self._pad = SAMPLE_RATE * p.speech_pad_ms // 1000
        self._max_samples = max(2 * WINDOW_SAMPLES, int(p.max_segment_s * SAMPLE_RATE))
        self._search = max(1, int(p.cut_search_s * SAMPLE_RATE) // WINDOW_SAMPLES)
        self._state = _State.QUIET
        self._index = 0  # windows seen
        self._floor = 0  # end of the previous segment: the next may not begin before it
        self._start = 0  # first sample of the current segment, padding included
        self._voiced = 0  # speech windows in the current segment
        self._last_voiced = -1  # the latest window that was not silence
        self._history: list[tuple[float, float]] = []  # (loudness, probability) of the current segment's windows
        self._history_from = 0  # index of the first of them

    @property
    def position(self) -> int:
        """Samples seen."""
        return self._index * WINDOW_SAMPLES

    @property
    def keep_from(self) -> int:
        """First sample that may be asked for later; everything before may be forgotten."""
        if self._state is not _State.QUIET:
            return self._start
        return max(self._floor, self.position - self._pad)

    def feed(self, probability: float, loudness: float = 0.0) -> list[SegmentEvent]:
        """Take the next window.

        Args:
            probability: Of speech, 0 to 1.
            loudness: Any measure that grows with level (RMS); decides where a forced cut falls.

        Returns:
            What happened, in order; mostly nothing.
        """
        events: list[SegmentEvent] = []
        index = self._index
        self._index += 1
        if self._state is _State.QUIET:
            if probability < self._params.threshold_on:
                return events
            self._begin(max(self._floor, index * WINDOW_SAMPLES - self._pad), index)
        self._history.append((loudness, probability))
        if probability >= self._params.threshold_on:
            self._voiced += 1
        if probability >= self._params.threshold_off:
            self._last_voiced = index
        if self._state is _State.STARTING and self._voiced >= self._min_speech:
            self._state = _State.ACTIVE
            events.append(SegmentStarted(self._start))
        silence = index - self._last_voiced
        if silence >= self._silence_needed():
            events.extend(self._end())
        elif silence == self._pause and self._state is _State.ACTIVE:
            events.append(SegmentPaused(self._start, self._last_sample()))
        elif self.position - self._start >= self._max_samples:
            events.extend(self._cut() if self._state is _State.ACTIVE else self._doubt())
        return events

    def flush(self) -> list[SegmentEvent]:
        """The stream is over: end what is open. Speech too short to be believed is dropped."""
        return self._end()

    def _begin(self, start: int, index: int) -> None:
        self._state = _State.STARTING
        self._start = start
        self._voiced = 0
        self._last_voiced = index
        self._history = []
        self._history_from = index

    def _doubt(self) -> list[SegmentEvent]:
        """Neither speech nor silence for as long as an utterance may be: all but the latest speech is forgotten."""
        history = self._history
        spoken = 0
        while spoken < len(history) and history[-1 - spoken][1] >= self._params.threshold_on:
            spoken += 1
        if spoken == 0:
            return self._end()
        first = self._index - spoken
        self._begin(max(self._floor, first * WINDOW_SAMPLES - self._pad), first)
        self._history, self._voiced, self._last_voiced = history[-spoken:], spoken, self._index - 1
        return []

    def _end(self) -> list[SegmentEvent]:
        believed = self._state is _State.ACTIVE
        self._state = _State.QUIET
        if not believed:
            return []
        end = self._last_sample()
        self._floor = end
        return [SegmentEnded(self._start, end)]

    def _silence_needed(self) -> float:
        """Windows of silence that end the segment: fewer the closer it comes to being cut."""
        length = self.position - self._start
        if length < self._long or self._state is not _State.ACTIVE:
            return self._min_silence
        left = max(0.0, (self._max_samples - length) / (self._max_samples - self._long))
        return max(_SHORTEST_GAP, self._pause * left)

    def _last_sample(self) -> int:
        """End of the current segment if it ended now."""
        return min(self.position, (self._last_voiced + 1) * WINDOW_SAMPLES + self._pad)

    def _cut(self) -> list[SegmentEvent]:
        cut = self._quietest()
        sample = cut * WINDOW_SAMPLES
        events: list[SegmentEvent] = [SegmentEnded(self._start, sample, forced=True)]
        self._floor = sample
        if self._last_voiced < cut:  # only silence behind the cut
            self._state = _State.QUIET
            return events
        offset = cut - self._history_from
        self._history = self._history[offset:]
        self._history_from = cut
        self._start = sample
        self._voiced = self._min_speech  # the rest belongs to speech already believed, however short it is
        events.append(SegmentStarted(sample))
        return events

    def _quietest(self) -> int:
        """Index of the window to cut at: in the middle of the quietest three (96 ms, longer than a stop consonant)."""
        count = len(self._history)
        # Never the first window: a cut there would make no progress.
        first = max(1, count - self._search, self._start // WINDOW_SAMPLES + 1 - self._history_from)

        def rank(i: int) -> tuple[float, float, int]:
            around = self._history[max(0, i - 1) : i + 2]
            size = len(around)
            return (sum(a[0] for a in around) / size, sum(a[1] for a in around) / size, -i)

        return self._history_from + min(range(first, count), key=rank)
