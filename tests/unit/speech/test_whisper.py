import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.guards import collapse_repeats, judge
from core.speech.hearing import Effort, Heard, Piece
from core.speech.whisper import WhisperEngine
from core.speech.whisper_params import WhisperParams
from tests.unit.speech.samples import SENTENCES, silence, word_errors

WORST = {Effort.INTERIM: 0.2, Effort.LIVE: 0.15, Effort.FULL: 0.15}
"""Word error rate of any one sentence."""
NOISE = np.random.default_rng(5).integers(-32768, 32768, 2 * SAMPLE_RATE).astype(np.int16)

Say = Callable[[str], Samples]


def one(engine: WhisperEngine, samples: Samples, effort: Effort, vocabulary: str = "") -> Heard:
    (heard,) = engine.decode([Piece(samples, vocabulary)], effort)
    return heard


@pytest.mark.parametrize("effort", Effort)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_heard_within_the_bound_of_its_effort(
    engine: WhisperEngine, say: Say, sentence: str, effort: Effort
) -> None:
    heard = one(engine, say(sentence), effort)
    assert word_errors(sentence, collapse_repeats(heard.text)) <= WORST[effort]


@pytest.mark.parametrize("effort", Effort)
def test_few_words_are_wrong_over_all(engine: WhisperEngine, say: Say, effort: Effort) -> None:
    heard = [collapse_repeats(one(engine, say(sentence), effort).text) for sentence in SENTENCES]
    assert word_errors(" ".join(SENTENCES), " ".join(heard)) <= 0.1


@pytest.mark.parametrize("effort", Effort)
def test_what_is_heard_has_a_confidence_and_was_said(engine: WhisperEngine, say: Say, effort: Effort) -> None:
    heard = one(engine, say(SENTENCES[0]), effort)
    assert heard.confidence is not None and 0.5 < heard.confidence <= 1.0
    assert heard.no_speech < 0.5
    assert heard.engine == "whisper-tiny.en"


@pytest.mark.parametrize("effort", Effort)
def test_words_make_up_the_text_with_times_inside_the_piece(engine: WhisperEngine, say: Say, effort: Effort) -> None:
    samples = say(SENTENCES[1])
    heard = one(engine, samples, effort)
    assert [word.text for word in heard.words] == heard.text.split()
    at = 0.0
    for word in heard.words:
        assert at <= word.start_s <= word.end_s <= samples.size / SAMPLE_RATE
        assert 0 < word.confidence <= 1
        at = word.start_s


def test_words_are_where_they_were_said(engine: WhisperEngine, say: Say) -> None:
    """All but the first, which takes the silence in front: of a live piece no more than its padding."""
    samples = say(SENTENCES[1])
    words, later = (
        one(engine, samples, Effort.LIVE).words,
        one(engine, np.concatenate((silence(2), samples)), Effort.LIVE),
    )
    assert [w.text for w in words] == [w.text for w in later.words]
    for word, other in zip(words[1:], later.words[1:], strict=True):
        assert other.start_s == pytest.approx(word.start_s + 2.0, abs=0.3)


@pytest.mark.parametrize("effort", Effort)
def test_a_batch_hears_what_each_piece_alone_would_give(engine: WhisperEngine, say: Say, effort: Effort) -> None:
    """The context is that of the longest, so a word may differ."""
    pieces = [Piece(say(sentence)) for sentence in (*SENTENCES, "No.")]
    together = engine.decode(pieces, effort)
    assert len(together) == len(pieces)
    for piece, heard in zip(pieces, together, strict=True):
        alone = one(engine, piece.samples, effort)
        assert word_errors(alone.text, collapse_repeats(heard.text)) <= 0.15
        assert all(word.end_s <= piece.samples.size / SAMPLE_RATE for word in heard.words)


