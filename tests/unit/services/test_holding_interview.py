from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse

from core.bootstrap import House
from core.domain.errors import AttemptsUsed, IllegalTransition, InvalidInput, NotFound
from core.domain.events import AnswerStopped, Paused, QuestionSpoken, Resumed, RetryRequested, TimeUp
from core.domain.flow import Phase
from core.domain.interview import AnswerEnding, AnswerMode, ConsentKind, InterviewPlan
from core.services.registration import Accommodations

LONGEST = 20_000


def test_an_unknown_session_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.interviews.load("iv-000000000000")


def test_start_draws_as_many_questions_as_the_plan_says(held: Holder) -> None:
    held.start()
    assert len(held.file.questions) == held.view.plan.question_count == 5


def test_start_puts_the_first_question(held: Holder) -> None:
    held.start()
    assert (held.phase, held.view.state.question_index) == (Phase.ASKING, 0)


def test_only_the_first_question_counts_as_asked_at_start(held: Holder) -> None:
    held.start()
    assert [q.question.asked_at is not None for q in held.file.questions] == [True, False, False, False, False]


def test_start_pressed_twice_draws_the_questions_once(held: Holder) -> None:
    held.start()
    before = held.file.questions
    held.start()
    assert (held.file.questions, len(held.logged("questions_drawn"))) == (before, 1)


def test_start_pressed_twice_leaves_the_clock_as_it_was(held: Holder, clock: ManualClock) -> None:
    held.start()
    deadline = held.view.state.deadline
    clock.tick(3)
    held.start()
    assert held.view.state.deadline == deadline


def test_an_interview_without_consent_cannot_be_started(house: House, clock: ManualClock) -> None:
    holder = Holder.registered(house, clock)
    with pytest.raises(IllegalTransition):
        holder.start()
    assert holder.file.questions == []


def test_where_the_questions_came_from_is_kept_for_the_recruiter(held: Holder) -> None:
    assert held.start().file.interview.question_source == "question bank"


def test_a_second_interview_of_the_same_person_asks_other_questions(house: House, clock: ManualClock) -> None:
    first = Holder.ready(house, clock).start()
    second = Holder.ready(house, clock, email="ADA@example.org").start()
    asked = [{q.question.bank_id for q in h.file.questions} for h in (first, second)]
    assert not asked[0] & asked[1]


def test_a_spoken_question_is_followed_by_time_to_think(held: Holder) -> None:
    held.start()
    held.house.interviews.apply(held.session_id, QuestionSpoken(), held.key)
    assert (held.phase, held.view.remaining_s) == (Phase.THINKING, 30)


def test_extra_time_stretches_the_time_to_answer(house: House, clock: ManualClock) -> None:
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, {}, Accommodations(extra_time=True))
    assert holder.begin().view.remaining_s == 180


def test_beginning_opens_the_first_attempt(held: Holder) -> None:
    held.begin()
    assert (held.phase, held.view.attempt and held.view.attempt.number) == (Phase.ANSWERING, 1)


def test_stopping_leads_to_reading_it_over(held: Holder) -> None:
    held.begin()
    held.house.interviews.apply(held.session_id, AnswerStopped(), held.key)
    assert held.phase is Phase.REVIEWING


def test_a_submitted_answer_is_stored_word_for_word(held: Holder) -> None:
    text = "  First line\n\n\tsecond <b>line</b>; DROP TABLE questions;-- 😀 "
    held.begin().submit(text)
    assert held.answers()[0] == text


def test_a_submitted_answer_is_followed_by_the_next_question(held: Holder) -> None:
    view = held.begin().submit("A list.")
    assert (view.state.phase, view.question_key) == (Phase.ASKING, "1:1")


