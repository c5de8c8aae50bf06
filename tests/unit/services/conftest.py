"""A whole house on a real SQLite file; only the clock is a fake, and the speech model is loaded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse

from core import weights
from core.bootstrap import House, build
from core.settings import Settings
from core.speech.engine import WhisperEngine
from core.speech.service import TranscriptionService


@pytest.fixture(scope="session")
def speech_model() -> WhisperEngine:
    return WhisperEngine(weights.resolve(weights.WHISPER_TINY_EN))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_house(tmp_path: Path, clock: ManualClock, speech_model: WhisperEngine) -> Iterator[MakeHouse]:
    """Builds houses on one data folder, with any setting replaced; all are closed in the end."""
    houses: list[House] = []

    def make(**settings: object) -> House:
        settings = {"data_dir": tmp_path / "data", "voice": "browser", "recruiter_password": "", **settings}
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
