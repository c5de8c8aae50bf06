import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes.clock import ManualClock
from fakes.transcription_server import Answer, TranscriptionServer

from core.domain.errors import ModelUnavailable, ProviderFailed
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.endpoint import EndpointEngine, EndpointParams
from core.speech.engine_chain import MAX_LABEL, ChainParams, EngineChain, Link, engine_label
from core.speech.hearing import Effort, Heard, Piece
from core.speech.whisper import WhisperEngine
from tests.unit.speech.samples import SENTENCES, word_errors

QUICK = EndpointParams(live_deadline_s=5.0, full_deadline_s=5.0, tries=1)
SECOND = Piece(np.zeros(SAMPLE_RATE, np.int16))
BUSY = Answer({"error": ""}, 503)


class Stumbling:
    """A local engine that raises what CTranslate2 raises, as often as it is told to."""

    name = "stumbling"

    def __init__(self, failures: int) -> None:
        self.failures = failures

    def load(self) -> None:
        pass

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("CUDA failed")
        return [Heard("heard", 0.9, 0.0, engine=self.name) for _ in pieces]


@pytest.fixture
def server() -> Iterator[TranscriptionServer]:
    with TranscriptionServer().running() as server:
        yield server


@pytest.fixture
def remote(server: TranscriptionServer) -> Link:
    return Link(EndpointEngine(server.url, "whisper-1", params=QUICK), local=False)


@pytest.fixture
def missing(tmp_path: Path) -> Link:
    return Link(WhisperEngine(tmp_path / "gone", name="whisper-gone"))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_the_first_engine_hears_without_a_reason(remote: Link, engine: WhisperEngine) -> None:
    heard = EngineChain([remote, Link(engine)]).decode([SECOND], Effort.LIVE)[0]
    assert (heard.text, heard.engine, heard.degraded) == ("hello", "endpoint whisper-1", "")


