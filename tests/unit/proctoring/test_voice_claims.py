"""Two synthetic voices through the real encoder, and the arithmetic with a simple one."""

from pathlib import Path

import numpy as np
import pytest
from spoken import speak, synthesise

from core import weight_table, weights
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import decode_clip
from core.proctoring.speaker_encoder import Embedding, VoiceEncoder, unit
from core.proctoring.voices import VoiceComparison, VoicesParams, VoiceVote

FIRST = (
    "I would begin by writing down what the system has to do, and for how many people at once. Then I would look at "
    "the data: what is written often, what is read often, and what may be late. A hash table keeps its keys in "
    "buckets, so that a look up takes about the same time however many there are."
)
SECOND = (
    "Deadlocks need four things at once: mutual exclusion, holding while waiting, no taking away, and a circle of "
    "those who wait. Break one of them and it cannot happen; the easiest is to take the locks in one fixed order."
)


def spoken(folder: Path, text: str, voice: str = "") -> Samples:
    """By Piper's Joe, as the candidate, or by a voice of espeak-ng."""
    path = folder / "said.wav"
    if voice:
        speak(text, path, voice)
    else:
        synthesise(text, path)
    return decode_clip(path.read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def encoder() -> VoiceEncoder:
    return VoiceEncoder(weights.resolve(weight_table.VOICE_ENCODER))


def enrolled(encoder: VoiceEncoder, folder: Path) -> VoiceComparison:
    comparison = VoiceComparison(encoder)
    votes = feed(comparison, spoken(folder, FIRST))
    assert not any(vote.unlike for vote in votes)
    return comparison


def feed(comparison: VoiceComparison, samples: Samples, start: float = 0.0) -> list[VoiceVote]:
    """Everything in it counts as speech; a quiet room has been heard before."""
    comparison.note_quiet(np.zeros(512, np.int16))
    step, votes = SAMPLE_RATE // 10, []
    for n in range(samples.size // step):
        vote = comparison.hear(start + (n + 1) * 0.1, samples[n * step : (n + 1) * step])
        votes += [vote] if vote is not None else []
    return votes


def test_the_same_voice_saying_something_else_is_the_same(encoder: VoiceEncoder, folder: Path) -> None:
    votes = feed(enrolled(encoder, folder), spoken(folder, SECOND), 60.0)
    assert len(votes) >= 4
    assert not any(vote.unlike for vote in votes)


def through_a_telephone(samples: Samples) -> Samples:
    lines = np.fft.rfft(samples)
    hz = np.linspace(0, SAMPLE_RATE / 2, lines.size)
    lines[(hz < 300) | (hz > 3400)] = 0
    return np.fft.irfft(lines, samples.size).astype(np.int16)


def test_the_same_voice_softer_is_the_same(encoder: VoiceEncoder, folder: Path) -> None:
    votes = feed(enrolled(encoder, folder), (spoken(folder, SECOND) * 0.2).astype(np.int16), 60.0)
    assert not any(vote.unlike for vote in votes)


def test_after_a_change_to_telephone_sound_nothing_is_claimed(encoder: VoiceEncoder, folder: Path) -> None:
    votes = feed(enrolled(encoder, folder), through_a_telephone(spoken(folder, SECOND)), 60.0)
    assert {vote.unlike for vote in votes} == {None}


def test_another_voice_is_another(encoder: VoiceEncoder, folder: Path) -> None:
    votes = feed(enrolled(encoder, folder), spoken(folder, SECOND, "en-us+f5"), 60.0)
    assert sum(bool(vote.unlike) for vote in votes) >= 0.75 * len(votes)


class Pitch:
    """Encodes the sign of the mean: positive speech is one voice, negative another."""

    piece_s, pieces, unlike_below = 1.0, 2, 0.5

    def encode(self, speech: Samples) -> Embedding:
        mean = float(np.sign(speech.mean()))
        return unit(np.array([mean, 0.1], np.float32))


def voice(sign: int, seconds: float = 1.0) -> Samples:
    return np.full(round(seconds * SAMPLE_RATE), 4000 * sign, np.int16)


def small(**params: float) -> VoiceComparison:
    return VoiceComparison(Pitch(), VoicesParams(enrol_s=3.0, **params))


def test_nothing_is_said_before_the_voice_is_known() -> None:
    comparison = small()
    assert feed(comparison, np.concatenate([voice(1), voice(1)])) == []
    assert not comparison.enrolled


def test_a_vote_covers_the_last_piece() -> None:
    comparison = small()
    feed(comparison, voice(1, 3.0))
    (vote,) = feed(comparison, voice(-1, 2.0), 20.0)
    assert (vote.started_at, vote.ended_at, vote.speech_s) == (pytest.approx(21.0), pytest.approx(22.0), 1.0)
    assert vote.unlike


def test_two_voices_at_the_beginning_are_not_enrolled_as_one() -> None:
    comparison = small()
    feed(comparison, np.concatenate([voice(1), voice(-1), voice(1)]))
    assert not comparison.enrolled
    feed(comparison, voice(1, 2.0), 10.0)
    assert comparison.enrolled


def test_speech_in_noise_is_unknown() -> None:
    comparison = small()
    feed(comparison, voice(1, 3.0))
    rng = np.random.default_rng(1)
    for _ in range(200):  # as loud as the voice, 4000 of full scale
        comparison.note_quiet(rng.normal(0, 2500, 512).astype(np.int16))
    step, votes = SAMPLE_RATE // 10, []
    for n in range(30):
        vote = comparison.hear(30.0 + n * 0.1, voice(-1)[:step])
        votes += [vote] if vote else []
    assert [vote.unlike for vote in votes] == [None, None, None]


def test_pieces_of_two_answers_are_not_compared_as_one() -> None:
    comparison = small()
    feed(comparison, voice(1, 3.0))
    feed(comparison, voice(1, 1.5), 10.0)
    comparison.forget_piece()
    assert feed(comparison, voice(-1, 1.0), 20.0) == []


def test_speech_on_both_sides_of_a_long_silence_is_no_piece() -> None:
    comparison = small()
    feed(comparison, voice(1, 3.0))
    feed(comparison, voice(1, 1.5), 10.0)
    assert feed(comparison, voice(-1, 1.5), 40.0) == []
