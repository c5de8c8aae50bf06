"""The service when an engine fails, hangs, dies or never comes up; what is not zero is speech."""

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from fakes.clock import ManualClock
from fakes.decoder import LoudIsSpeech
from fakes.scripted_engine import Answer, ScriptedEngine, say_lengths

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import ModelUnavailable, ProviderFailed
from core.domain.transcript import CaptionMode, FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.board import FAILED
from core.speech.hearing import Effort, Heard, Piece
from core.speech.pacing import PacingParams
from core.speech.service import TranscriptionService
from core.speech.service_params import ServiceParams
from core.speech.workers import WorkerParams
from tests.unit.speech.samples import feed_all, silence

WAIT_S = 20.0
Make = Callable[..., TranscriptionService]

dying = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""A thread ends by an exception, which is what the test is about."""


@pytest.fixture(autouse=True)
def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("captions", "windows"):
        monkeypatch.setattr(f"core.speech.{module}.SileroStream", LoudIsSpeech)


@pytest.fixture
def make() -> Iterator[Make]:
    """Starts services on an engine; all are stopped in the end."""
    made: list[TranscriptionService] = []

    def start(engine: object, *, workers: int = 2, live: int = 8, clock: Clock | None = None) -> TranscriptionService:
        params = ServiceParams(
            workers=WorkerParams(count=workers, check_every_s=0.02), pacing=PacingParams(max_live_speakers=live)
        )
        made.append(TranscriptionService(engine, params, clock or AnchoredClock()))  # type: ignore[arg-type]
        made[-1].start()
        return made[-1]

    yield start
    for service in made:
        service.stop(WAIT_S)


def loud(seconds: float) -> Samples:
    return np.full(int(seconds * SAMPLE_RATE), 1000, np.int16)


def utterances(*lengths_s: float) -> Samples:
    """Speech of these lengths with a second between; only the padding makes pieces longer."""
    return np.concatenate([part for seconds in lengths_s for part in (loud(seconds), silence(1.0))])


def long(pieces: Sequence[Piece]) -> bool:
    return any(piece.samples.size > 3 * SAMPLE_RATE for piece in pieces)


def break_on_long(pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
    if long(pieces):
        raise RuntimeError("engine broke")
    return say_lengths(pieces, effort)


class Once:
    """Does something at the first call for a final, then answers."""

    def __init__(self, first: Callable[[], None], then: Answer = say_lengths) -> None:
        self.first, self.then = first, then
        self._lock = threading.Lock()
        self.done = False

    def __call__(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        with self._lock:
            due, self.done = effort is not Effort.INTERIM and not self.done, self.done or effort is not Effort.INTERIM
        if due:
            self.first()
        return self.then(pieces, effort)


class Gate:
    """Holds up who comes first until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened, self.left = threading.Event(), threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.opened.wait(WAIT_S)
        self.left.set()


def fail() -> None:
    raise RuntimeError("engine broke")


def die() -> None:
    raise SystemExit


def heard(service: TranscriptionService, samples: Samples) -> list[FinalSegment]:
    """Feed an answer and wait for its words."""
    got: list[FinalSegment] = []
    stream = service.open_stream("a", got.append)
    stream.feed(samples)
    stream.finish()
    assert stream.wait_final(WAIT_S)
    return got


def test_one_failure_is_tried_again(make: Make) -> None:
    service = make(ScriptedEngine(Once(fail)))
    assert [s.engine for s in heard(service, loud(2))] == ["scripted"]
    assert service.failures == 1


def test_a_lasting_failure_is_delivered_as_failed_and_the_next_is_heard(make: Make) -> None:
    got = heard(make(ScriptedEngine(break_on_long)), utterances(4.0, 2.0))
    assert [(s.number, s.engine) for s in got] == [(0, FAILED), (1, "scripted")]
    assert (got[0].text, got[0].confidence) == ("", None)


def test_a_poison_piece_does_not_harm_its_neighbours_in_the_batch(make: Make) -> None:
    gate = Gate()
    engine = ScriptedEngine(Once(gate, break_on_long))
    service = make(engine, workers=1)
    streams = [(service.open_stream(str(n), got.append), got) for n, got in enumerate([[], [], [], []])]
    for (stream, _), seconds in zip(streams, (1.0, 2.0, 4.0, 1.5), strict=True):
        stream.feed(loud(seconds))
        stream.finish()
        assert gate.reached.wait(WAIT_S)
    gate.opened.set()
    for stream, _ in streams:
        assert stream.wait_final(WAIT_S)
    assert [[s.engine for s in got] for _, got in streams] == [["scripted"], ["scripted"], [FAILED], ["scripted"]]
    assert len(engine.asked[1][1]) == 3, "they were one batch"


