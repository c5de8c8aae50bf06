"""What becomes of a batch, whatever the engine does; the streams only write down what they are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from fakes.scripted_engine import Answer, ScriptedEngine, say_lengths

from core.domain.errors import ModelUnavailable, ProviderFailed
from core.domain.transcript import FinalSegment, Word
from core.speech.decoding import Decoder, Recorded, Speaking, Spoken
from core.speech.guards import GuardParams
from core.speech.hearing import Effort, Heard, Piece
from core.speech.utterance import InterimCut, Utterance
from core.speech.windows import Window

POISON = 666
"""Length of a piece the engine cannot bear."""


@dataclass
class Stream:
    """Takes the place of a caption stream."""

    wanted: bool = True
    cut: InterimCut | None = None
    got: list[tuple[FinalSegment, bool]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def wants(self, utterance: Utterance) -> bool:
        return self.wanted

    def deliver(self, segment: FinalSegment, *, presumed: bool = False) -> None:
        self.got.append((segment, presumed))

    def cut_interim(self) -> InterimCut | None:
        return self.cut

    def show_interim(self, cut: InterimCut, text: str, words: Sequence[Word] = ()) -> None:
        self.shown.append(text)


def loud(size: int) -> Any:
    return np.full(size, 3000, np.int16)


def spoken(size: int, number: int = 0, **more: Any) -> Spoken:
    stream: Any = more.pop("stream", None) or Stream()
    return Spoken(stream, Utterance(number, loud(size), 1.0, 1.0 + size / 16_000, "hint", **more))


def speaking(size: int | None) -> Speaking:
    stream: Any = Stream(cut=None if size is None else InterimCut(0, loud(size), 1.0))
    return Speaking(stream)


def recorded() -> Recorded:
    return Recorded(Window(((16_000, 32_000),)), loud(16_000), "hint")


def decoder(answer: Answer = say_lengths, full: Answer = say_lengths) -> Decoder:
    return Decoder(ScriptedEngine(answer), ScriptedEngine(full), GuardParams())


def texts(work: Spoken) -> list[str]:
    return [segment.text for segment, _ in work.stream.got]  # type: ignore[attr-defined]


def poisoned(pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
    if any(piece.samples.size == POISON for piece in pieces):
        raise RuntimeError("engine broke")
    return say_lengths(pieces, effort)


def too_few(pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
    return say_lengths(pieces, effort)[1:]


def test_each_speaker_gets_the_words_of_his_own_piece() -> None:
    works = [spoken(1000 + n, n) for n in range(4)]
    assert decoder().finals(works) == []
    assert [texts(work) for work in works] == [["1000"], ["1001"], ["1002"], ["1003"]]


def test_a_poison_piece_does_not_harm_its_neighbours() -> None:
    works = [spoken(1000), spoken(POISON), spoken(1002)]
    assert decoder(poisoned).finals(works) == [works[1]]
    assert [texts(work) for work in works] == [["1000"], [], ["1002"]]


def test_an_engine_that_answers_too_little_has_failed() -> None:
    works = [spoken(1000), spoken(1001)]
    assert decoder(too_few).finals(works) == works
    assert [texts(work) for work in works] == [[], []]


def test_an_answer_that_makes_no_sense_is_a_failure() -> None:
    work = spoken(1000)
    assert decoder(lambda *_: [None]).finals([work]) == [work]  # type: ignore[list-item]


def test_an_engine_known_not_to_load_is_not_asked() -> None:
    engine = ScriptedEngine()
    made = Decoder(engine, engine, GuardParams())
    made.unavailable = ModelUnavailable("not here")
    work = spoken(1000)
    assert made.finals([work]) == [work]
    assert made.interims([speaking(1000)]) == 0
    assert engine.asked == []


def test_what_was_heard_at_a_presumed_end_is_delivered_without_decoding() -> None:
    engine = ScriptedEngine()
    made = Decoder(engine, engine, GuardParams())
    made.unavailable = ModelUnavailable("gone since")
    words = FinalSegment(0, "words", 1.0, 2.0)
    work = spoken(1000, heard=words)
    assert made.finals([work]) == []
    assert work.stream.got == [(words, False)]  # type: ignore[attr-defined]
    assert engine.asked == []


def test_a_presumed_end_nobody_wants_any_more_is_not_decoded() -> None:
    engine = ScriptedEngine()
    overtaken = spoken(1000, presumed=True, stream=Stream(wanted=False))
    wanted = spoken(1001, presumed=True)
    assert Decoder(engine, engine, GuardParams()).finals([overtaken, wanted]) == []
    assert engine.asked == [(Effort.LIVE, [1001])]
    assert [presumed for _, presumed in wanted.stream.got] == [True]  # type: ignore[attr-defined]


def test_word_times_are_those_of_the_stream() -> None:
    word = Word("hello", 0.1, 0.4, 0.8)
    work = spoken(16_000)
    decoder(lambda *_: [Heard("hello", 0.9, 0.0, (word,), engine="e")]).finals([work])
    ((segment, _),) = work.stream.got  # type: ignore[attr-defined]
    assert [(w.start_s, w.end_s) for w in segment.words] == [(1.1, 1.4)]


def test_a_text_refused_by_the_guards_leaves_no_words_behind() -> None:
    word = Word("hello", 0.1, 0.4, 0.8)
    work = spoken(16_000)
    decoder(lambda *_: [Heard("hello", 0.05, 0.0, (word,), engine="e")]).finals([work])
    ((segment, _),) = work.stream.got  # type: ignore[attr-defined]
    assert (segment.text, segment.words) == ("", ())


def test_interims_are_decoded_together_without_those_who_fell_silent() -> None:
    engine = ScriptedEngine()
    works = [speaking(5000), speaking(None), speaking(5001)]
    assert Decoder(engine, engine, GuardParams()).interims(works) == 2
    assert engine.asked == [(Effort.INTERIM, [5000, 5001])]
    assert [work.stream.shown for work in works] == [["5000"], [], ["5001"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [poisoned, too_few], ids=["it raises", "it answers too little"])
def test_interims_that_fail_cost_themselves_only(answer: Answer) -> None:
    made = decoder(answer)
    assert made.interims([speaking(POISON), speaking(5000)]) == 0
    assert made.failures == 1


def test_a_recording_is_heard_by_the_best_engine() -> None:
    live, full = ScriptedEngine(), ScriptedEngine()
    work = recorded()
    Decoder(live, full, GuardParams()).recorded(work)
    assert work.done.is_set() and work.segment is not None
    assert (work.segment.text, work.segment.start_s, work.segment.end_s) == ("16000", 1.0, 2.0)
    assert (live.asked, full.asked) == ([], [(Effort.FULL, [16_000])])


def test_a_recordings_failure_is_told_as_it_is() -> None:
    def unreachable(*_: object) -> list[Heard]:
        raise ProviderFailed("unreachable")

    work = recorded()
    decoder(full=unreachable).recorded(work)
    assert work.done.is_set()
    assert isinstance(work.error, ProviderFailed)


def test_any_other_failure_of_a_recording_is_one_of_the_engine() -> None:
    work = recorded()
    decoder(full=lambda *_: []).recorded(work)
    assert work.done.is_set()
    assert isinstance(work.error, ModelUnavailable)


def test_a_recording_nobody_waits_for_any_more_is_not_decoded() -> None:
    full = ScriptedEngine()
    work = recorded()
    work.unwanted = True
    Decoder(full, full, GuardParams()).recorded(work)
    assert full.asked == []