def test_the_next_question_is_asked_when_it_is_put(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(10)
    held.submit("A list.")
    assert held.file.questions[1].question.asked_at == clock.now()


def test_an_answer_may_be_typed_while_the_question_is_read(held: Holder) -> None:
    held.start().submit("I know already.")
    assert held.answers()[0] == "I know already."


def test_the_last_answer_completes_the_interview(held: Holder) -> None:
    assert held.complete().phase is Phase.COMPLETED


def test_completion_has_its_time(held: Holder, clock: ManualClock) -> None:
    assert held.complete().file.interview.completed_at == clock.now()


def test_every_step_is_logged(held: Holder) -> None:
    held.begin().submit("A list.")
    steps = [(e["event"], e["from"], e["to"]) for e in held.logged("state")]
    assert steps == [
        ("Started", "checked", "asking"),
        ("AnswerStarted", "asking", "answering"),
        ("AnswerSubmitted", "answering", "submitted"),
        ("MovedOn", "submitted", "asking"),
    ]


def test_a_second_press_of_next_with_the_old_key_changes_nothing(held: Holder) -> None:
    key = held.begin().key
    held.submit("A list.", key=key)
    held.submit("A list.", key=key)
    assert (held.view.state.question_index, held.answers()) == (1, ["A list.", None, None, None, None])


def test_a_late_draft_with_the_old_key_does_not_land_in_the_next_question(held: Holder) -> None:
    key = held.begin().key
    held.submit("A list.")
    held.house.interviews.save_draft(held.session_id, key, "A list. Or", edited=True)
    held.house.interviews.begin_answer(held.session_id, held.key)
    assert held.house.answers.draft(held.attempt_id).text == ""


def test_a_step_with_the_old_key_is_ignored(held: Holder) -> None:
    key = held.begin().key
    held.submit("A list.")
    held.house.interviews.begin_answer(held.session_id, key)
    assert held.phase is Phase.ASKING


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
@pytest.mark.parametrize("edited", [True, False])
def test_an_empty_answer_is_refused_with_the_way_on(held: Holder, text: str, edited: bool) -> None:
    held.begin()
    with pytest.raises(InvalidInput, match="empty") as caught:
        held.submit(text, edited=edited)
    assert "Skip" in caught.value.next_step


def test_a_refused_answer_leaves_the_question_open(held: Holder) -> None:
    held.begin()
    with pytest.raises(InvalidInput):
        held.submit("")
    assert (held.phase, held.answers()[0]) == (Phase.ANSWERING, None)


def test_skipping_stores_none_of_the_text(held: Holder) -> None:
    held.begin()
    held.draft("I would rather not say")
    held.submit("I would rather not say", ending=AnswerEnding.SKIPPED)
    assert held.answers()[0] == ""


def test_skipping_hands_in_nothing_that_was_heard(held: Holder) -> None:
    held.begin()
    held.hear(held.attempt_id, 0, "I would rather not say")
    held.submit("", edited=False, ending=AnswerEnding.SKIPPED)
    assert held.answers()[0] == ""


def test_a_word_that_arrives_after_a_skip_is_not_handed_in(held: Holder) -> None:
    attempt_id = held.begin().attempt_id
    held.submit("", ending=AnswerEnding.SKIPPED)
    held.hear(attempt_id, 0, "never mind")
    assert held.answers()[0] == ""


def test_a_skipped_question_is_known_as_skipped(held: Holder) -> None:
    held.begin().submit("", ending=AnswerEnding.SKIPPED)
    assert held.file.questions[0].question.ending is AnswerEnding.SKIPPED


def test_an_answer_of_20000_characters_is_kept_whole(held: Holder) -> None:
    text = "ab😀 \n" * (LONGEST // 5)
    held.begin().submit(text)
    assert len(text) == LONGEST and held.answers()[0] == text


def test_an_answer_of_20001_characters_is_refused_with_how_much_is_too_much(held: Holder) -> None:
    held.begin()
    with pytest.raises(InvalidInput, match="1 characters too long"):
        held.submit("a" * (LONGEST + 1))
    assert held.phase is Phase.ANSWERING


def test_a_refused_long_answer_is_kept_in_the_draft(held: Holder) -> None:
    held.begin()
    held.draft("a" * LONGEST + "b")
    with pytest.raises(InvalidInput):
        held.submit("a" * LONGEST + "b")
    assert held.house.answers.draft(held.attempt_id).text == "a" * LONGEST


def test_a_retry_opens_a_second_attempt_with_an_empty_box(held: Holder) -> None:
    held.begin()
    held.draft("First try")
    held.house.interviews.apply(held.session_id, RetryRequested(), held.key)
    assert (held.key, held.house.answers.draft(held.attempt_id).text) == ("0:2", "")


def test_a_retry_keeps_what_was_written_and_heard_before(held: Holder) -> None:
    held.begin()
    held.draft("First try")
    held.hear(held.attempt_id, 0, "First try, heard.")
    held.house.interviews.apply(held.session_id, RetryRequested(), held.key)
    held.submit("Second try")
    first = held.file.questions[0].attempts[0]
    assert (first.attempt.draft, first.segments[0].text) == ("First try", "First try, heard.")


def test_the_answer_after_a_retry_is_the_second_one(held: Holder) -> None:
    held.begin()
    held.house.interviews.apply(held.session_id, RetryRequested(), held.key)
    held.submit("Second try")
    assert held.answers()[0] == "Second try"


def test_words_of_the_first_attempt_do_not_get_into_the_answer_of_the_second(held: Holder) -> None:
    first = held.begin().attempt_id
    held.house.interviews.apply(held.session_id, RetryRequested(), held.key)
    second = held.attempt_id
    held.hear(second, 0, "Second.")
    held.submit("", edited=False)
    held.hear(first, 0, "First, decoded late.")
    assert held.answers()[0] == "Second."


def test_no_more_retries_than_the_plan_allows(held: Holder) -> None:
    held.begin()
    held.house.interviews.apply(held.session_id, RetryRequested(), held.key)
    with pytest.raises(AttemptsUsed, match="used your retries"):
        held.house.interviews.apply(held.session_id, RetryRequested(), held.key)


def test_when_time_is_up_the_draft_is_the_answer(held: Holder) -> None:
    held.begin()
    held.draft("Half an ans")
    held.run_out()
    assert (held.answers()[0], held.file.questions[0].question.ending) == ("Half an ans", AnswerEnding.TIME_UP)


def test_when_time_is_up_what_was_heard_is_the_answer_of_an_unedited_box(held: Holder) -> None:
    held.begin()
    held.hear(held.attempt_id, 0, "Heard so far.")
    held.run_out()
    assert held.answers()[0] == "Heard so far."


def test_when_time_is_up_with_an_empty_box_the_interview_moves_on(held: Holder) -> None:
    held.begin().run_out()
    assert (held.view.state.question_index, held.answers()[0]) == (1, "")


def test_the_last_words_have_a_moment_to_arrive_when_time_is_up(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(held.view.remaining_s or 0)
    assert held.house.interviews.tick(held.session_id).state.phase is Phase.ANSWERING


def test_time_to_think_that_runs_out_opens_the_answer(held: Holder) -> None:
    held.start()
    held.house.interviews.apply(held.session_id, QuestionSpoken(), held.key)
    assert held.run_out().state.phase is Phase.ANSWERING


def test_a_question_whose_end_is_never_reported_gives_way_to_thinking(held: Holder) -> None:
    assert held.start().run_out().state.phase is Phase.THINKING


def test_time_to_read_it_over_that_runs_out_hands_the_text_in(held: Holder) -> None:
    held.begin()
    held.draft("Finished.")
    held.house.interviews.apply(held.session_id, AnswerStopped(), held.key)
    held.run_out()
    assert held.answers()[0] == "Finished."


def test_a_tick_before_time_is_up_changes_nothing(held: Holder, clock: ManualClock) -> None:
    held.begin()
    before = held.view.state
    clock.tick(60)
    assert held.house.interviews.tick(held.session_id).state == before


def test_nobody_looking_means_no_time_passes(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(86_400)
    assert held.phase is Phase.ANSWERING


def test_a_pause_stops_the_clock(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(20)
    held.house.interviews.apply(held.session_id, Paused())
    clock.tick(60)
    assert (held.phase, held.view.remaining_s) == (Phase.PAUSED, 100)


def test_going_on_after_a_pause_gives_back_the_time_that_was_left(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(20)
    held.house.interviews.apply(held.session_id, Paused())
    clock.tick(60)
    held.house.interviews.apply(held.session_id, Resumed())
    assert (held.phase, held.view.remaining_s) == (Phase.ANSWERING, 100)


def test_a_fourth_pause_is_refused_with_the_way_on(held: Holder) -> None:
    held.begin()
    for _ in range(3):
        held.house.interviews.apply(held.session_id, Paused())
        held.house.interviews.apply(held.session_id, Resumed())
    with pytest.raises(AttemptsUsed, match="No pause is left") as caught:
        held.house.interviews.apply(held.session_id, Paused())
    assert "typing" in caught.value.next_step


def test_a_refused_pause_leaves_the_clock_running(held: Holder, make_house: MakeHouse, clock: ManualClock) -> None:
    holder = Holder.ready(make_house(max_pauses=0), clock, "eve@example.org").begin()
    with pytest.raises(AttemptsUsed):
        holder.house.interviews.apply(holder.session_id, Paused())
    assert holder.phase is Phase.ANSWERING


def test_five_minutes_of_pauses_are_all_there_are(held: Holder, clock: ManualClock) -> None:
    held.begin()
    held.house.interviews.apply(held.session_id, Paused())
    clock.tick(300)
    held.house.interviews.apply(held.session_id, TimeUp())
    with pytest.raises(AttemptsUsed):
        held.house.interviews.apply(held.session_id, Paused())


def test_a_pause_that_lasts_too_long_ends_by_itself(held: Holder) -> None:
    held.begin()
    held.house.interviews.apply(held.session_id, Paused())
    assert held.run_out().state.phase is Phase.ANSWERING


def test_each_pause_is_logged(held: Holder) -> None:
    held.begin()
    held.house.interviews.apply(held.session_id, Paused())
    assert [e["event"] for e in held.logged("state")][-1] == "Paused"


def test_coming_back_pauses_an_open_question(held: Holder, clock: ManualClock) -> None:
    held.begin()
    left_at = clock.now()
    clock.tick(3600)
    assert held.house.interviews.come_back(held.session_id, left_at).state.phase is Phase.PAUSED


def test_coming_back_gives_back_the_time_that_was_left(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(50)
    left_at = clock.now()
    clock.tick(3600)
    assert held.house.interviews.come_back(held.session_id, left_at).remaining_s == 70


def test_coming_back_gives_at_least_the_grace(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(119)
    left_at = clock.now()
    clock.tick(60)
    view = held.house.interviews.come_back(held.session_id, left_at)
    assert view.remaining_s == view.plan.pause_grace_s == 15


def test_coming_back_without_a_pause_left_still_waits(make_house: MakeHouse, clock: ManualClock) -> None:
    holder = Holder.ready(make_house(max_pauses=0), clock).begin()
    view = holder.house.interviews.come_back(holder.session_id, clock.now())
    assert view.state.phase is Phase.PAUSED
    assert view.state.deadline == clock.now() + timedelta(seconds=view.plan.pause_grace_s)


def test_coming_back_keeps_the_draft(held: Holder, clock: ManualClock) -> None:
    held.begin()
    held.draft("Half an ans", seen=2)
    clock.tick(3600)
    held.house.interviews.come_back(held.session_id, None)
    draft = held.house.answers.draft(held.attempt_id)
    assert (draft.text, draft.edited, draft.captions_seen) == ("Half an ans", True, 2)


def test_coming_back_keeps_the_question(held: Holder) -> None:
    held.begin().submit("One.")
    held.house.interviews.come_back(held.session_id, None)
    assert held.key == "1:1"


def test_coming_back_to_a_killed_server_keeps_question_and_draft(
    held: Holder, make_house: MakeHouse, clock: ManualClock
) -> None:
    held.begin()
    held.draft("Half an ans")
    reborn = Holder(make_house(), clock, held.session_id, held.token)
    view = reborn.house.interviews.come_back(held.session_id, None)
    assert (view.question_key, reborn.house.answers.draft(reborn.attempt_id).text) == ("0:1", "Half an ans")


def test_coming_back_before_the_start_changes_nothing(held: Holder) -> None:
    assert held.house.interviews.come_back(held.session_id, None).state.phase is Phase.CHECKED


def test_coming_back_after_the_end_changes_nothing(held: Holder) -> None:
    held.complete()
    assert held.house.interviews.come_back(held.session_id, None).state.phase is Phase.COMPLETED


@pytest.fixture
def due(house: House, clock: ManualClock) -> Holder:
    """An interview with a last date an hour from now, in the middle of an answer."""
    token = house.registration.create_invite(InterviewPlan("Finance"), clock.now() + timedelta(hours=1))
    holder = Holder.registered(house, clock, invite=token)
    house.registration.record_consent(holder.session_id, {}, Accommodations())
    return holder.begin()


def test_an_interview_past_its_last_date_expires(due: Holder, clock: ManualClock) -> None:
    clock.tick(3601)
    assert due.phase is Phase.EXPIRED


def test_an_interview_on_its_last_second_has_not_expired(due: Holder, clock: ManualClock) -> None:
    clock.tick(3600)
    assert due.phase is Phase.ANSWERING


def test_an_expired_interview_takes_no_answer(due: Holder, clock: ManualClock) -> None:
    clock.tick(3601)
    due.submit("Too late.")
    assert due.answers()[0] == ""


def test_what_stood_in_the_box_when_it_expired_is_the_answer(due: Holder, clock: ManualClock) -> None:
    due.house.interviews.save_draft(due.session_id, "0:1", "As far as I got.", edited=True)
    clock.tick(3601)
    assert (due.phase, due.answers()[0]) == (Phase.EXPIRED, "As far as I got.")


def test_what_was_answered_before_it_expired_is_kept(due: Holder, clock: ManualClock) -> None:
    due.submit("In time.")
    clock.tick(3601)
    assert (due.phase, due.answers()[0]) == (Phase.EXPIRED, "In time.")


def test_a_completed_interview_does_not_expire(due: Holder, clock: ManualClock) -> None:
    for _ in range(5):
        due.submit("In time.")
    clock.tick(3601)
    assert due.phase is Phase.COMPLETED


def test_expiry_is_logged_once(due: Holder, clock: ManualClock) -> None:
    clock.tick(3601)
    assert [due.phase, due.phase] == [Phase.EXPIRED, Phase.EXPIRED]
    assert [e["to"] for e in due.logged("state")].count("expired") == 1


def test_after_completion_an_answer_changes_nothing(held: Holder) -> None:
    held.complete()
    before = held.answers()
    held.submit("One more thing.")
    assert held.answers() == before


def test_after_completion_a_draft_is_not_kept(held: Holder) -> None:
    held.complete()
    before = held.file.questions
    held.draft("One more thing.")
    assert held.file.questions == before


@pytest.mark.parametrize("event", [Paused(), RetryRequested(), QuestionSpoken()])
def test_after_completion_every_step_is_refused(held: Holder, event: object) -> None:
    held.complete()
    with pytest.raises(IllegalTransition, match="has ended"):
        held.house.interviews.apply(held.session_id, event)  # type: ignore[arg-type]


def test_a_wall_clock_set_back_does_not_lengthen_a_phase_already_left(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.tick(5)
    held.house.interviews.apply(held.session_id, AnswerStopped(), held.key)
    updated_at = held.view.state.updated_at
    clock.set_wall(clock.now() - timedelta(days=1))
    held.house.interviews.apply(held.session_id, RetryRequested(), held.key)
    assert held.view.state.updated_at == updated_at


def test_a_wall_clock_set_back_loses_no_answer(held: Holder, clock: ManualClock) -> None:
    held.begin()
    clock.set_wall(clock.now() - timedelta(days=365))
    held.submit("Still here.")
    assert (held.answers()[0], held.key) == ("Still here.", "1:1")


def test_changing_the_rung_is_kept_and_logged(house: House, clock: ManualClock) -> None:
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, dict.fromkeys(ConsentKind, True), Accommodations())
    house.interviews.change_mode(holder.session_id, AnswerMode.CLIP)
    assert holder.view.plan.answer_mode is AnswerMode.CLIP
    assert holder.logged("answer_mode_changed") == [{"from": "live", "to": "clip"}]
