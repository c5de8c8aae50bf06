import pytest

from core.domain.interview import InterviewPlan
from core.domain.watch import FROM_CAMERA, FlagKind, WatchView
from core.ui.camera_warning import CameraWarning, CameraWarningParams, advice, silent_kinds
from core.ui.device_words import FLAG_ADVICE, NOT_SEEN, TOO_DARK

P = CameraWarningParams()
CLEAN = WatchView(seeing=True, faces=1, too_dark=False)
BLIND = WatchView(seeing=False, faces=None, too_dark=False)
DARK = WatchView(seeing=True, faces=None, too_dark=True)


def showing(*kinds: FlagKind, faces: int = 1) -> WatchView:
    return WatchView(seeing=True, faces=faces, too_dark=False, active=kinds)


def after(seconds: float, view: WatchView | None, warning: CameraWarning | None = None, silent=()) -> str:
    """Show one view for this long, ten looks a second; what is said in the end."""
    warning = warning or CameraWarning()
    said = ""
    for n in range(round(seconds * 10) + 1):
        said = warning.observe(n / 10, view, silent)
    return said


@pytest.mark.parametrize("kind", sorted(FROM_CAMERA))
def test_every_kind_of_the_camera_has_a_next_step(kind: FlagKind) -> None:
    assert FLAG_ADVICE[kind].count(".") >= 2


@pytest.mark.parametrize("kind", sorted(FROM_CAMERA))
def test_an_open_claim_is_said(kind: FlagKind) -> None:
    assert after(P.settle_s + 0.1, showing(kind)) == FLAG_ADVICE[kind]


def test_with_nothing_open_nothing_is_said() -> None:
    assert after(30.0, CLEAN) == ""


def test_a_claim_that_ends_at_once_is_not_spoken_of() -> None:
    warning = CameraWarning()
    warning.observe(0.0, showing(FlagKind.NO_FACE))
    assert warning.observe(P.settle_s + 0.1, CLEAN) == ""


def test_what_was_said_stays_long_enough_to_be_read() -> None:
    warning = CameraWarning()
    after(1.0, showing(FlagKind.NO_FACE), warning)
    assert warning.observe(P.stay_s - 0.1, CLEAN) == FLAG_ADVICE[FlagKind.NO_FACE]


def test_when_it_is_over_and_was_read_it_goes() -> None:
    warning = CameraWarning()
    after(1.0, showing(FlagKind.NO_FACE), warning)
    assert warning.observe(1.0 + P.stay_s, CLEAN) == ""


def test_one_thing_is_said_at_a_time_the_most_pressing_first() -> None:
    both = showing(FlagKind.LOOKING_AWAY, FlagKind.CAMERA_FROZEN)
    assert after(2.0, both) == FLAG_ADVICE[FlagKind.CAMERA_FROZEN]


def test_what_is_being_said_is_not_cut_off_by_something_else() -> None:
    warning = CameraWarning()
    after(2.0, showing(FlagKind.LOOKING_AWAY), warning)
    both = showing(FlagKind.LOOKING_AWAY, FlagKind.CAMERA_FROZEN)
    assert [warning.observe(at, both) for at in (3.0, 9.0)] == [FLAG_ADVICE[FlagKind.LOOKING_AWAY]] * 2


def test_a_silent_kind_is_never_spoken_of() -> None:
    assert after(30.0, showing(FlagKind.READING_GAZE), silent={FlagKind.READING_GAZE}) == ""


@pytest.mark.parametrize("view", [None, BLIND])
def test_a_monitor_that_does_not_see_says_so_and_that_nothing_is_held_against_anybody(view: WatchView | None) -> None:
    assert after(P.not_seen_s + 0.1, view) == NOT_SEEN and "not held against you" in NOT_SEEN


def test_a_short_blindness_is_not_spoken_of() -> None:
    assert after(P.not_seen_s - 0.1, BLIND) == ""


def test_while_nothing_is_seen_no_open_claim_is_repeated() -> None:
    view = WatchView(seeing=False, faces=None, too_dark=False, active=(FlagKind.NO_FACE,))
    assert after(30.0, view) == NOT_SEEN


def test_a_dark_picture_asks_for_light() -> None:
    assert after(P.dark_s + 0.1, DARK) == TOO_DARK


@pytest.mark.parametrize("faces, words", [(2, "Two faces"), (3, "Three faces"), (7, "7 faces"), (1, "More than one")])
def test_several_faces_are_counted_while_they_are_seen(faces: int, words: str) -> None:
    assert advice(FlagKind.MULTIPLE_FACES, showing(FlagKind.MULTIPLE_FACES, faces=faces)).startswith(words)


def test_kinds_worth_information_only_are_silent() -> None:
    silent = silent_kinds(InterviewPlan(subject="Python"))
    assert FlagKind.READING_GAZE in silent and FlagKind.NO_FACE not in silent


def test_kinds_switched_off_by_arrangement_are_silent() -> None:
    assert FlagKind.NO_FACE in silent_kinds(InterviewPlan(subject="Python", rules_off=("no_face",)))
