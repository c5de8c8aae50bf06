import numpy as np
import pytest

from core.media.clipping import compute_crest_db, count_clipped

T = np.arange(1600) / 16_000


def int16(wave: np.ndarray) -> np.ndarray:
    return np.round(32767 * np.clip(wave, -1, 1)).astype(np.int16)


@pytest.mark.parametrize("hz", [50, 100, 200, 440, 1000, 4000])
def test_sine_of_any_pitch_is_not_clipped(hz: int) -> None:
    assert count_clipped(int16(0.6 * np.sin(2 * np.pi * hz * T + 0.3))) == 0


@pytest.mark.parametrize("ceiling", [1.0, 0.5, 0.1])
def test_flat_tops_are_found_at_any_level(ceiling: float) -> None:
    wave = ceiling * np.clip(3 * np.sin(2 * np.pi * 200 * T), -1, 1)
    assert count_clipped(int16(wave)) / 1600 == pytest.approx(0.78, abs=0.1)


def test_flat_tops_on_one_side_are_found() -> None:
    wave = 0.5 * np.minimum(np.sin(2 * np.pi * 200 * T), 0.4)
    assert count_clipped(int16(wave)) > 400


def test_flat_tops_over_an_offset_are_found() -> None:
    wave = 0.1 + 0.3 * np.clip(3 * np.sin(2 * np.pi * 200 * T), -1, 1)
    assert count_clipped(int16(wave)) > 1000


@pytest.mark.parametrize("wave", [np.zeros(1600), np.full(1600, 0.4), 0.001 * np.sign(np.sin(2 * np.pi * 200 * T))])
def test_silence_offset_and_whispers_are_not_clipped(wave: np.ndarray) -> None:
    assert count_clipped(int16(wave)) == 0


def test_noise_is_not_clipped() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 16_000).reshape(10, 1600)
    assert sum(count_clipped(int16(frame)) for frame in noise) == 0


def test_nothing_has_no_clipping() -> None:
    assert count_clipped(np.zeros(0, np.int16)) == 0


def test_crest_of_a_sine_is_three_decibels() -> None:
    frames = int16(0.5 * np.sin(2 * np.pi * 200 * np.arange(16_000) / 16_000)).reshape(10, 1600)
    assert compute_crest_db(frames) == pytest.approx(3.0, abs=0.1)


def test_crest_does_not_change_with_gain_or_offset() -> None:
    wave = np.random.default_rng(3).normal(0, 0.05, 16_000)
    one, other = (compute_crest_db(int16(w).reshape(10, 1600)) for w in (wave, 3 * wave + 0.1))
    assert one is not None
    assert other == pytest.approx(one, abs=0.05)


@pytest.mark.parametrize("frames", [np.zeros((10, 1600), np.int16), np.zeros((0, 1600), np.int16)])
def test_silence_has_no_crest(frames: np.ndarray) -> None:
    assert compute_crest_db(frames) is None
