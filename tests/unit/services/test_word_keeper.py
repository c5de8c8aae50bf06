"""Words that were heard reach the database, whatever it does meanwhile."""

from contextlib import contextmanager

import pytest
from fakes.clock import ManualClock

from core.domain.errors import StorageUnavailable
from core.domain.transcript import CaptionMode, CaptionQuality, FinalSegment, Word
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


def quality(house, attempt_id: int) -> CaptionQuality | None:
    with house.database.reading() as tx:
        return AttemptRepo(tx).captions(attempt_id)


def test_word_times_are_stored_with_their_words(answering, attempt_id: int) -> None:
    words = (Word("one", 0.25, 0.5, 0.75), Word("two", 0.5, 1.0, 0.25))
    WordKeeper(answering.house.database, ManualClock()).keep(attempt_id, FinalSegment(0, "one two", 0, 1, words=words))
    with answering.house.database.reading() as tx:
        assert AttemptRepo(tx).segments(attempt_id)[0].words == words


def test_what_the_captions_were_worth_is_stored_with_the_words(answering, attempt_id: int) -> None:
    keeper = WordKeeper(answering.house.database, ManualClock())
    keeper.keep(attempt_id, FinalSegment(0, "one", 0, 1))
    assert quality(answering.house, attempt_id) is None
    worth = CaptionQuality(CaptionMode.DELAYED, 1.5, 2.5)
    keeper.keep(attempt_id, FinalSegment(1, "two", 1, 2), worth)
    assert quality(answering.house, attempt_id) == worth


def test_of_several_recordings_the_worst_in_each_respect_is_stored(answering, attempt_id: int) -> None:
    keeper = WordKeeper(answering.house.database, ManualClock())
    worths = [
        CaptionQuality(CaptionMode.DELAYED, 4.0, 1.0),
        CaptionQuality(CaptionMode.AFTER, 2.0, 0.5),
        CaptionQuality(CaptionMode.LIVE, 0.0, 3.0),
    ]
    for number, worth in enumerate(worths):
        keeper.keep(attempt_id, FinalSegment(number, "word", number, number + 1), worth)
    assert quality(answering.house, attempt_id) == CaptionQuality(CaptionMode.AFTER, 4.0, 3.0)


def test_what_waited_for_the_database_keeps_its_worth(answering, attempt_id: int) -> None:
    database = Refusing(answering.house.database)
    keeper = WordKeeper(database, ManualClock())
    keeper.keep(attempt_id, FinalSegment(0, "one", 0, 1), CaptionQuality(CaptionMode.AFTER, 1.0, 1.0))
    database.locked = False
    keeper.flush()
    assert quality(answering.house, attempt_id) == CaptionQuality(CaptionMode.AFTER, 1.0, 1.0)


def test_words_of_an_answer_deleted_meanwhile_do_not_hold_up_others(answering, attempt_id: int) -> None:
    keeper = WordKeeper(answering.house.database, ManualClock())
    keeper.keep(attempt_id + 1000, FinalSegment(0, "of nobody", 0, 1))
    keeper.keep(attempt_id, FinalSegment(0, "one", 0, 1))
    assert stored(answering.house, attempt_id) == ["one"]
