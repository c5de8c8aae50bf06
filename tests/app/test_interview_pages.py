"""Device check, the interview room on the typed path, and the candidate's results."""

from collections.abc import Callable

import pytest
from browser_tab import Tab, consented

from core.bootstrap import House
from core.domain.errors import StorageUnavailable
from core.domain.flow import Phase
from core.domain.interview import AnswerMode
from core.services.recording_target import RecordingTarget
from core.services.registration import Accommodations

NewTab = Callable[..., Tab]


@pytest.fixture
def typing(new_tab: NewTab, house: House) -> Tab:
    """A tab on the interview page, before Start; answers are typed and nothing is watched."""
    session_id, token = consented(house)
    return new_tab().open("interview", session=session_id, token=token)


@pytest.fixture
def checking(new_tab: NewTab, house: House) -> Tab:
    """A tab on the device check, with microphone and camera agreed to."""
    session_id, token = consented(house, audio=True, video=True)
    return new_tab().open("devices", session=session_id, token=token)


@pytest.fixture
def answering(typing: Tab) -> Tab:
    return typing.press("Start interview").answer("begin")


@pytest.fixture
def done(answering: Tab) -> Tab:
    answering.answer("next", "First <b>answer</b>.")
    for n in range(2, 6):
        answering.answer("next", f"Answer {n}.")
    return answering


def test_the_device_check_waits_for_all_four_things(checking: Tab) -> None:
    for name in ("Browser", "Camera", "Microphone", "Room"):
        assert f"**{name}**" in checking.text
    assert checking.text.count("Waiting") == 4


@pytest.mark.parametrize(
    "error, words",
    [
        ("NotAllowedError", "was not allowed to use your microphone"),
        ("NotFoundError", "No microphone was found"),
        ("NotReadableError", "Another program is using your microphone"),
        ("insecure_context", "https"),
        ("SomethingNew", "could not be started"),
    ],
)
def test_each_device_error_has_words_of_its_own(checking: Tab, error: str, words: str) -> None:
    assert words in checking.fail_to_start(error, "microphone", "check_stage").text


def test_a_microphone_that_fails_does_not_blame_the_camera(checking: Tab) -> None:
    assert "your camera" not in checking.fail_to_start("NotAllowedError", "microphone", "check_stage").text


def test_after_a_device_error_there_are_other_ways(checking: Tab) -> None:
    checking.fail_to_start("NotAllowedError", "microphone", "check_stage")
    assert checking.has_button("Answer by typing") and checking.has_button("Record clips instead")


def test_the_other_way_chosen_is_the_plan(checking: Tab) -> None:
    checking.fail_to_start("NotFoundError", "microphone", "check_stage").press("Answer by typing")
    assert checking.view.plan.answer_mode is AnswerMode.TYPED


def test_the_check_can_be_left_out(checking: Tab) -> None:
    checking.press("Go on without the check")
    assert (checking.view.state.phase, "Ready when you are" in checking.text) == (Phase.CHECKED, True)


def test_the_result_of_the_check_is_logged(checking: Tab, house: House) -> None:
    checking.press("Go on without the check")
    assert "device_check" in [e.kind for e in house.desk.open_file(checking.session_id).logs]


def test_with_the_camera_declined_the_check_says_that_nothing_is_watched(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house, audio=True)
    assert "not watched" in new_tab().open("devices", session=session_id, token=token).text


def test_before_the_camera_is_on_the_sandbox_says_how_to_begin(checking: Tab) -> None:
    assert "What the monitor sees" in checking.text and "You then see here" in checking.text


def test_with_the_camera_declined_there_is_no_sandbox(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house, audio=True)
    checking = new_tab().open("devices", session=session_id, token=token)
    assert "What the monitor sees" not in checking.text and "Your camera (not used, as you chose)" in checking.text


def test_before_the_start_it_is_listed_what_is_watched_and_what_never(typing: Tab) -> None:
    assert "This page (leaving it" in typing.text and "No feelings are read" in typing.text


def test_what_was_arranged_is_named_before_the_start(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house, audio=True, video=True, wishes=Accommodations(wider_limits=True))
    tab = new_tab().open("devices", session=session_id, token=token).press("Go on without the check")
    assert "Not noted, as arranged: looking away" in tab.text


def test_before_the_start_the_rules_are_on_screen(typing: Tab) -> None:
    assert "5 questions" in typing.text and "30 seconds" in typing.text and "120 seconds" in typing.text


def test_without_devices_the_page_says_what_is_watched(typing: Tab) -> None:
    assert "No camera, no microphone" in typing.text


def test_start_puts_the_first_question_on_screen(typing: Tab, house: House) -> None:
    typing.press("Start interview")
    question = typing.view.question
    assert question is not None and question.question in typing.text


def test_the_answer_begins_with_its_button(answering: Tab) -> None:
    assert answering.view.state.phase is Phase.ANSWERING


def test_what_the_box_reports_in_a_run_of_the_whole_page_is_taken_without_an_error(answering: Tab) -> None:
    assert answering.answer("next", "A list.").messages == ""


def test_what_is_typed_is_kept_as_a_draft(answering: Tab, house: House) -> None:
    attempt = answering.type("Half an ans").view.attempt
    assert attempt is not None and house.answers.draft(attempt.id).text == "Half an ans"


