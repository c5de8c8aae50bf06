"""A recording decoded once more; what is not zero is speech, and the engine says what a test wants."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from fakes.decoder import LoudIsSpeech
from fakes.scripted_engine import Answer, ScriptedEngine

from core.domain.transcript import Word
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.hearing import Effort, Heard, Piece
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine
from tests.unit.speech.samples import silence, word_errors

Make = Callable[[Answer], tuple[TranscriptionService, ScriptedEngine]]


@pytest.fixture
def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.speech.windows.SileroStream", LoudIsSpeech)


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[TranscriptionService] = []

    def start(answer: Answer) -> tuple[TranscriptionService, ScriptedEngine]:
        engine = ScriptedEngine(answer)
        made.append(TranscriptionService(engine))
        made[-1].start()
        return made[-1], engine

    yield start
    for service in made:
        service.stop()


def recording(*parts: tuple[float, float]) -> Samples:
    """Silence and speech in turn, seconds of each."""
    loud = [(silence(quiet_s), np.full(int(loud_s * SAMPLE_RATE), 1000, np.int16)) for quiet_s, loud_s in parts]
    return np.concatenate([*(sound for pair in loud for sound in pair), silence(1)])


def say(*texts_at: tuple[str, float], confidence: float = 0.9) -> list[Heard]:
    words = tuple(Word(text, at, at + 0.3, confidence) for text, at in texts_at)
    return [Heard(" ".join(word.text for word in words), confidence, 0.0, words, engine="scripted")]


def only_the_first_sentence(pieces: Sequence[Piece], _effort: Effort) -> list[Heard]:
    """As a decoder that stops at a full stop; a piece of one second is heard as what it is alone."""
    return say(("first", 0.5)) if pieces[0].samples.size > 2 * SAMPLE_RATE else say(("alone", 0.3))


@pytest.mark.usefixtures("loud_is_speech")
def test_utterances_near_each_other_are_decoded_together(make: Make) -> None:
    service, engine = make(lambda *_: say(("one", 0.5), ("two", 2.5)))
    found = service.transcribe(recording((0.5, 1.0), (1.0, 1.0)), effort=Effort.FULL)
    assert [(s.number, s.text) for s in found] == [(0, "one"), (1, "two")]
    assert len(engine.asked) == 1


@pytest.mark.usefixtures("loud_is_speech")
def test_an_utterance_left_out_of_its_window_is_decoded_alone(make: Make) -> None:
    service, engine = make(only_the_first_sentence)
    found = service.transcribe(recording((0.5, 1.0), (1.0, 1.0)), effort=Effort.FULL)
    assert [(s.number, s.text) for s in found] == [(0, "first"), (1, "alone")]
    assert 2.2 < found[1].start_s < found[1].words[0].start_s < found[1].end_s
    assert len(engine.asked) == 2


@pytest.mark.usefixtures("loud_is_speech")
def test_what_was_decoded_alone_stands_where_it_was_said(make: Make) -> None:
    def without_the_middle(pieces: Sequence[Piece], _effort: Effort) -> list[Heard]:
        whole = pieces[0].samples.size > 2 * SAMPLE_RATE
        return say(("first", 0.5), ("last", 4.5)) if whole else say(("middle", 0.3))

    service, _ = make(without_the_middle)
    found = service.transcribe(recording((0.5, 1.0), (1.0, 1.0), (1.0, 1.0)), effort=Effort.FULL)
    assert [(s.number, s.text) for s in found] == [(0, "first"), (1, "middle"), (2, "last")]


@pytest.mark.usefixtures("loud_is_speech")
def test_an_utterance_without_words_alone_is_not_asked_for_again(make: Make) -> None:
    service, engine = make(lambda *_: say())
    assert service.transcribe(recording((0.5, 1.0)), effort=Effort.FULL) == []
    assert len(engine.asked) == 1


@pytest.mark.usefixtures("loud_is_speech")
def test_a_window_refused_as_a_whole_is_asked_for_once_more_in_parts(make: Make) -> None:
    service, engine = make(lambda *_: say(("noise", 0.5), confidence=0.05))
    assert service.transcribe(recording((0.5, 1.0), (1.0, 1.0)), effort=Effort.FULL) == []
    assert len(engine.asked) == 3


@pytest.mark.usefixtures("loud_is_speech")
@pytest.mark.parametrize(
    "sound", [silence(0), silence(5), np.ones(1, np.int16)], ids=["nothing", "silence", "a sample"]
)
def test_where_nobody_speaks_the_engine_is_not_asked(make: Make, sound: Samples) -> None:
    service, engine = make(lambda *_: say(("phantom", 0.0)))
    assert service.transcribe(sound, effort=Effort.FULL) == []
    assert engine.asked == []


def test_a_short_sentence_behind_another_is_not_left_out(
    make: Make, engine: WhisperEngine, say: Callable[[str], Samples]
) -> None:
    """Together tiny.en hears the first only."""
    service, _ = make(engine.decode)
    pair = ("So it is fast.", "Threads share memory.")
    found = service.transcribe(
        np.concatenate((say(pair[0]), silence(0.7), say(pair[1]), silence(0.3))), effort=Effort.FULL
    )
    assert word_errors(" ".join(pair), " ".join(s.text for s in found)) < 0.35
