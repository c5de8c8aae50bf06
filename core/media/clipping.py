"""Samples that hit a ceiling: the converter's own, or an earlier one that was turned down afterwards."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.media.audio import Samples

FULL_SCALE = 32_768.0


@dataclass(frozen=True, slots=True)
class ClippingParams:
    """Knobs of the two searches; amplitudes are shares of full scale."""

    full_scale_share: float = 32_767 / FULL_SCALE
    """From here a sample is at full scale."""

    min_peak: float = 0.03
    """Frames that stay below are too soft to be clipped by anything (-30 dBFS)."""

    top: float = 0.98
    """Share of the frame's peak from which a sample is on a top."""

    shoulder: float = 0.9
    """Share of the frame's peak from which a sample is near a top."""

    min_run_samples: int = 3
    """Neighbours that must be on the same top; a single sample is a peak like any other."""

    flatness: float = 0.6
    """Share of the samples near a top that are on it. A sine of any pitch has 0.44, clean speech below 0.3."""

    loud_db: float = 9.0
    """Frames at most this far below the loudest one count as loud."""

    peak_quantile: float = 0.999
    """Quantile of the amplitudes that is taken for the peak of loud speech."""


def count_clipped(frame: Samples, params: ClippingParams | None = None) -> int:
    """Samples of a frame that were cut off.

    Counts samples at full scale and, when there are more, those on flat tops below it. Flat tops survive a change
    of gain and of sample rate, not a codec: behind Opus only full scale and :func:`compute_crest_db` are left.

    Args:
        frame: int16, shape (n,), about 100 ms.
        params: Knobs.
    """
    p = params or ClippingParams()
    if not frame.size:
        return 0
    wide = frame.astype(np.float64) / FULL_SCALE
    full = int((np.abs(wide) >= p.full_scale_share).sum())
    wide -= wide.mean()  # an offset is no ceiling
    return max(full, _flat(wide, p) + _flat(-wide, p))


def compute_crest_db(frames: npt.NDArray[np.int16], params: ClippingParams | None = None) -> float | None:
    """Peak over mean level of loud speech, in decibels; None when there is nothing loud enough.

    Clean voices keep 12.5 dB and more, also behind a gain control; cut-off ones lose their peaks and with them
    these decibels, whatever gain or codec came after. Meaningful for speech alone: noise has 10 dB by nature.

    Args:
        frames: int16, shape (frames, n), speech in most of them.
        params: Knobs.
    """
    p = params or ClippingParams()
    if not frames.size:
        return None
    wide = frames.astype(np.float64) / FULL_SCALE
    wide -= wide.mean(axis=1, keepdims=True)
    levels = wide.std(axis=1)
    loud = wide[levels >= levels.max() * 10 ** (-p.loud_db / 20)]
    peak = float(np.quantile(np.abs(loud), p.peak_quantile))
    return 20.0 * float(np.log10(peak / loud.std())) if peak >= p.min_peak else None


def _flat(wave: npt.NDArray[np.float64], p: ClippingParams) -> int:
    """Samples on flat tops of the upper side."""
    peak = float(wave.max())
    if peak < p.min_peak:
        return 0
    edges = np.diff(np.concatenate(([0], (wave >= p.top * peak).astype(np.int8), [0])))
    runs = np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0)
    on_top = int(runs[runs >= p.min_run_samples].sum())
    return on_top if on_top >= p.flatness * int((wave >= p.shoulder * peak).sum()) else 0
