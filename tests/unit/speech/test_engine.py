from collections.abc import Callable
from pathlib import Path

import pytest

from core import weights
from core.domain.errors import ModelUnavailable
from core.media.audio import Samples
from core.speech.guards import collapse_repeats
from core.speech.hearing import Effort, Piece
from core.speech.whisper import WhisperEngine
from core.speech.whisper_params import WhisperParams
from tests.unit.speech.samples import SENTENCES, word_errors


@pytest.mark.parametrize("sentence", SENTENCES)
def test_final_is_heard_with_confidence(engine: WhisperEngine, say: Callable[[str], Samples], sentence: str) -> None:
    heard = engine.decode([Piece(say(sentence))], Effort.FULL)[0]
    assert word_errors(sentence, heard.text) < 0.25
    assert 0.5 < heard.confidence <= 1.0
    assert heard.no_speech < 0.5


def test_interim_is_heard_on_a_short_context(engine: WhisperEngine, say: Callable[[str], Samples]) -> None:
    heard = engine.decode([Piece(say(SENTENCES[1]))], Effort.INTERIM)[0]
    assert word_errors(SENTENCES[1], collapse_repeats(heard.text)) < 0.25


def test_vocabulary_is_only_a_hint(say: Callable[[str], Samples]) -> None:
    path = weights.resolve(weights.WHISPER_TINY_EN)
    engine = WhisperEngine(path, params=WhisperParams(use_vocabulary=True))
    heard = engine.decode([Piece(say(SENTENCES[1]), "execution plan, index, query optimiser")], Effort.FULL)[0]
    assert word_errors(SENTENCES[1], heard.text) < 0.25


def test_missing_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        WhisperEngine(tmp_path).load()
