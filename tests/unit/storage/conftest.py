"""A real SQLite file and a few rows to hang things on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.flow import begin
from core.domain.interview import InterviewPlan, Question
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.people import CandidateRepo
from core.storage.questions import QuestionRepo

NOW = datetime(2026, 11, 8, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def database(data_dir: Path) -> Iterator[Database]:
    database = Database("", data_dir, busy_timeout_ms=50)
    assert database.open() == []
    yield database
    database.close()


@pytest.fixture
def interview(database: Database) -> str:
    with database.transaction() as session:
        CandidateRepo(session).add("Ada Lovelace", "Ada@Example.org", "Python", "s-1", NOW)
        InterviewRepo(session).add("s-1", InterviewPlan("Python"), begin(NOW), "hash-1", NOW, question_source="bank")
    return "s-1"


@pytest.fixture
def question_id(database: Database, interview: str) -> int:
    with database.transaction() as session:
        return QuestionRepo(session).add(interview, 0, Question("What is a list?", "Python", "py-1", 1), NOW).id
