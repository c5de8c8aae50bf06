"""Words decoded after an answer was submitted: in an unedited answer exactly once, in an edited one never."""

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.bootstrap import House
from core.domain.interview import AnswerEnding

SPOKEN = ["So,", "a list", "can change,", "a tuple", "cannot."]


def test_a_word_heard_before_submitting_is_in_an_unedited_answer(held: Holder) -> None:
    held.begin()
    held.hear(held.attempt_id, 0, "A list can change.")
    held.submit("", edited=False)
    assert held.answers()[0] == "A list can change."


def test_a_late_word_is_appended_to_an_unedited_answer(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.hear(attempt_id, 0, "A list")
    held.submit("A list", edited=False)
    held.hear(attempt_id, 1, "can change.")
    assert held.answers()[0] == "A list can change."


def test_a_late_word_is_not_appended_to_an_edited_answer(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.hear(attempt_id, 0, "A list")
    held.submit("My own words.", edited=True)
    held.hear(attempt_id, 1, "can change.")
    assert held.answers()[0] == "My own words."


def test_a_late_word_of_an_edited_answer_is_kept_in_the_transcript(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.submit("My own words.", edited=True)
    held.hear(attempt_id, 0, "Their words.")
    assert held.file.questions[0].attempts[0].attempt.transcript == "Their words."


def test_an_edited_answer_is_taken_instead_of_what_was_heard(held: Holder) -> None:
    held.begin()
    held.hear(held.attempt_id, 0, "A list can chain.")
    held.submit("A list can change.", edited=True)
    assert held.answers()[0] == "A list can change."


def test_a_late_word_is_appended_when_time_ran_out_on_an_unedited_box(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.run_out()
    held.hear(attempt_id, 0, "Just in time.")
    assert held.answers()[0] == "Just in time."


def test_a_late_word_is_not_appended_to_an_edited_draft_saved_when_time_ran_out(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.draft("My own")
    held.run_out()
    held.hear(attempt_id, 0, "words.")
    assert held.answers()[0] == "My own"


def test_the_same_word_delivered_twice_is_in_the_answer_once(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.hear(attempt_id, 0, "Once.")
    held.submit("", edited=False)
    held.hear(attempt_id, 0, "Once.")
    assert held.answers()[0] == "Once."


def test_noise_adds_no_blanks(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    for number, text in enumerate(["One.", "", "Two."]):
        held.hear(attempt_id, number, text)
    held.submit("", edited=False)
    assert held.answers()[0] == "One. Two."


def test_what_the_page_shows_as_text_does_not_double_what_was_heard(held: Holder) -> None:
    held.begin()
    held.hear(held.attempt_id, 0, "A list")
    held.submit("A list", edited=False)
    assert held.answers()[0] == "A list"


@pytest.fixture
def roomy(make_house: MakeHouse) -> House:
    return make_house(attempts_per_email=10_000)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(len(SPOKEN))),
    submit_after=st.integers(0, len(SPOKEN)),
    edited=st.booleans(),
    in_time=st.booleans(),
)
def test_an_answer_does_not_depend_on_the_order_in_which_words_and_the_submission_arrive(
    roomy: House, clock: ManualClock, order: list[int], submit_after: int, edited: bool, in_time: bool
) -> None:
    holder = Holder.ready(roomy, clock).begin()
    attempt_id, key = holder.attempt_id, holder.key
    typed = "My own words." if edited else ""
    ending = AnswerEnding.SUBMITTED if in_time and (edited or submit_after) else AnswerEnding.TIME_UP
    for position in range(len(SPOKEN) + 1):
        if position == submit_after:
            holder.submit(typed, edited=edited, key=key, ending=ending)
        if position < len(SPOKEN):
            holder.hear(attempt_id, order[position], SPOKEN[order[position]])
    assert holder.answers()[0] == (typed if edited else "So, a list can change, a tuple cannot.")
