"""Known values: librosa 0.11.0 and kaldi-native-fbank 1.23.0 on the same two seconds."""

import numpy as np
import pytest

from core.media.audio import SAMPLE_RATE, Samples
from core.proctoring.speaker_features import FULL_SCALE, compute_fbank, compute_mel_power


@pytest.fixture(scope="module")
def warble() -> Samples:
    rng, t = np.random.default_rng(7), np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    swell = (1 + np.sin(2 * np.pi * 3 * t)) / 2
    return (6000 * np.sin(2 * np.pi * (180 + 40 * t) * t) * swell + rng.normal(0, 300, t.size)).astype(np.int16)


def test_mel_power_is_librosas(warble: Samples) -> None:
    found = compute_mel_power(warble.astype(np.float32) / FULL_SCALE)
    assert found.shape == (201, 40)
    points = found[[0, 50, 100, 150], [5, 10, 20, 39]]
    assert points == pytest.approx([1.728043e-3, 1.081527e-5, 3.646907e-4, 2.934725e-4], rel=1e-4)


def test_fbank_is_kaldis(warble: Samples) -> None:
    found = compute_fbank(warble)
    assert found.shape == (198, 80)
    assert found[[0, 50, 100, 197], [0, 20, 60, 79]] == pytest.approx([2.8269, 0.7258, -0.5712, 0.1094], abs=1e-3)


def test_fbank_has_no_mean_and_bears_silence(warble: Samples) -> None:
    assert np.abs(compute_fbank(warble).mean(axis=0)).max() < 1e-4
    assert compute_fbank(np.zeros(SAMPLE_RATE, np.int16)) == pytest.approx(0.0, abs=1e-6)


def test_loudness_moves_every_band_alike(warble: Samples) -> None:
    assert compute_fbank(warble // 2 * 2) == pytest.approx(compute_fbank(warble // 2), abs=1e-3)
