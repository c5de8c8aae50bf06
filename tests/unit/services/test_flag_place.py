"""Which question and which second of an answer a flag falls into."""

from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import Holder

from core.domain.events import AnswerStopped, Event, Paused, QuestionSpoken, Resumed, RetryRequested
from core.domain.flow import Phase
from core.services.flag_place import FlagPlace, place_of


def take(held: Holder, event: Event) -> None:
    held.house.interviews.apply(held.session_id, event, held.key)


@pytest.fixture
def answered(held: Holder, clock: ManualClock) -> Holder:
    """Asked at 0 s, thought of from 5 s, answered from 10 to 30 s, handed in at 40 s, then the next one asked."""
    held.start()
    clock.tick(5)
    take(held, QuestionSpoken())
    clock.tick(5)
    held.begin()
    clock.tick(20)
    take(held, AnswerStopped())
    clock.tick(10)
    held.submit("An answer.")
    return held


@pytest.mark.parametrize(
    ("at_s", "place"),
    [
        (4, FlagPlace(Phase.ASKING, 1)),
        (9, FlagPlace(Phase.THINKING, 1)),
        (10, FlagPlace(Phase.ANSWERING, 1, 1, 0.0)),
        (25, FlagPlace(Phase.ANSWERING, 1, 1, 15.0)),
        (35, FlagPlace(Phase.REVIEWING, 1)),
        (45, FlagPlace(Phase.ASKING, 2)),
    ],
)
def test_a_moment_lies_in_a_phase_of_a_question(answered: Holder, at_s: float, place: FlagPlace) -> None:
    asked = answered.file.questions[0].question.asked_at
    assert asked is not None
    assert place_of(answered.file, asked + timedelta(seconds=at_s)) == place


def test_a_second_try_counts_from_its_own_beginning(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(20)
    take(held, AnswerStopped())
    take(held, RetryRequested())
    began = clock.now()
    if held.phase is not Phase.ANSWERING:
        held.begin()
    clock.tick(3)
    assert place_of(held.file, clock.now()) == FlagPlace(Phase.ANSWERING, 1, 2, (clock.now() - began).total_seconds())


def test_a_pause_is_named_and_does_not_count_into_the_answer(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(10)
    take(held, Paused())
    clock.tick(60)
    paused = place_of(held.file, clock.now())
    take(held, Resumed())
    clock.tick(5)
    assert (paused.phase, paused.question) == (Phase.PAUSED, 1)
    assert place_of(held.file, clock.now()) == FlagPlace(Phase.ANSWERING, 1, 1, 15.0)


def test_before_the_first_question_none_is_open(held: Holder, clock: ManualClock) -> None:
    assert place_of(held.file, clock.now()).question is None


def test_after_the_last_question_none_is_open(held: Holder, clock: ManualClock) -> None:
    held.complete()
    assert place_of(held.file, clock.now()) == FlagPlace(Phase.COMPLETED)