def test_behind_a_dead_endpoint_the_local_model_hears_and_says_why(
    engine: WhisperEngine, say: Callable[[str], Samples]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    dead = EndpointEngine(f"http://127.0.0.1:{port}/v1", "whisper-1", params=QUICK)
    heard = EngineChain([Link(dead, local=False), Link(engine)]).decode([Piece(say(SENTENCES[1]))], Effort.FULL)[0]
    assert word_errors(SENTENCES[1], heard.text) < 0.25
    assert heard.engine == "whisper-tiny.en"
    assert heard.degraded == "endpoint whisper-1: The transcription endpoint cannot be reached (ConnectError)"


def test_an_endpoint_that_failed_is_left_alone(
    server: TranscriptionServer, remote: Link, engine: WhisperEngine, clock: ManualClock
) -> None:
    chain = EngineChain([remote, Link(engine)], clock=clock)
    server.reply = lambda _upload: BUSY
    chain.decode([SECOND], Effort.LIVE)
    clock.tick(59)
    assert "503" in chain.decode([SECOND], Effort.LIVE)[0].degraded
    assert len(server.uploads) == 1


def test_an_endpoint_comes_back_after_the_pause(
    server: TranscriptionServer, remote: Link, engine: WhisperEngine, clock: ManualClock
) -> None:
    chain = EngineChain([remote, Link(engine)], ChainParams(retry_after_s=60), clock)
    server.reply = lambda _upload: BUSY if len(server.uploads) == 1 else Answer()
    chain.decode([SECOND], Effort.LIVE)
    clock.tick(61)
    heard = chain.decode([SECOND], Effort.LIVE)[0]
    assert (heard.engine, heard.degraded) == ("endpoint whisper-1", "")


def test_only_one_decode_tries_an_endpoint_that_was_down(
    server: TranscriptionServer, remote: Link, engine: WhisperEngine, clock: ManualClock
) -> None:
    chain = EngineChain([remote, Link(engine)], clock=clock)
    beside: list[Heard] = []

    def reply(_upload: object) -> Answer:
        if len(server.uploads) == 2:  # while the first is being tried again, somebody else speaks
            beside.extend(chain.decode([SECOND], Effort.LIVE))
        return BUSY

    server.reply = reply
    chain.decode([SECOND], Effort.LIVE)
    clock.tick(61)
    chain.decode([SECOND], Effort.LIVE)
    assert beside[0].engine == "whisper-tiny.en"
    assert len(server.uploads) == 2


def test_interims_are_never_sent(server: TranscriptionServer, remote: Link, engine: WhisperEngine) -> None:
    heard = EngineChain([remote, Link(engine)]).decode([SECOND], Effort.INTERIM)[0]
    assert (heard.engine, heard.degraded) == ("whisper-tiny.en", "")
    assert server.uploads == []


def test_interims_may_be_sent_by_choice(server: TranscriptionServer, remote: Link, engine: WhisperEngine) -> None:
    chain = EngineChain([remote, Link(engine)], ChainParams(interims_local=False))
    assert chain.decode([SECOND], Effort.INTERIM)[0].text == "hello"


def test_without_a_local_model_there_are_no_interims_but_finals(remote: Link, missing: Link) -> None:
    chain = EngineChain([missing, remote])
    chain.load()
    assert chain.decode([SECOND], Effort.INTERIM)[0].text == ""
    assert chain.decode([SECOND], Effort.LIVE)[0].text == "hello"


def test_loading_skips_a_model_that_is_missing_and_warns_once(missing: Link, engine: WhisperEngine) -> None:
    warnings: list[str] = []
    chain = EngineChain([missing, Link(engine)], warn=warnings.append)
    chain.load()
    assert "whisper-gone" in chain.decode([SECOND], Effort.LIVE)[0].degraded
    assert len(warnings) == 1 and "whisper-gone" in warnings[0]


def test_a_model_that_is_missing_is_noticed_without_loading_first(missing: Link, engine: WhisperEngine) -> None:
    assert EngineChain([missing, Link(engine)]).decode([SECOND], Effort.LIVE)[0].engine == "whisper-tiny.en"


def test_loading_behind_an_endpoint_loads_the_local_model(remote: Link, tmp_path: Path) -> None:
    asked: list[str] = []

    def find() -> Path:
        asked.append("local")
        return tmp_path

    EngineChain([remote, Link(WhisperEngine(find))]).load()
    assert asked == ["local"]


def test_nothing_that_can_be_loaded_is_an_error_with_its_reason(missing: Link) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        EngineChain([missing]).load()


def test_when_all_fail_each_reason_is_told(server: TranscriptionServer, remote: Link, missing: Link) -> None:
    server.reply = lambda _upload: Answer({"error": ""}, 401)
    with pytest.raises(ProviderFailed) as caught:
        EngineChain([remote, missing]).decode([SECOND], Effort.LIVE)
    assert "401" in caught.value.message and "cannot be loaded" in caught.value.message


def test_a_local_stumble_costs_one_decode_only(engine: WhisperEngine) -> None:
    chain = EngineChain([Link(Stumbling(1)), Link(engine)])
    assert chain.decode([SECOND], Effort.LIVE)[0].engine == "whisper-tiny.en"
    assert chain.decode([SECOND], Effort.LIVE)[0].engine == "stumbling"


def test_status_tells_who_hears_and_why(
    server: TranscriptionServer, remote: Link, engine: WhisperEngine, clock: ManualClock
) -> None:
    chain = EngineChain([remote, Link(engine)], clock=clock)
    assert (chain.name, chain.status.degraded, chain.status.text) == ("endpoint whisper-1", False, "endpoint whisper-1")
    server.reply = lambda _upload: BUSY
    chain.decode([SECOND], Effort.LIVE)
    assert chain.name == "whisper-tiny.en"
    assert chain.status.text.startswith("whisper-tiny.en, because: endpoint whisper-1: ")


def test_label_names_the_engine_alone_when_it_was_asked_first() -> None:
    assert engine_label(Heard("x", 0.9, 0.0, engine="whisper-tiny.en")) == "whisper-tiny.en"


def test_label_gives_the_reason_in_brackets() -> None:
    heard = Heard("x", 0.9, 0.0, engine="whisper-tiny.en", degraded="endpoint: not reachable")
    assert engine_label(heard) == "whisper-tiny.en (endpoint: not reachable)"


def test_label_is_cut_to_what_is_stored() -> None:
    label = engine_label(Heard("x", 0.9, 0.0, engine="whisper-tiny.en", degraded="because " * 60))
    assert len(label) == MAX_LABEL and label.endswith("…)")