def test_next_stores_the_answer_and_shows_the_next_question(answering: Tab, house: House) -> None:
    answering.answer("next", "A list.")
    assert house.desk.open_file(answering.session_id).questions[0].question.answer == "A list."
    assert answering.view.question_key == "1:1"


def test_a_doubled_press_of_next_is_taken_once(answering: Tab, house: House) -> None:
    key = answering.view.question_key
    answering.answer("next", "A list.", key=key).answer("next", "A list.", key=key)
    assert [q.question.answer for q in house.desk.open_file(answering.session_id).questions][:2] == ["A list.", None]


def test_an_empty_answer_is_refused_with_the_way_on(answering: Tab) -> None:
    assert "choose Skip" in answering.answer("next", "  ").messages


def test_the_message_about_an_empty_answer_goes_with_the_next_press(answering: Tab) -> None:
    assert answering.answer("next", "").answer("next", "A list.").messages == ""


def test_skip_asks_first(answering: Tab) -> None:
    assert answering.answer("skip").view.question_key == "0:1"


def test_skip_pressed_again_skips(answering: Tab, house: House) -> None:
    answering.answer("skip").answer("skip")
    assert house.desk.open_file(answering.session_id).questions[0].question.ending == "skipped"


def test_another_press_takes_the_skip_back(answering: Tab) -> None:
    answering.answer("skip").answer("next", "").answer("skip")
    assert answering.view.question_key == "0:1"


def test_an_answer_that_cannot_be_stored_says_so_and_is_stored_the_next_time(
    answering: Tab, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StorageUnavailable("The disk is full, so this was not saved.", "Try again.")

    with monkeypatch.context() as full:
        full.setattr(house.interviews, "submit", refuse)
        assert "The disk is full" in answering.answer("next", "A list.").messages
    assert answering.answer("next", "A list.").view.question_key == "1:1"


def test_leaving_the_page_is_warned_about_on_screen(answering: Tab) -> None:
    assert "1 of 3" in answering.leave_the_page().messages


def test_pause_stops_the_clock_and_go_on_starts_it(answering: Tab) -> None:
    assert "The clock stands still" in answering.press("Pause (3 left)").messages
    assert answering.press("Go on").view.state.phase is Phase.ANSWERING


def test_a_refresh_comes_back_to_the_question_paused(answering: Tab, new_tab: NewTab) -> None:
    answering.type("Half an ans")
    known = answering.at.session_state["pass"]
    again = new_tab(session_id=known.session_id, token=known.token).open("interview")
    assert (again.view.state.phase, again.view.question_key) == (Phase.PAUSED, "0:1")


def second_tab(tab: Tab, new_tab: NewTab) -> Tab:
    known = tab.at.session_state["pass"]
    return new_tab(tab_id="tab-2").open("interview", session=known.session_id, token=known.token)


def test_a_second_tab_is_told_and_asked(answering: Tab, new_tab: NewTab) -> None:
    other = second_tab(answering, new_tab)
    assert "Open somewhere else" in other.text and other.has_button("Continue here")


def test_a_second_tab_that_only_looks_changes_nothing(answering: Tab, new_tab: NewTab) -> None:
    second_tab(answering, new_tab)
    assert answering.view.state.phase is Phase.ANSWERING


def test_a_second_tab_that_continues_has_the_interview(answering: Tab, new_tab: NewTab) -> None:
    other = second_tab(answering, new_tab).press("Continue here")
    assert other.press("Go on").view.state.phase is Phase.ANSWERING


def test_the_first_tab_learns_that_it_has_stopped(answering: Tab, new_tab: NewTab) -> None:
    second_tab(answering, new_tab).press("Continue here")
    assert "You went on in another tab" in answering._run().messages


def test_the_first_tab_leaves_the_recording_of_the_second_alone(answering: Tab, new_tab: NewTab, house: House) -> None:
    second_tab(answering, new_tab).press("Continue here")
    room = house.rooms.open(answering.session_id)
    room.start_recording(RecordingTarget(1, None, house.clock.now()), lambda *_: None)
    answering._run()
    assert room.target is not None


def test_the_last_answer_leads_to_the_results(done: Tab) -> None:
    assert done.title == "Thank you, you are done"


def test_the_results_count_questions_and_words(done: Tab) -> None:
    assert {m.label: m.value for m in done.at.metric}["Questions answered"] == "5 of 5"
    assert {m.label: m.value for m in done.at.metric}["Words"] == "10"


def test_the_results_show_ones_own_words_as_text(done: Tab) -> None:
    assert "First <b>answer</b>." in [t.value for t in done.at.text]


def test_the_results_say_who_decides(done: Tab) -> None:
    assert "no program does" in done.text


def test_the_results_offer_ones_own_data(done: Tab) -> None:
    assert [b.proto.label for b in done.at.get("download_button")] == ["Download your data as text"]


def test_after_the_end_the_interview_page_leads_to_the_results(done: Tab) -> None:
    assert done.open("interview").title == "Thank you, you are done"


def test_the_results_are_not_for_somebody_still_answering(answering: Tab) -> None:
    assert answering.open("results").title != "Thank you, you are done"


def test_after_the_end_nothing_can_be_handed_in(done: Tab, house: House) -> None:
    before = house.desk.open_file(done.session_id).questions
    done.answer("next", "One more thing.", key="4:1")
    assert house.desk.open_file(done.session_id).questions == before