def test_an_empty_piece_in_a_batch_is_heard_as_nothing(engine: WhisperEngine, say: Say) -> None:
    speech = Piece(say(SENTENCES[2]))
    heard = engine.decode([Piece(silence(0)), speech, Piece(silence(0))], Effort.LIVE)
    assert [h.text for h in heard[::2]] == ["", ""]
    assert word_errors(SENTENCES[2], heard[1].text) <= 0.15


def test_of_no_pieces_nothing_is_heard(engine: WhisperEngine) -> None:
    assert engine.decode([], Effort.LIVE) == []


@pytest.mark.parametrize("effort", Effort)
@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.ones(1, np.int16), id="one sample"),
        pytest.param(np.ones(159, np.int16), id="less than a frame"),
        pytest.param(np.ones(161, np.int16), id="a frame"),
        pytest.param(silence(1), id="silence"),
        pytest.param(np.full(SAMPLE_RATE, -32768, np.int16), id="the lowest value throughout"),
        pytest.param(np.tile(np.array([32767, -32768], np.int16), 16_000), id="full swing"),
    ],
)
def test_what_is_no_speech_breaks_nothing_and_is_refused_by_the_guards(
    engine: WhisperEngine, samples: Samples, effort: Effort
) -> None:
    heard = one(engine, samples, effort)
    assert judge(heard, samples) == ""
    assert all(0 <= w.start_s <= w.end_s <= samples.size / SAMPLE_RATE for w in heard.words)


def test_full_scale_noise_breaks_nothing_and_makes_no_flood(engine: WhisperEngine) -> None:
    """Whether a word is made of it is for the voice detector in front; its number is capped here."""
    for effort in Effort:
        assert len(one(engine, NOISE, effort).text.split()) <= 40


def test_beyond_thirty_seconds_nothing_is_heard_and_nothing_breaks(engine: WhisperEngine, say: Say) -> None:
    samples = np.concatenate((say(SENTENCES[1]), silence(40), say(SENTENCES[2])))
    for effort in (Effort.LIVE, Effort.FULL):
        heard = one(engine, samples, effort)
        assert "query" in heard.text
        assert "integration" not in heard.text


def test_several_threads_may_decode_at_once(engine: WhisperEngine, say: Say) -> None:
    heard: dict[int, str] = {}

    def decode(n: int) -> None:
        heard[n] = one(engine, say(SENTENCES[n % 3]), Effort.LIVE).text

    threads = [threading.Thread(target=decode, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(word_errors(SENTENCES[n % 3], text) <= 0.15 for n, text in heard.items())
    assert len(heard) == 6


def test_vocabulary_is_only_a_hint(say: Say) -> None:
    path = weights.resolve(weight_table.WHISPER_TINY_EN)
    engine = WhisperEngine(path, params=WhisperParams(use_vocabulary=True))
    heard = one(engine, say(SENTENCES[1]), Effort.FULL, "execution plan, index, query optimiser")
    assert word_errors(SENTENCES[1], heard.text) < 0.25


def test_a_hint_however_long_is_no_failure(say: Say) -> None:
    path = weights.resolve(weight_table.WHISPER_TINY_EN)
    engine = WhisperEngine(path, params=WhisperParams(use_vocabulary=True))
    pieces = [Piece(say(SENTENCES[1]), "index " * 5000), Piece(say(SENTENCES[2]))]
    assert len(engine.decode(pieces, Effort.LIVE)) == 2


def test_a_missing_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        WhisperEngine(tmp_path).load()


def test_a_damaged_model_says_so(tmp_path: Path) -> None:
    whole = weights.resolve(weight_table.WHISPER_TINY_EN)
    for file in whole.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelUnavailable):
        WhisperEngine(tmp_path).load()


def test_an_english_model_refuses_another_language() -> None:
    engine = WhisperEngine(weights.resolve(weight_table.WHISPER_TINY_EN), language="de")
    with pytest.raises(ModelUnavailable, match="English only"):
        engine.load()
