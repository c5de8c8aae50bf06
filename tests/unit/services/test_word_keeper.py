"""Words that were heard reach the database, whatever it does meanwhile."""

from contextlib import contextmanager

import pytest
from fakes.clock import ManualClock

from core.domain.errors import StorageUnavailable
from core.domain.transcript import FinalSegment
from core.services.words import WordKeeper
from core.storage.attempts import AttemptRepo


class Refusing:
    """A database that is locked until told otherwise."""

    def __init__(self, database) -> None:
        self._database = database
        self.locked = True

    @contextmanager
    def transaction(self):
        if self.locked:
            raise StorageUnavailable("locked")
        with self._database.transaction() as tx:
            yield tx


@pytest.fixture
def answering(held):
    return held.begin()


@pytest.fixture
def attempt_id(answering) -> int:
    return answering.house.interviews.load(answering.session_id).attempt.id


def stored(house, attempt_id: int) -> list[str]:
    with house.database.reading() as tx:
        return [s.text for s in AttemptRepo(tx).segments(attempt_id)]


def test_words_refused_by_a_locked_database_are_stored_in_order_once_it_is_free(answering, attempt_id: int) -> None:
    database = Refusing(answering.house.database)
    keeper = WordKeeper(database, ManualClock())
    for number, text in enumerate(("one", "two")):
        keeper.keep(attempt_id, FinalSegment(number, text, number, number + 1))
    assert stored(answering.house, attempt_id) == []
    database.locked = False
    keeper.flush()
    assert stored(answering.house, attempt_id) == ["one", "two"]


def test_words_are_stored_once_however_often_they_are_flushed(answering, attempt_id: int) -> None:
    keeper = WordKeeper(answering.house.database, ManualClock())
    keeper.keep(attempt_id, FinalSegment(0, "one", 0, 1))
    keeper.flush()
    assert stored(answering.house, attempt_id) == ["one"]
