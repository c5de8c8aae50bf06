"""A real SQLite file and an outbox on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.clock import ManualClock
from limits import PARAMS

from core.jobs.outbox import Outbox
from core.jobs.runner import JobRunner
from core.storage.database import Database


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def database(data_dir: Path) -> Iterator[Database]:
    database = Database("", data_dir)
    database.open()
    yield database
    database.close()


@pytest.fixture
def runner(database: Database, clock: ManualClock) -> JobRunner:
    """Not started: ``run_due`` runs it in the test's thread. Waits are as long as they can be."""
    return JobRunner(database, clock, PARAMS, chance=lambda: 0.0)


@pytest.fixture
def outbox(clock: ManualClock, runner: JobRunner) -> Outbox:
    return Outbox(clock, runner.wake)
