"""All delivery figures of one answer, each measured or with the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.domain.delivery import DeliveryFigures, Figure, FigureName
from core.domain.transcript import FinalSegment, Gap
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.confidence_index import ConfidenceIndexParams, score_confidence_index
from core.speech.figures import measured, refused
from core.speech.fluency import FluencyParams, score_fluency
from core.speech.lexicon import LexiconParams
from core.speech.loudness import LoudnessParams, compute_energy_range, compute_snr
from core.speech.pace import compute_articulation, compute_pace, count_pauses_in_phrase, summarise_pauses
from core.speech.pitch import PitchParams, compute_spread, track_pitch
from core.speech.richness import RichnessParams, score_richness
from core.speech.sentiment import SentimentParams, rate_wording
from core.speech.spans import SpanParams, find_speech
from core.speech.wording import count_words

_PACE = (FigureName.PACE, FigureName.ARTICULATION)
_PAUSES = (FigureName.PAUSES, FigureName.PAUSE_MEAN, FigureName.PAUSE_LONGEST, FigureName.PAUSE_SHARE)
_WORDS = (FigureName.FILLERS, FigureName.HEDGES, FigureName.REPAIRS)
_PITCH = (FigureName.PITCH_MEDIAN, FigureName.PITCH_LOW, FigureName.PITCH_HIGH, FigureName.PITCH_RANGE)


@dataclass(frozen=True, slots=True)
class DeliveryParams:
    """Below which evidence a figure is refused, and the knobs of its parts."""

    min_speech_s: float = 5.0
    """Speech needed, pauses left out, before anything is measured from the sound."""

    min_words: int = 20
    """Words needed before shares of words are given: one hedge in nineteen words is no habit."""

    min_word_confidence: float = 0.6
    """Mean confidence of the words, by length of their segments, from which their choice is counted: a text heard
    wrongly in noise (0.57, half of it wrong) has hedges and a tone of its own."""

    min_voiced_s: float = 2.0
    """Voiced sound needed before pitch is given."""

    min_pause_snr_db: float = 15.0
    """Signal to noise from which pauses are found where they are; below, the short ones come and go."""

    min_pitch_snr_db: float = 5.0
    """Signal to noise from which pitch is read; in white noise of 5 dB the range shrinks by up to 10 %."""

    min_energy_snr_db: float = 30.0
    """Signal to noise from which the energy range is that of the voice (within 3 dB) and not its distance to the
    noise, which at 20 dB has taken 3 to 11 dB off."""

    max_gap_share: float = 0.05
    """Share of the answer's sound that may be unreadable before nothing is measured from it."""

    spans: SpanParams = field(default_factory=SpanParams)
    loudness: LoudnessParams = field(default_factory=LoudnessParams)
    pitch: PitchParams = field(default_factory=PitchParams)
    lexicon: LexiconParams = field(default_factory=LexiconParams)
    fluency: FluencyParams = field(default_factory=FluencyParams)
    richness: RichnessParams = field(default_factory=RichnessParams)
    sentiment: SentimentParams = field(default_factory=SentimentParams)
    confidence_index: ConfidenceIndexParams = field(default_factory=ConfidenceIndexParams)


def measure_delivery(
    samples: Samples,
    segments: Sequence[FinalSegment],
    gaps: Sequence[Gap] = (),
    params: DeliveryParams | None = None,
    language: str = "en",
) -> DeliveryFigures:
    """Measure one answer. About 20 ms of CPU a second of audio; any thread but the media thread.

    Args:
        samples: The answer's sound, int16, mono, 16 kHz, shape (n,); empty when nothing was recorded.
        segments: What was heard in it; empty for a typed answer.
        gaps: Spans of the sound that could not be read; silent in ``samples``.
        params: Knobs.
        language: Spoken; the figures that need word lists or a spelling rule are measured in ``en`` only.

    Returns:
        Each name of :class:`FigureName` once.

    Raises:
        ModelUnavailable: The voice activity or the pitch model is not there.
        ValueError: Samples that are not int16 in one dimension.
    """
    if samples.dtype.name != "int16" or samples.ndim != 1:
        raise ValueError(f"delivery is measured from int16 samples of one channel, not {samples.dtype} {samples.shape}")
    return _Answer(samples, segments, gaps, params or DeliveryParams(), language).measure()


