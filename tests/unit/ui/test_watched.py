from dataclasses import replace

import pytest

from core.domain.interview import AnswerMode, InterviewPlan
from core.domain.signals import Signal, SignalStatus
from core.services.registration import WHERE_ONE_LOOKS
from core.ui.watched import FACES_ONLY, NEVER, agreed_statuses, arranged, watched_list, why_not

PLAN = InterviewPlan(subject="Python")
CAMERA = (
    SignalStatus(Signal.FACES, True),
    SignalStatus(Signal.HEAD, True),
    SignalStatus(Signal.GAZE, False, "The face mesh is not installed."),
    SignalStatus(Signal.OBJECTS, False, "no model is set"),
)
WIDE = replace(PLAN, rules_off=tuple(kind.value for kind in WHERE_ONE_LOOKS), window_factor=2.0)


def test_what_is_measured_is_watched() -> None:
    found = watched_list(PLAN, CAMERA)
    assert found.watched[:3] == ("faces", "head direction", "sound level")


def test_what_is_not_measured_is_named_with_its_reason() -> None:
    found = watched_list(PLAN, CAMERA)
    assert found.unwatched == ("gaze (The face mesh is not installed)", "phone (no model is set)")


def test_a_reason_that_limits_what_is_measured_is_said() -> None:
    found = watched_list(PLAN, (SignalStatus(Signal.GAZE, True, "by head direction only"),))
    assert "gaze (by head direction only)" in found.watched


@pytest.mark.parametrize(
    "reason, said",
    [
        ("The face mesh is not installed. Run make setup.", "The face mesh is not installed"),
        ("not monitored: no object model is configured (OBJECT_MODEL)", "no object model is configured"),
        ("", ""),
    ],
)
def test_a_candidate_reads_the_reason_without_what_an_operator_should_do(reason: str, said: str) -> None:
    assert why_not(SignalStatus(Signal.GAZE, False, reason)) == said


def test_under_an_older_consent_only_faces_are_called_watched() -> None:
    found = watched_list(PLAN, agreed_statuses(CAMERA, faces_only=True))
    assert found.watched[0] == "faces" and f"head direction ({FACES_ONLY})" in found.unwatched


def test_the_page_is_always_watched() -> None:
    plan = replace(PLAN, watch_camera=False, answer_mode=AnswerMode.TYPED)
    assert [line.split()[:2] for line in watched_list(plan, ()).watched] == [["this", "page"]]


def test_a_camera_that_was_declined_is_not_monitored() -> None:
    found = watched_list(replace(PLAN, watch_camera=False), CAMERA)
    assert "your camera (not used, as you chose)" in found.unwatched and "faces" not in found.watched


def test_before_the_camera_is_on_nothing_is_promised() -> None:
    assert "once it is on" in watched_list(PLAN, ()).watched[0]


@pytest.mark.parametrize("mode", [AnswerMode.TYPED, AnswerMode.CLIP])
def test_without_a_live_microphone_no_sound_is_watched(mode: AnswerMode) -> None:
    found = watched_list(replace(PLAN, answer_mode=mode), CAMERA)
    assert not any("sound" in line for line in found.watched)


def test_what_the_sound_says_of_itself_is_taken_over() -> None:
    sound = (SignalStatus(Signal.SOUND, True), SignalStatus(Signal.VOICES, False, "no model is set"))
    assert "second voice (no model is set)" in watched_list(PLAN, CAMERA, sound).unwatched


def test_without_accommodations_nothing_is_arranged() -> None:
    assert arranged(PLAN) == ()


def test_what_is_not_noted_by_arrangement_is_named() -> None:
    assert arranged(WIDE)[0].startswith("Not noted, as arranged: looking away, ")


def test_wider_windows_are_named() -> None:
    assert "2 times as long" in arranged(WIDE)[1]


def test_the_words_behind_the_question_mark_say_all_of_it() -> None:
    words = watched_list(WIDE, CAMERA).words
    assert all(
        part in words for part in ("Watched: faces", "Not monitored: gaze", "as arranged", NEVER, "decides nothing")
    )
