"""Level of speech against its pauses, and how far it moves."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.spans import SpeechSpans

FRAME_SAMPLES = 512
"""32 ms: as long as a glottal cycle of the deepest voice, as short as a syllable."""


@dataclass(frozen=True, slots=True)
class LoudnessParams:
    """Knobs."""

    edge_ms: int = 64
    """Left out on either side of a border between speech and silence, where a frame is neither."""

    min_silence_s: float = 0.2
    """Silence needed before a noise level is believed."""

    low_percentile: float = 10.0
    """Lower end of the energy range."""

    high_percentile: float = 90.0
    """Upper end of the energy range."""

    max_snr_db: float = 60.0
    """Best ratio reported; beyond it a file only tells how its silence was made."""


def compute_snr(samples: Samples, speech: SpeechSpans, params: LoudnessParams | None = None) -> float | None:
    """Signal to noise: mean power in speech less the noise, over the noise.

    Noise is the median power of the frames outside speech: a weak word that was taken for silence would raise a mean
    by 20 dB.

    Args:
        samples: int16, mono, 16 kHz, shape (n,).
        speech: Its spans.
        params: Knobs.

    Returns:
        Decibels, 0 to ``max_snr_db``; None when there is no speech or too little silence to compare it with.
    """
    p = params or LoudnessParams()
    power = _powers(samples)
    edge = p.edge_ms * SAMPLE_RATE // 1000
    inside = power[speech.mask(FRAME_SAMPLES)]
    outside = power[~speech.mask(FRAME_SAMPLES, edge)]
    if not inside.size or outside.size * FRAME_SAMPLES < p.min_silence_s * SAMPLE_RATE:
        return None
    noise = max(float(np.median(outside)), 1e-3)
    signal = max(float(inside.mean()) - noise, noise)
    return min(p.max_snr_db, 10.0 * math.log10(signal / noise))


def compute_energy_range(samples: Samples, speech: SpeechSpans, params: LoudnessParams | None = None) -> float | None:
    """Spread of the level within speech: its 90th less its 10th percentile over frames of 32 ms.

    Args:
        samples: int16, mono, 16 kHz, shape (n,).
        speech: Its spans; their edges are left out.
        params: Knobs.

    Returns:
        Decibels, 0 or more; None when there is no speech.
    """
    p = params or LoudnessParams()
    inside = _powers(samples)[speech.mask(FRAME_SAMPLES, -p.edge_ms * SAMPLE_RATE // 1000)]
    if not inside.size:
        return None
    levels = 10.0 * np.log10(np.maximum(inside, 1.0))
    low, high = np.percentile(levels, (p.low_percentile, p.high_percentile))
    return float(high - low)


def _powers(samples: Samples) -> npt.NDArray[np.float64]:
    """Mean square of each whole frame, in int16 units."""
    whole = samples.size // FRAME_SAMPLES * FRAME_SAMPLES
    frames = samples[:whole].reshape(-1, FRAME_SAMPLES)
    # einsum widens in small buffers: half an hour as float would be 230 MB.
    return np.asarray(np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / FRAME_SAMPLES)