class _Answer:
    """One answer and what can be said against measuring it."""

    def __init__(
        self,
        samples: Samples,
        segments: Sequence[FinalSegment],
        gaps: Sequence[Gap],
        params: DeliveryParams,
        language: str,
    ) -> None:
        self._p = params
        self._samples = samples
        self._english = language == "en"
        self._typed = not (samples.size or segments or gaps)
        self._segments = [s for s in segments if s.text.strip()]
        self._text = " ".join(s.text.strip() for s in self._segments)
        self._counts = count_words(self._text, params.lexicon)
        self._speech = find_speech(samples, params.spans)
        self._snr_db = compute_snr(samples, self._speech, params.loudness)
        lost_s = [gap.end_s - gap.start_s for gap in gaps]
        self._lost = sum(lost_s) > params.max_gap_share * samples.size / SAMPLE_RATE
        self._torn = max(lost_s, default=0.0) >= params.spans.min_pause_ms / 1000

    def measure(self) -> DeliveryFigures:
        """All figures in the order they are shown."""
        plain = [*self._pace(), *self._pauses(), *self._words(), *self._pitch(), *self._energy()]
        known = {figure.name: figure for figure in plain}
        p, pace, pauses = self._p, known[FigureName.PACE], known[FigureName.PAUSE_SHARE]
        repairs, hedges = known[FigureName.REPAIRS], known[FigureName.HEDGES]
        no_text = self._no_text()
        scores = (
            score_fluency(pace, pauses, known[FigureName.PAUSE_MEAN], repairs, p.fluency),
            score_richness(self._text, no_text, p.richness, p.lexicon),
            score_confidence_index(hedges, pace, pauses, known[FigureName.PITCH_RANGE], p.confidence_index),
            rate_wording(self._text, no_text, p.sentiment),
        )
        return DeliveryFigures((*plain, *scores))

    def _pace(self) -> list[Figure]:
        if reason := self._no_words() or self._no_speech():
            return refused(_PACE, reason)
        pace = measured({FigureName.PACE: compute_pace(self._counts.words, self._speech)})
        if reason := self._foreign():
            return pace + refused([FigureName.ARTICULATION], reason)
        return pace + measured({FigureName.ARTICULATION: compute_articulation(self._text, self._speech)})

    def _pauses(self) -> list[Figure]:
        in_phrase = FigureName.PAUSES_IN_PHRASE
        if reason := self._no_speech() or self._holes() or self._noisy(self._p.min_pause_snr_db):
            return refused((*_PAUSES, in_phrase), reason)
        found = summarise_pauses(self._speech)
        values = (found.count, found.mean_s, found.longest_s, 100.0 * found.share)
        figures = measured(dict(zip(_PAUSES, values, strict=True)))
        if reason := self._no_text() or self._no_times():
            return figures + refused([in_phrase], reason)
        words = [word for segment in self._segments for word in segment.words]
        return figures + measured({in_phrase: count_pauses_in_phrase(self._speech, words)})

    def _words(self) -> list[Figure]:
        if reason := self._no_text() or self._few_words():
            return refused(_WORDS, reason)
        counts = (self._counts.fillers, self._counts.hedges, self._counts.repairs)
        return measured({n: 100.0 * c / self._counts.words for n, c in zip(_WORDS, counts, strict=True)})

    def _pitch(self) -> list[Figure]:
        if reason := self._no_speech() or self._noisy(self._p.min_pitch_snr_db):
            return refused(_PITCH, reason)
        spread = compute_spread(track_pitch(self._samples, self._speech, self._p.pitch), self._p.pitch)
        if spread is None or spread.voiced_s < self._p.min_voiced_s:
            return refused(_PITCH, f"less than {self._p.min_voiced_s:g} s of voiced sound")
        values = (spread.median_hz, spread.low_hz, spread.high_hz, spread.range_st)
        return measured(dict(zip(_PITCH, values, strict=True)))

    def _energy(self) -> list[Figure]:
        snr, energy = FigureName.SIGNAL_TO_NOISE, FigureName.ENERGY_RANGE
        if reason := self._no_speech():
            return refused((energy, snr), reason)
        if self._snr_db is None:
            return refused((energy, snr), "too little silence to tell the noise from the voice")
        ratio = measured({snr: self._snr_db})
        if reason := self._noisy(self._p.min_energy_snr_db):
            return refused([energy], reason) + ratio
        spread = compute_energy_range(self._samples, self._speech, self._p.loudness)
        if spread is None:
            return refused([energy], "no stretch of speech is long enough") + ratio
        return measured({energy: spread}) + ratio

    def _no_speech(self) -> str:
        if self._typed:
            return "the answer was typed"
        if not self._samples.size:
            return "no recording was kept"
        if self._lost:
            return "part of the recording cannot be read"
        if not self._speech.spans:
            return "no speech was found in the recording"
        if self._speech.speech_s < self._p.min_speech_s:
            return f"less than {self._p.min_speech_s:g} s of speech"
        return ""

    def _no_words(self) -> str:
        if self._typed:
            return "the answer was typed"
        return "" if self._counts.words else "no words were heard"

    def _few_words(self) -> str:
        return f"fewer than {self._p.min_words} words" if self._counts.words < self._p.min_words else ""

    def _no_text(self) -> str:
        """Why the choice of words is not counted."""
        return self._no_words() or self._foreign() or self._unsure()

    def _unsure(self) -> str:
        lengths = [(s.end_s - s.start_s, s.confidence) for s in self._segments if s.confidence is not None]
        total_s = sum(length for length, _ in lengths)
        if total_s <= 0:
            return ""
        mean, needed = sum(length * c for length, c in lengths) / total_s, self._p.min_word_confidence
        return f"the words are unsure: confidence {mean:.2f}, {needed:g} needed" if mean < needed else ""

    def _foreign(self) -> str:
        return "" if self._english else "measured in English only"

    def _no_times(self) -> str:
        return "" if all(s.words for s in self._segments) else "the speech engine gave no times of words"

    def _holes(self) -> str:
        """A hole reads as silence, and would count as a pause."""
        return "part of the recording cannot be read" if self._torn else ""

    def _noisy(self, min_snr_db: float) -> str:
        """Nothing when the noise is not known: a voice without a pause is mostly louder than its room."""
        if self._snr_db is None or self._snr_db >= min_snr_db:
            return ""
        return f"too noisy: {self._snr_db:.0f} dB signal to noise, {min_snr_db:g} dB needed"
