"""The real pages, run through Home.py as the server does, on a data folder of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_tab import PASSWORD, Tab
from streamlit.runtime.pages_manager import PagesManager

from core import bootstrap, weight_table, weights
from core.bootstrap import House
from core.domain.clock import AnchoredClock
from core.settings import load_settings
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine


@pytest.fixture(scope="session")
def speech_model() -> WhisperEngine:
    return WhisperEngine(weights.resolve(weight_table.WHISPER_TINY_EN))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_model: WhisperEngine) -> Iterator[House]:
    """The house the pages will use; closed and forgotten after the test."""
    monkeypatch.chdir(Path(__file__).parents[2])
    for name, value in {"DATA_DIR": tmp_path, "VOICE": "browser", "RECRUITER_PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(name, str(value))
    transcription = TranscriptionService(speech_model, clock=AnchoredClock())
    house = bootstrap._HOUSES[tmp_path.resolve()] = bootstrap.build(load_settings(), transcription=transcription)
    yield house
    del bootstrap._HOUSES[tmp_path.resolve()]
    house.close()


@pytest.fixture
def running_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest makes each run the first of its server; here Home.py has been seen before, as a server has it."""
    make = PagesManager.__init__

    def seen(self: PagesManager, *args: object, **kwargs: object) -> None:
        PagesManager.uses_pages_directory = False
        make(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(PagesManager, "__init__", seen)


@pytest.fixture
def new_tab(house: House, running_server: None) -> Callable[..., Tab]:
    """Opens browser tabs."""

    def make(**browser: str) -> Tab:
        return Tab(house, **browser)

    return make


@pytest.fixture
def tab(new_tab: Callable[..., Tab]) -> Tab:
    return new_tab()
