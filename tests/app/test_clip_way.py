"""Answering by clips, on the page: recorder, file chooser, what is said about them."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from browser_tab import Tab, consented

from core.bootstrap import House
from core.domain.events import DevicesChecked
from core.domain.flow import Phase
from core.domain.interview import AnswerMode
from core.media.encoding import encode_wav
from core.services.clip import Clip, ClipStage
from core.storage.interviews import InterviewRepo

SILENCE = encode_wav(np.zeros(32_000, np.int16))


@pytest.fixture
def answering(new_tab: Callable[..., Tab], house: House) -> Tab:
    """A tab with an answer begun that is given by clips."""
    session_id, token = consented(house, audio=True)
    house.interviews.apply(session_id, DevicesChecked())
    house.interviews.change_mode(session_id, AnswerMode.CLIP)
    return new_tab().open("interview", session=session_id, token=token).press("Start interview").answer("begin")


def record(tab: Tab, data: bytes) -> Tab:
    """Record a clip with the recorder and wait for what becomes of it."""
    tab.at.audio_input[0].set_value(("clip.wav", data, "audio/wav"))
    return _settled(tab)


def choose(tab: Tab, name: str, data: bytes) -> Tab:
    """Choose a file and wait for what becomes of it."""
    tab.at.file_uploader[0].set_value((name, data, "audio/mpeg"))
    return _settled(tab)


def _settled(tab: Tab) -> Tab:
    tab._run()
    for _ in range(1200):
        if tab.house.answers.clips.running(attempt_id(tab)) is None:
            return tab._run()
        time.sleep(0.025)
    raise AssertionError("the clip was not taken")


def attempt_id(tab: Tab) -> int:
    attempt = tab.view.attempt
    assert attempt is not None
    return attempt.id


def recorded_s(tab: Tab) -> float:
    return sum(a.recorded_s for a in tab.house.desk.open_file(tab.session_id).questions[0].attempts)


def test_recorder_and_file_chooser_are_there_only_while_an_answer_is_open(answering: Tab) -> None:
    assert (len(answering.at.audio_input), len(answering.at.file_uploader)) == (1, 1)
    answering.answer("next", "A list.")
    assert (len(answering.at.audio_input), len(answering.at.file_uploader)) == (0, 0)


def test_a_clip_without_words_is_kept_and_said_so(answering: Tab) -> None:
    assert "We heard no words in this recording. It is kept." in record(answering, SILENCE).messages
    assert recorded_s(answering) == pytest.approx(2.0)


def test_a_chosen_file_is_taken_like_a_clip(answering: Tab) -> None:
    choose(answering, "memo.wav", SILENCE)
    assert recorded_s(answering) == pytest.approx(2.0)


def test_a_clip_is_taken_once_however_often_the_page_runs(answering: Tab) -> None:
    record(answering, SILENCE)._run()._run()
    assert recorded_s(answering) == pytest.approx(2.0)


def test_the_same_recording_chosen_as_a_file_is_not_added_again(answering: Tab) -> None:
    record(answering, SILENCE)
    assert "It was not added again" in choose(answering, "the same.wav", SILENCE).messages
    assert recorded_s(answering) == pytest.approx(2.0)


def test_a_file_that_is_no_recording_is_refused_and_the_text_stays(answering: Tab, house: House) -> None:
    answering.type("What I had.")
    choose(answering, "notes.mp3", b"These are my notes.")
    assert "This file cannot be read as a recording." in answering.messages
    assert "What you answered before is still there." in answering.text
    assert house.answers.draft(attempt_id(answering)).text == "What I had."


def test_a_refusal_goes_with_the_next_clip(answering: Tab) -> None:
    choose(answering, "notes.mp3", b"These are my notes.")
    assert "cannot be read" not in record(answering, SILENCE).messages


def test_what_is_said_about_a_clip_ends_with_its_answer(answering: Tab) -> None:
    record(answering, SILENCE)
    assert answering.answer("next", "A list.").answer("begin").messages == ""


def test_a_clip_still_being_written_down_holds_the_clock(answering: Tab, house: House) -> None:
    record(answering, SILENCE)
    page_clip = answering.at.session_state["answer:memory"].clips
    page_clip.clip = Clip(attempt_id(answering), house.clock.monotonic() - 30.0, ClipStage.WRITING)
    leave_s(answering, 2.0)
    answering._run()
    assert answering.view.state.phase is Phase.ANSWERING
    assert (answering.view.remaining_s or 0.0) > 20.0


def leave_s(tab: Tab, seconds: float) -> None:
    """Leave so much of the answer's time."""
    with tab.house.database.transaction() as tx:
        row = InterviewRepo(tx).get(tab.session_id)
        deadline = tab.house.clock.now() + timedelta(seconds=seconds)
        assert InterviewRepo(tx).save_state(tab.session_id, row.version, replace(row.state, deadline=deadline))
