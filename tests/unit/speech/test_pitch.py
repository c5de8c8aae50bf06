import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voices_made import FULL, everywhere, glide, noise, sing

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.pitch import PitchParams, PitchSpread, compute_spread, drop_octave_errors, load_detector, track_pitch
from core.speech.spans import SpeechSpans

SEMITONE = 2 ** (1 / 12)


def spread(samples: Samples) -> PitchSpread:
    found = compute_spread(track_pitch(samples, everywhere(samples)))
    assert found is not None
    return found


@pytest.mark.parametrize("pitch_hz", [75, 120, 210, 330, 430])
def test_the_median_of_a_steady_voice_is_its_pitch(pitch_hz: float) -> None:
    assert spread(sing(glide(pitch_hz, pitch_hz))).median_hz == pytest.approx(pitch_hz, rel=0.01)


def test_a_steady_voice_has_no_range() -> None:
    assert spread(sing(glide(120, 120))).range_st < 0.2


@pytest.mark.parametrize(("low", "high"), [(100, 150), (150, 100), (200, 320)])
def test_the_range_of_a_glide_is_eight_tenths_of_it(low: float, high: float) -> None:
    whole = abs(12 * np.log2(high / low))
    assert spread(sing(glide(low, high))).range_st == pytest.approx(0.8 * whole, abs=0.3)


def test_a_missing_fundamental_is_heard_where_an_ear_hears_it() -> None:
    voice = sing(glide(120, 120), {n: a for n, a in FULL.items() if n > 1})
    assert spread(voice).median_hz == pytest.approx(120, rel=0.02)


def test_a_strong_second_harmonic_does_not_double_the_pitch() -> None:
    voice = sing(glide(120, 120), {1: 0.1, 2: 1, 3: 0.1, 4: 0.6, 5: 0.1, 6: 0.4})
    assert spread(voice).median_hz == pytest.approx(120, rel=0.02)


def test_weak_subharmonics_do_not_halve_the_pitch() -> None:
    even = {2 * n: a for n, a in FULL.items()}
    odd = {2 * n - 1: 0.1 * a for n, a in FULL.items()}
    assert spread(sing(glide(60, 60), {**even, **odd})).median_hz == pytest.approx(120, rel=0.02)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_frames_an_octave_off_are_dropped(factor: float) -> None:
    voice = np.geomspace(100, 140, 200)
    found = np.concatenate((voice, voice[::10] * factor))
    assert np.array_equal(np.sort(drop_octave_errors(found)), voice)


def test_frames_an_octave_off_do_not_widen_the_range() -> None:
    voice = np.geomspace(100, 140, 200)
    clean, dirty = compute_spread(voice), compute_spread(np.concatenate((voice, voice[::10] / 2, voice[::10] * 2)))
    assert clean is not None and dirty is not None
    assert dirty.range_st == pytest.approx(clean.range_st, abs=0.01)


@given(st.lists(st.floats(60, 500), max_size=60))
def test_the_range_is_never_negative(pitch_hz: list[float]) -> None:
    found = compute_spread(np.array(pitch_hz))
    assert found is None or (found.range_st >= 0 and found.low_hz <= found.median_hz <= found.high_hz)


def test_noise_has_no_pitch() -> None:
    samples = noise(4, 3000)
    assert track_pitch(samples, everywhere(samples)).size == 0


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257])
def test_hardly_any_sound_has_no_pitch(length: int) -> None:
    samples = sing(glide(120, 120))[:length]
    assert track_pitch(samples, everywhere(samples)).size == 0


def test_pitch_is_read_within_speech_only() -> None:
    samples = sing(glide(120, 120))
    found = track_pitch(samples, SpeechSpans(((0, SAMPLE_RATE),), samples.size))
    assert found.size == pytest.approx(SAMPLE_RATE / 256, abs=4)


def test_blocks_are_joined_without_a_seam() -> None:
    samples = sing(np.tile(glide(100, 200, 5), 13))  # 65 s: two seams
    whole = load_detector().detect(samples, SAMPLE_RATE, 60.0, 500.0)
    found = track_pitch(samples, everywhere(samples), PitchParams(min_run_frames=1))
    assert found == pytest.approx(whole.pitch_hz[whole.confidence >= 0.5], rel=1e-3)


def test_a_blip_of_voice_is_not_believed() -> None:
    samples = noise(2, 30)
    samples[16000:16400] = sing(glide(120, 120))[:400]
    assert track_pitch(samples, everywhere(samples)).size == 0
