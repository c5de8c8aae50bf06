"""A whole house on a real SQLite file; only the clock is a fake, and the speech model is loaded once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse

from core import weight_table, weights
from core.bootstrap import House, build
from core.settings import Settings
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine
from core.storage.database import Database


@pytest.fixture(scope="session")
def speech_model() -> WhisperEngine:
    return WhisperEngine(weights.resolve(weight_table.WHISPER_TINY_EN))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to begin with: making the tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("template")
    database = Database("", folder)
    database.open()
    database.close()
    return folder / "interviews.db"


@pytest.fixture
def make_house(
    tmp_path: Path, clock: ManualClock, speech_model: WhisperEngine, empty_database: Path
) -> Iterator[MakeHouse]:
    """Builds houses on one data folder, with any setting replaced; all are closed in the end."""
    houses: list[House] = []

    def make(**settings: object) -> House:
        settings = {"data_dir": tmp_path / "data", "voice": "browser", "recruiter_password": "", **settings}
        file = Path(str(settings["data_dir"])) / "interviews.db"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(empty_database, file)
        transcription = TranscriptionService(speech_model, clock=clock)
        houses.append(build(Settings(_env_file=None, **settings), clock=clock, transcription=transcription))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    return make_house()


@pytest.fixture
def held(house: House, clock: ManualClock) -> Holder:
    """An interview of typed answers, ready to start, and the hand that holds it."""
    return Holder.ready(house, clock)
