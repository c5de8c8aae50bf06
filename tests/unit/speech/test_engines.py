import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes.clock import ManualClock
from fakes.transcription_server import Answer, TranscriptionServer

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import decode_clip
from core.speech.engines import EndpointAddress, EngineParams, Engines, make_engines
from core.speech.hearing import Effort, Piece
from core.speech.machine import Machine, measure_machine
from core.speech.models import ModelShelf
from tests.unit.speech.samples import SENTENCES, word_errors

SMALL = Machine(cores=2, free_memory_mb=4_000)
SECOND = Piece(np.zeros(SAMPLE_RATE, np.int16))
GERMAN = "Guten Morgen, wie geht es Ihnen heute?"
needs_base = pytest.mark.skipif(
    not weights.is_installed(weight_table.WHISPER_BASE_1), reason="requirements-models.txt not installed"
)


@pytest.fixture
def server() -> Iterator[TranscriptionServer]:
    with TranscriptionServer().running() as server:
        yield server


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Engines]:
    """Engines of an installation whose hub cache is empty."""
    shelf = ModelShelf(tmp_path / "joined", cache_dir=tmp_path / "hub")

    def build(machine: Machine = SMALL, clock: ManualClock | None = None, **params: object) -> Engines:
        return make_engines(EngineParams(**params), shelf, clock=clock, machine=machine)  # type: ignore[arg-type]

    return build


@pytest.mark.parametrize("by", ["nothing", "name", "folder"])
def test_the_bundled_model_hears(make: Callable[..., Engines], say: Callable[[str], Samples], by: str) -> None:
    model = {"nothing": "", "name": "tiny.en", "folder": str(weights.resolve(weight_table.WHISPER_TINY_EN))}[by]
    engines = make(model=model)
    engines.live.load()
    heard = engines.live.decode([Piece(say(SENTENCES[0]))], Effort.FULL)[0]
    assert word_errors(SENTENCES[0], heard.text) < 0.25
    assert (heard.degraded, engines.warnings) == ("", [])


def test_by_default_the_last_decode_is_done_by_the_same_engine(make: Callable[..., Engines]) -> None:
    engines = make()
    assert engines.full is engines.live


def test_a_model_that_cannot_be_had_is_replaced_with_a_warning(make: Callable[..., Engines]) -> None:
    engines = make(model="small.en")
    engines.live.load()
    heard = engines.live.decode([SECOND], Effort.LIVE)[0]
    assert heard.engine == "whisper-tiny.en"
    assert heard.degraded == "whisper-small.en: The speech model “small.en” is not on this machine"
    assert len(engines.warnings) == 1 and "WHISPER_DOWNLOAD" in engines.warnings[0]


def test_a_final_model_that_cannot_be_had_leaves_the_last_decode_to_the_live_one(make: Callable[..., Engines]) -> None:
    engines = make(final_model="small.en")
    assert "small.en" in engines.full.decode([SECOND], Effort.FULL)[0].degraded
    assert engines.live.decode([SECOND], Effort.LIVE)[0].degraded == ""


def test_a_folder_that_holds_something_else_is_replaced_with_a_warning(
    make: Callable[..., Engines], tmp_path: Path
) -> None:
    (tmp_path / "model.bin").write_bytes(b"no model at all")
    engines = make(model=str(tmp_path))
    engines.live.load()
    assert engines.live.name == "whisper-tiny.en"
    assert "cannot be loaded" in engines.warnings[0]


@pytest.mark.parametrize(
    "model", ["tiny.en", str(weights.resolve(weight_table.WHISPER_TINY_EN))], ids=["name", "folder"]
)
def test_an_english_model_refuses_another_language(make: Callable[..., Engines], model: str) -> None:
    with pytest.raises(ModelUnavailable, match="knows English only") as caught:
        make(model=model, language="fr").live.load()
    assert "INTERVIEW_LANGUAGE" in caught.value.next_step


def test_for_another_language_nothing_falls_back_to_english(make: Callable[..., Engines]) -> None:
    with pytest.raises(ModelUnavailable, match="not on this machine"):
        make(model="small", language="fr").live.load()


