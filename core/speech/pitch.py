"""The melody of a voice: fundamental frequency by SwiftF0, and its spread without octave errors."""

import threading
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from swift_f0 import SwiftF0, concat

from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.spans import SpeechSpans

Hertz = npt.NDArray[np.float64]

HOP_SAMPLES = 256
"""Samples between two estimates, fixed by the model: 16 ms."""

_BLOCK_SAMPLES = 30 * SAMPLE_RATE

_detector: SwiftF0 | None = None
_detector_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class PitchParams:
    """Knobs."""

    floor_hz: float = 60.0
    """Lowest pitch looked for; the deepest speaking voices reach 65 Hz."""

    ceiling_hz: float = 500.0
    """Highest pitch looked for; an excited high voice reaches 450 Hz."""

    min_confidence: float = 0.5
    """The model's own: from here a frame is voiced."""

    min_run_frames: int = 3
    """Shortest run of voiced frames that is believed: 48 ms."""

    floor_of_quartile: float = 0.75
    """Frames below this times the first quartile are taken for errors of an octave (Hirst 2007)."""

    ceiling_of_quartile: float = 1.5
    """Frames above this times the third quartile likewise."""

    low_percentile: float = 10.0
    """Lower end of the range."""

    high_percentile: float = 90.0
    """Upper end of the range."""


@dataclass(frozen=True, slots=True)
class PitchSpread:
    """Where a voice moves.

    Attributes:
        median_hz: Middle of the voiced frames.
        low_hz: 10th percentile.
        high_hz: 90th percentile.
        range_st: From low to high in semitones, ``12 log2(high / low)``: what an ear hears as distance.
        voiced_s: Seconds of voiced sound behind it.
    """

    median_hz: float
    low_hz: float
    high_hz: float
    range_st: float
    voiced_s: float


def load_detector() -> SwiftF0:
    """The model that travels inside swift-f0 (MIT), loaded once a process. Any thread.

    Raises:
        ModelUnavailable: It is not there or cannot be loaded.
    """
    global _detector
    with _detector_lock:
        if _detector is None:
            try:
                # One thread that sleeps between calls: captions need the cores more.
                _detector = SwiftF0(threads=1, spin=False)
            except Exception as error:  # onnxruntime has no common base class for its errors
                raise ModelUnavailable(
                    "The pitch model cannot be loaded.", "Run “pip install -r requirements.txt” again (swift-f0)."
                ) from error
        return _detector


def track_pitch(samples: Samples, speech: SpeechSpans, params: PitchParams | None = None) -> Hertz:
    """Fundamental frequency of the voiced frames within speech; about 8 ms of CPU a second of audio.

    Args:
        samples: int16, mono, 16 kHz, shape (n,).
        speech: Where to look.
        params: Knobs.

    Returns:
        Hertz of the voiced frames in order, 16 ms each, shape (m,); empty when there are none.

    Raises:
        ModelUnavailable: See :func:`load_detector`.
    """
    p = params or PitchParams()
    if samples.size < HOP_SAMPLES or not speech.spans:
        return np.zeros(0)
    # In blocks, which the stream joins without a seam: half an hour as float would be 230 MB.
    stream = load_detector().stream(p.floor_hz, p.ceiling_hz)
    blocks = [stream.push(samples[i : i + _BLOCK_SAMPLES], SAMPLE_RATE) for i in range(0, samples.size, _BLOCK_SAMPLES)]
    found = concat([*blocks, stream.flush()])
    voiced = (found.confidence >= p.min_confidence) & speech.mask(HOP_SAMPLES)[: found.confidence.size]
    return np.asarray(found.pitch_hz[_drop_short_runs(voiced, p.min_run_frames)])


def drop_octave_errors(pitch_hz: Hertz, params: PitchParams | None = None) -> Hertz:
    """Leave out frames too far from the middle half of a voice to be its own.

    A tracker that errs gives half or double the pitch. Limits taken from the voice itself separate those frames,
    where fixed ones would cut a deep or a high voice (Hirst, ICPhS 2007, who searches twice with these limits).

    Args:
        pitch_hz: Hertz, shape (m,).
        params: Knobs.

    Returns:
        Those within 0.75 times the first and 1.5 times the third quartile.
    """
    p = params or PitchParams()
    if not pitch_hz.size:
        return pitch_hz
    first, third = np.percentile(pitch_hz, (25, 75))
    kept = (pitch_hz >= p.floor_of_quartile * first) & (pitch_hz <= p.ceiling_of_quartile * third)
    return np.asarray(pitch_hz[kept])


def compute_spread(pitch_hz: Hertz, params: PitchParams | None = None) -> PitchSpread | None:
    """Median and range of a voice.

    Args:
        pitch_hz: Hertz of voiced frames, shape (m,).
        params: Knobs.

    Returns:
        The spread after :func:`drop_octave_errors`; None when no frame is voiced.
    """
    p = params or PitchParams()
    kept = drop_octave_errors(pitch_hz, p)
    if not kept.size:
        return None
    low, middle, high = (float(x) for x in np.percentile(kept, (p.low_percentile, 50, p.high_percentile)))
    return PitchSpread(middle, low, high, float(12.0 * np.log2(high / low)), kept.size * HOP_SAMPLES / SAMPLE_RATE)


def _drop_short_runs(voiced: npt.NDArray[np.bool_], min_frames: int) -> npt.NDArray[np.bool_]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], voiced, [False])).astype(np.int8)))
    kept = np.zeros_like(voiced)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= min_frames:
            kept[start:end] = True
    return kept
