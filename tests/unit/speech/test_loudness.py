from collections.abc import Callable

import numpy as np
import pytest
from samples import SENTENCES, silence
from voices_made import everywhere, glide, noise, sing

from core.media.audio import Samples
from core.speech.loudness import compute_energy_range, compute_snr
from core.speech.spans import SpeechSpans, find_speech

Say = Callable[[str], Samples]


@pytest.mark.parametrize("snr_db", [5, 10, 20, 30])
def test_added_noise_is_measured(say: Say, snr_db: float) -> None:
    speech = np.concatenate([silence(1), say(SENTENCES[0]), silence(1)])
    clean = find_speech(speech)
    power = np.mean(np.concatenate([speech[a:b] for a, b in clean.spans]).astype(float) ** 2)
    dirty = speech + noise(speech.size / 16000, np.sqrt(power / 10 ** (snr_db / 10))).astype(np.int32)
    assert compute_snr(np.clip(dirty, -32768, 32767).astype(np.int16), clean) == pytest.approx(snr_db, abs=1.5)


def test_without_speech_there_is_no_ratio() -> None:
    assert compute_snr(silence(2), SpeechSpans((), 32000)) is None


def test_without_silence_there_is_no_ratio() -> None:
    samples = sing(glide(120, 120))
    assert compute_snr(samples, everywhere(samples)) is None


def test_digital_silence_gives_the_best_ratio_and_no_more() -> None:
    samples = np.concatenate([silence(1), sing(glide(120, 120)), silence(1)])
    assert compute_snr(samples, SpeechSpans(((16000, 80000),), samples.size)) == 60.0


def test_a_steady_tone_has_no_energy_range() -> None:
    samples = sing(glide(125, 125))
    assert compute_energy_range(samples, everywhere(samples)) == pytest.approx(0, abs=0.1)


def test_a_tone_of_two_levels_has_their_distance() -> None:
    samples = sing(glide(125, 125))
    samples[: samples.size // 2] //= 10
    assert compute_energy_range(samples, everywhere(samples)) == pytest.approx(20, abs=0.3)


def test_speech_too_short_for_a_frame_has_no_energy_range() -> None:
    assert compute_energy_range(silence(1), SpeechSpans(((100, 400),), 16000)) is None


def test_full_scale_does_not_overflow() -> None:
    samples = np.full(16000, -32768, np.int16)
    assert compute_energy_range(samples, everywhere(samples)) == 0.0
