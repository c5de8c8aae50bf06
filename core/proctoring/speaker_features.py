"""Spectra that voice models were trained on."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.media.audio import SAMPLE_RATE, Samples

Spectra = NDArray[np.float32]
"""Shape (frames, bands), 10 ms a frame."""

FULL_SCALE = 32_768.0
_STEP = SAMPLE_RATE // 100  # 10 ms
_LENGTH = SAMPLE_RATE // 40  # 25 ms
_KALDI_BANDS, _KALDI_FFT, _KALDI_LOW_HZ, _PREEMPHASIS = 80, 512, 20.0, 0.97
_EPSILON = float(np.finfo(np.float32).eps)


def compute_mel_power(samples: NDArray[np.float32], bands: int = 40) -> Spectra:
    """Power on the mel scale, not its logarithm, as librosa computes it with its defaults.

    Frames of 25 ms with a Hann window, centred, with zeros beyond both ends; Slaney's mel scale, each filter of the
    same area, 0 to 8 kHz. Source: ``librosa.feature.melspectrogram``.

    Args:
        samples: float32, mono, 16 kHz, -1 to 1, shape (n,).
        bands: Filters.

    Returns:
        Shape (1 + n // 160, bands).
    """
    padded = np.pad(samples.astype(np.float32), _LENGTH // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _LENGTH)[::_STEP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_LENGTH) / _LENGTH)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return np.asarray(power @ _slaney_filters(bands).T, np.float32)


def compute_fbank(samples: Samples) -> Spectra:
    """Logarithmic mel bands as Kaldi computes them, without dither, each band less its mean.

    Frames of 25 ms that lie whole within the sound; per frame the mean is taken off, pre-emphasis of .97, Povey's
    window, 512 points, 80 triangles on the mel scale from 20 Hz to 8 kHz. Source: ``torchaudio.compliance.kaldi.fbank``
    with ``num_mel_bins=80, dither=0, window_type="povey"``, followed by the mean normalisation of WeSpeaker and
    3D-Speaker. Samples keep their int16 size, as Kaldi reads them.

    Args:
        samples: int16, mono, 16 kHz, shape (n,), 25 ms or longer.

    Returns:
        Shape (1 + (n - 400) // 160, 80).
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), _LENGTH)[::_STEP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate((frames[:, :1], frames[:, :-1]), axis=1)
    frames = (frames - _PREEMPHASIS * before) * _povey_window()
    power = np.abs(np.fft.rfft(frames, _KALDI_FFT, axis=1)) ** 2
    # Kaldi's filters leave the highest line out.
    bands = np.log(np.maximum(power[:, :-1] @ _kaldi_filters().T, _EPSILON))
    return np.asarray(bands - bands.mean(axis=0), np.float32)


@cache
def _povey_window() -> NDArray[np.float64]:
    return np.asarray((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_LENGTH) / (_LENGTH - 1))) ** 0.85)


@cache
def _kaldi_filters() -> NDArray[np.float64]:
    """Triangles in mel, shape (80, 256)."""
    low, high = (1127.0 * np.log1p(hz / 700.0) for hz in (_KALDI_LOW_HZ, SAMPLE_RATE / 2))
    width = (high - low) / (_KALDI_BANDS + 1)
    left = low + width * np.arange(_KALDI_BANDS)[:, None]
    mel = 1127.0 * np.log1p(np.arange(_KALDI_FFT // 2) * SAMPLE_RATE / _KALDI_FFT / 700.0)[None, :]
    return np.asarray(np.maximum(0.0, np.minimum((mel - left) / width, (left + 2 * width - mel) / width)))


@cache
def _slaney_filters(bands: int) -> NDArray[np.float64]:
    """Triangles in hertz, shape (bands, 201)."""
    lines = np.linspace(0.0, SAMPLE_RATE / 2, _LENGTH // 2 + 1)
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), bands + 2))
    widths = np.diff(edges)[:, None]
    away = edges[:, None] - lines[None, :]
    triangles = np.maximum(0.0, np.minimum(-away[:-2] / widths[:-1], away[2:] / widths[1:]))
    return np.asarray(triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None])


_LINEAR_HZ, _BREAK_HZ, _LOG_STEP = 200.0 / 3, 1000.0, np.log(6.4) / 27


def _hz_to_mel(hz: float) -> float:
    """Slaney's scale above its break at 1 kHz."""
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _BREAK_HZ / _LINEAR_HZ
    return np.where(mel >= knee, _BREAK_HZ * np.exp(_LOG_STEP * (mel - knee)), mel * _LINEAR_HZ)