def test_an_engine_that_answers_too_little_loses_nothing(make: Make) -> None:
    got = heard(make(ScriptedEngine(lambda *_: [])), loud(2))
    assert [(s.number, s.engine) for s in got] == [(0, FAILED)]


@dying
def test_the_words_of_a_worker_that_died_still_come_in_order(make: Make) -> None:
    got = heard(make(ScriptedEngine(Once(die))), utterances(1.0, 2.0, 1.5, 2.5))
    assert [(s.number, s.engine) for s in got] == [(n, "scripted") for n in range(4)]


@dying
def test_an_utterance_that_kills_each_worker_is_given_up(make: Make) -> None:
    def deadly(pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        return die() or [] if long(pieces) else say_lengths(pieces, effort)

    got = heard(make(ScriptedEngine(deadly), workers=1), utterances(4.0, 2.0))
    assert [s.engine for s in got] == [FAILED, "scripted"]


@dying
def test_a_last_decode_outlives_its_worker(make: Make) -> None:
    service = make(ScriptedEngine(Once(die)), workers=1)
    assert len(service.transcribe(utterances(2.0), effort=Effort.FULL, timeout_s=WAIT_S)) == 1


def test_words_of_a_worker_that_is_stuck_come_from_another_and_its_own_are_too_late(make: Make) -> None:
    clock, gate = ManualClock(), Gate()
    service = make(ScriptedEngine(Once(gate)), clock=clock)
    got: list[FinalSegment] = []
    stream = service.open_stream("a", got.append)
    stream.feed(loud(2))
    stream.finish()
    assert gate.reached.wait(WAIT_S)
    clock.tick(91.0)
    assert stream.wait_final(WAIT_S)
    gate.opened.set()
    assert gate.left.wait(WAIT_S)
    assert service.stop(WAIT_S)
    assert [s.number for s in got] == [0]
    assert stream.view().finals == tuple(got)


@pytest.mark.parametrize("error", [ModelUnavailable("not here"), RuntimeError("not here")], ids=["ours", "another"])
def test_an_engine_that_cannot_load_fails_utterances_at_once_and_says_why(make: Make, error: Exception) -> None:
    def load() -> None:
        raise error

    service = make(ScriptedEngine(load=load))
    assert not service.wait_ready(WAIT_S)
    assert [s.engine for s in heard(service, utterances(2.0, 1.0))] == [FAILED, FAILED]
    assert service.load_error is not None and "not here" in service.load_error.message
    assert not service.ready
    for effort in (Effort.LIVE, Effort.FULL):
        with pytest.raises(ModelUnavailable, match="not here"):
            service.transcribe(loud(2), effort=effort)


def test_what_was_said_before_the_engine_failed_to_load_is_delivered_as_failed(make: Make) -> None:
    gate = Gate()

    def load() -> None:
        gate()
        raise ModelUnavailable("not here")

    service = make(ScriptedEngine(load=load))
    stream = service.open_stream("a", lambda _s: None)
    stream.feed(np.concatenate((utterances(2.0), loud(1), silence(0.3))))  # the second pauses, and may go on
    gate.opened.set()
    stream.finish()
    assert stream.wait_final(WAIT_S)
    assert [s.engine for s in stream.view().finals] == [FAILED, FAILED]


def test_words_said_before_the_engine_is_up_come_when_it_is(make: Make) -> None:
    gate = Gate()
    service = make(ScriptedEngine(load=gate))
    stream = service.open_stream("a", lambda _s: None)
    stream.feed(utterances(2.0))
    assert not stream.wait_final(0.0)
    gate.opened.set()
    stream.finish()
    assert stream.wait_final(WAIT_S)
    assert [s.engine for s in stream.view().finals] == ["scripted"]


def test_a_service_started_again_after_a_failure_may_succeed(make: Make) -> None:
    loads = [ModelUnavailable("not yet")]

    def load() -> None:
        if loads:
            raise loads.pop()

    service = make(ScriptedEngine(load=load))
    assert not service.wait_ready(WAIT_S)
    assert service.stop(WAIT_S)
    service.start()
    assert service.wait_ready(WAIT_S)
    assert [s.engine for s in heard(service, loud(1))] == ["scripted"]


def test_stopping_decodes_what_waits(make: Make) -> None:
    gate = Gate()
    service = make(ScriptedEngine(Once(gate)), workers=1)
    streams = [service.open_stream(str(n), lambda _s: None, interims=n % 2 == 0) for n in range(4)]
    for stream in streams:
        stream.feed(utterances(1.0, 2.0))
        stream.finish()
    assert gate.reached.wait(WAIT_S)
    threading.Timer(0.05, gate.opened.set).start()
    assert service.stop(WAIT_S)
    assert [len(stream.view().finals) for stream in streams] == [2, 2, 2, 2]
    assert all(s.engine == "scripted" for stream in streams for s in stream.view().finals)


def test_a_stopped_service_transcribes_nothing(make: Make) -> None:
    service = make(ScriptedEngine())
    assert service.stop(WAIT_S)
    for effort in (Effort.LIVE, Effort.FULL):
        with pytest.raises(ModelUnavailable):
            service.transcribe(loud(1), effort=effort)


@pytest.mark.parametrize("effort", [Effort.LIVE, Effort.FULL])
def test_a_clip_that_takes_too_long_is_refused(make: Make, effort: Effort) -> None:
    gate = Gate()
    service = make(ScriptedEngine(Once(gate)))
    with pytest.raises(ProviderFailed):
        service.transcribe(loud(2), effort=effort, timeout_s=0.05)
    gate.opened.set()


def test_what_is_left_of_a_last_decode_given_up_is_not_done(make: Make) -> None:
    gate = Gate()
    engine = ScriptedEngine(Once(gate))
    service = make(engine)
    recording = np.concatenate((loud(2), silence(5), loud(1), silence(5), loud(1.5)))
    with pytest.raises(ProviderFailed):
        service.transcribe(recording, effort=Effort.FULL, timeout_s=0.05)
    assert gate.reached.wait(WAIT_S)
    gate.opened.set()
    assert service.stop(WAIT_S)
    assert len(engine.asked) == 1


def test_words_never_cross_however_they_are_batched(make: Make) -> None:
    """Each speaker's pieces have lengths of their own, which is what the engine hears."""
    service = make(ScriptedEngine())
    got: list[list[str]] = [[] for _ in range(6)]
    streams = [service.open_stream(str(n), lambda s, to=words: to.append(s.text)) for n, words in enumerate(got)]

    def talk(n: int) -> None:
        for seconds in (1.0, 2.0, 1.5):
            feed_all(streams[n], np.concatenate((loud(seconds), loud(0.001 * 32 * n), silence(0.7))))
        streams[n].finish()

    threads = [threading.Thread(target=talk, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n, stream in enumerate(streams):
        assert stream.wait_final(WAIT_S)
        sizes = [round((s.end_s - s.start_s) * SAMPLE_RATE) for s in stream.view().finals]
        assert got[n] == [str(size) for size in sizes]
        assert len(got[n]) == 3


def test_above_the_cap_words_come_after_the_answer_and_the_page_says_so(make: Make) -> None:
    engine = ScriptedEngine()
    service = make(engine, live=1)
    first = service.open_stream("a", lambda _s: None)
    second = service.open_stream("b", lambda _s: None)
    feed_all(second, utterances(2.0, 1.0))
    assert first.view().mode is CaptionMode.LIVE
    assert second.view().mode is CaptionMode.AFTER
    assert second.view().interim == ""
    second.finish()
    assert second.wait_final(WAIT_S)
    assert len(second.view().finals) == 2
    assert second.quality().mode is CaptionMode.AFTER
    assert Effort.INTERIM not in [effort for effort, _ in engine.asked]


def test_a_freed_place_is_taken_by_who_waits(make: Make) -> None:
    service = make(ScriptedEngine(), live=1)
    first = service.open_stream("a", lambda _s: None)
    second = service.open_stream("b", lambda _s: None)
    first.finish()
    assert second.view().mode is CaptionMode.LIVE


def test_a_clip_takes_no_place_from_those_who_speak(make: Make) -> None:
    service = make(ScriptedEngine(), live=1)
    service.open_stream("clip", lambda _s: None, interims=False)
    assert service.open_stream("a", lambda _s: None).view().mode is CaptionMode.LIVE
