from dataclasses import replace

import pytest

from core.domain.signals import FrameSignal, Signal, SignalStatus
from core.domain.watch import FlagKind, WatchView
from core.ui.readings import LEARNING, UNKNOWN, read_view

CLEAR = FrameSignal(
    at=0.0,
    count=1,
    boxes=((10, 10, 50, 50),),
    brightness=120.0,
    too_dark=False,
    yaw_deg=0.0,
    pitch_deg=0.0,
    gaze_x=0.0,
    gaze_y=0.0,
    eyes_closed=False,
    sharpness=200.0,
    change=30.0,
    motion_behind=0.0,
    phones=0,
)
NOT_YET = FrameSignal(at=0.0, count=1, boxes=(), brightness=120.0, too_dark=False)


def view(signal: FrameSignal | None = CLEAR, **changes: object) -> WatchView:
    return replace(WatchView(True, 1, False, signal=signal, calibrated=True), **changes)


def words(name: str, seen: WatchView, similarity: float | None = 0.8) -> str:
    return next(line.words for line in read_view(seen, similarity) if line.name == name)


def test_somebody_who_looks_at_the_screen_is_told_so() -> None:
    said = [line.words for line in read_view(view(), 0.8)]
    assert said[:4] == ["One", "Straight ahead", "At the screen", "Open"]
    assert said[4:] == ["Yes, as at the start", "Good", "Clear", "Nothing moves", "None"]


@pytest.mark.parametrize(
    "name, change, said",
    [
        ("Faces", {"count": 0}, "None"),
        ("Faces", {"count": 3}, "3"),
        ("Faces", {"too_dark": True, "count": 0}, "Too dark to tell"),
        ("Head", {"pitch_deg": -20.0}, "Turned down 20°"),
        ("Head", {"pitch_deg": 20.0}, "Turned up 20°"),
        ("Head", {"yaw_deg": None, "pitch_deg": None}, UNKNOWN),
        ("Gaze", {"gaze_y": -0.2}, "Turned down"),
        ("Eyes", {"eyes_closed": True}, "Closed"),
        ("Light", {"brightness": 50.0}, "Could be lighter"),
        ("Light", {"brightness": 10.0, "too_dark": True}, "Too dark"),
        ("Picture", {"covered": True}, "Covered"),
        ("Picture", {"sharpness": 5.0}, "Blurred"),
        ("Behind you", {"motion_behind": 0.3}, "Something moves"),
        ("Telephone", {"phones": 1}, "In the picture"),
    ],
)
def test_each_thing_is_said_in_plain_words(name: str, change: dict[str, object], said: str) -> None:
    assert words(name, view(replace(CLEAR, **change))) == said


def test_left_is_the_candidates_own_left() -> None:
    """A head turned to the right edge of the picture is turned to its own left, as the mirrored self-view shows it."""
    assert words("Head", view(replace(CLEAR, yaw_deg=25.0))) == "Turned left 25°"


def test_the_eyes_left_is_the_candidates_own_left() -> None:
    assert words("Gaze", view(replace(CLEAR, gaze_x=-0.2))) == "Turned right"


def test_a_turn_and_a_nod_are_both_named() -> None:
    assert words("Head", view(replace(CLEAR, yaw_deg=-30.0, pitch_deg=-15.0))) == "Turned right 30° and down 15°"


def test_a_picture_that_stands_still_is_named() -> None:
    assert words("Picture", view(active=(FlagKind.CAMERA_FROZEN,))) == "Standing still"


@pytest.mark.parametrize("name", ["Head", "Gaze"])
def test_before_the_usual_position_is_known_nothing_relative_is_said(name: str) -> None:
    assert words(name, view(calibrated=False)) == LEARNING


@pytest.mark.parametrize("similarity, said", [(None, LEARNING), (0.9, "Yes"), (0.1, "Not sure")])
def test_the_same_person_is_said_with_care(similarity: float | None, said: str) -> None:
    assert words("Same person", view(), similarity).startswith(said)


@pytest.mark.parametrize("change", [{"count": 0}, {"count": 2}, {"too_dark": True}])
def test_who_cannot_be_compared_now_is_not_called_the_same_person(change: dict[str, object]) -> None:
    assert words("Same person", view(replace(CLEAR, **change))) == UNKNOWN


def test_what_is_not_measured_says_why() -> None:
    seen = view(statuses=(SignalStatus(Signal.GAZE, False, "The face mesh is not installed. Run make setup."),))
    line = next(line for line in read_view(seen, None) if line.name == "Gaze")
    assert (line.measured, line.words) == (False, "Not monitored: The face mesh is not installed")


def test_a_signal_that_was_not_measured_on_this_picture_is_never_clean() -> None:
    said = {line.name: line.words for line in read_view(view(NOT_YET), None)}
    assert {said[name] for name in ("Head", "Gaze", "Eyes", "Picture", "Behind you", "Telephone")} == {UNKNOWN}


@pytest.mark.parametrize("seen", [view(None), view(seeing=False)])
def test_without_a_picture_there_is_nothing_to_read(seen: WatchView) -> None:
    assert read_view(seen, None) == []