@needs_base
def test_another_language_is_heard_by_the_multilingual_model(make: Callable[..., Engines], tmp_path: Path) -> None:
    clip = tmp_path / "german.wav"
    subprocess.run(["espeak-ng", "-v", "de", "-s", "130", "-w", clip, GERMAN], check=True, timeout=60)
    engines = make(language="de")
    heard = engines.live.decode([Piece(decode_clip(clip.read_bytes()))], Effort.FULL)[0]
    assert (heard.engine, heard.degraded) == ("whisper-base", "")
    assert word_errors(GERMAN, heard.text) < 0.5


@needs_base
def test_a_language_nobody_knows_is_refused(make: Callable[..., Engines]) -> None:
    with pytest.raises(ModelUnavailable, match="does not know the language"):
        make(language="zz").live.load()


def test_without_cuda_auto_takes_the_cpu(make: Callable[..., Engines]) -> None:
    engines = make()
    assert engines.live.name == "whisper-tiny.en"
    assert engines.warnings == []


def test_cuda_that_is_not_there_is_told(make: Callable[..., Engines]) -> None:
    assert "no CUDA device" in make(device="cuda").warnings[0]


@pytest.mark.skipif(measure_machine().cuda_devices > 0, reason="has a CUDA device")
def test_cuda_that_fails_on_loading_gives_way_to_the_cpu(make: Callable[..., Engines]) -> None:
    engines = make(machine=Machine(2, 4_000, cuda_devices=1))
    engines.live.load()
    assert engines.live.status.wanted == "whisper-tiny.en on CUDA"
    assert engines.live.name == "whisper-tiny.en"


def test_the_endpoint_hears_first_when_told_so(make: Callable[..., Engines], server: TranscriptionServer) -> None:
    engines = make(endpoint=EndpointAddress(server.url, "large"), order=("endpoint", "local"))
    assert engines.live.decode([SECOND], Effort.LIVE)[0].engine == "endpoint large"


def test_behind_a_refusing_endpoint_the_bundled_model_hears(
    make: Callable[..., Engines], server: TranscriptionServer
) -> None:
    server.reply = lambda _upload: Answer({"error": ""}, 401)
    engines = make(endpoint=EndpointAddress(server.url, "large"), order=("endpoint", "local"))
    heard = engines.live.decode([SECOND], Effort.LIVE)[0]
    assert heard.engine == "whisper-tiny.en"
    assert heard.degraded == "endpoint large: The transcription endpoint refused the key (401)"


def test_notes_tell_of_an_outage_and_fall_silent_after_it(
    make: Callable[..., Engines], server: TranscriptionServer
) -> None:
    server.reply = lambda _upload: Answer({"error": ""}, 401) if len(server.uploads) == 1 else Answer()
    clock = ManualClock()
    engines = make(clock=clock, endpoint=EndpointAddress(server.url), order=("endpoint", "local"))
    engines.live.decode([SECOND], Effort.LIVE)
    assert engines.notes()[0].startswith("Speech is heard by whisper-tiny.en, because: endpoint whisper-1: ")
    clock.tick(61)
    engines.live.decode([SECOND], Effort.LIVE)
    assert engines.notes() == []


def test_the_endpoint_hears_what_no_local_model_can(make: Callable[..., Engines], server: TranscriptionServer) -> None:
    engines = make(model="tiny.en", language="fr", endpoint=EndpointAddress(server.url), order=("local", "endpoint"))
    engines.live.load()
    heard = engines.live.decode([SECOND], Effort.LIVE)[0]
    assert heard.engine == "endpoint whisper-1"
    assert server.uploads[0].fields["language"] == ["fr"]


def test_an_endpoint_that_is_not_in_the_order_is_told_and_not_asked(
    make: Callable[..., Engines], server: TranscriptionServer
) -> None:
    engines = make(endpoint=EndpointAddress(server.url))
    engines.live.decode([SECOND], Effort.LIVE)
    assert server.uploads == []
    assert "not used" in engines.warnings[0]


def test_an_order_without_an_endpoint_is_told(make: Callable[..., Engines]) -> None:
    assert "TRANSCRIPTION_URL is empty" in make(order=("endpoint", "local")).warnings[0]


def test_the_key_is_not_shown_when_the_address_is_printed() -> None:
    assert "sk-1" not in repr(EngineParams(endpoint=EndpointAddress("http://x", key="sk-1")))
