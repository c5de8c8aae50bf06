"""What the monitor sees in one picture, in the candidate's words and from the candidate's side."""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.signals import FrameSignal, Signal
from core.domain.watch import FlagKind, WatchView
from core.proctoring.votes import VoteParams
from core.ui.watched import why_not

UNKNOWN = "Not seen just now"
LEARNING = "Not known yet"


@dataclass(frozen=True, slots=True)
class ReadingParams:
    """Where words change. For the screen alone: what is noted is up to the rules."""

    turned_deg: float = 12.0
    """A smaller turn is "straight ahead"."""
    nodded_deg: float = 10.0
    """A smaller nod is "level"."""
    gaze_share: float = VoteParams().gaze_shift
    """A smaller shift of the irises, in eye widths, is "at the screen"."""
    moving_share: float = VoteParams().background_share
    """Less movement behind the person is "nothing moves"."""
    blurred_below: float = 20.0
    """Sharpness of a picture that is blurred."""
    dim_below: float = 60.0
    """Grey level, 0 to 255, of a picture that could be lighter."""
    same_from: float = VoteParams().different_below
    """Similarity from which two pictures may be of one person."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One line.

    Attributes:
        name: What is looked at.
        words: What is seen, or why it is not measured.
        measured: False is "not monitored".
    """

    name: str
    words: str
    measured: bool = True


def read_view(view: WatchView, similarity: float | None, params: ReadingParams | None = None) -> list[Reading]:
    """All lines for one look at the monitor.

    Args:
        view: What the monitor sees.
        similarity: The latest comparison with the face at the start; None before the first.
        params: Where words change.

    Returns:
        One line per thing the monitor can look at; empty while it sees nothing.
    """
    signal, p = view.signal, params or ReadingParams()
    if not view.seeing or signal is None:
        return []
    learnt = view.calibrated
    lines: tuple[tuple[str, Signal, Callable[[], str]], ...] = (
        ("Faces", Signal.FACES, lambda: _faces(signal)),
        ("Head", Signal.HEAD, lambda: _head(signal, p) if learnt else LEARNING),
        ("Gaze", Signal.GAZE, lambda: _gaze(signal, p) if learnt else LEARNING),
        ("Eyes", Signal.EYES, lambda: {None: UNKNOWN, True: "Closed", False: "Open"}[signal.eyes_closed]),
        ("Same person", Signal.IDENTITY, lambda: _same(signal, similarity, p)),
        ("Light", Signal.PICTURE, lambda: _light(signal, p)),
        ("Picture", Signal.PICTURE, lambda: _picture(signal, view, p)),
        ("Behind you", Signal.BACKGROUND, lambda: _behind(signal, p)),
        ("Telephone", Signal.OBJECTS, lambda: _phones(signal)),
    )
    found = {status.signal: status for status in view.statuses}
    readings = []
    for name, what, words in lines:
        status = found.get(what)
        if status is not None and not status.measured:
            why = why_not(status)
            readings.append(Reading(name, f"Not monitored: {why}" if why else "Not monitored", measured=False))
        else:
            readings.append(Reading(name, words()))
    return readings


def _faces(signal: FrameSignal) -> str:
    if signal.too_dark:
        return "Too dark to tell"
    return {0: "None", 1: "One"}.get(signal.count, str(signal.count))


def _head(signal: FrameSignal, p: ReadingParams) -> str:
    if signal.yaw_deg is None and signal.pitch_deg is None:
        return UNKNOWN
    # The picture's right edge is at the candidate's left hand: the self-view is mirrored, the analysed picture is not.
    parts = []
    if signal.yaw_deg is not None and abs(signal.yaw_deg) >= p.turned_deg:
        parts.append(f"{'left' if signal.yaw_deg > 0 else 'right'} {abs(signal.yaw_deg):.0f}°")
    if signal.pitch_deg is not None and abs(signal.pitch_deg) >= p.nodded_deg:
        parts.append(f"{'down' if signal.pitch_deg < 0 else 'up'} {abs(signal.pitch_deg):.0f}°")
    return f"Turned {' and '.join(parts)}" if parts else "Straight ahead"


def _gaze(signal: FrameSignal, p: ReadingParams) -> str:
    if signal.gaze_x is None and signal.gaze_y is None:
        return UNKNOWN
    parts = []
    if signal.gaze_x is not None and abs(signal.gaze_x) >= p.gaze_share:
        parts.append("left" if signal.gaze_x > 0 else "right")
    if signal.gaze_y is not None and abs(signal.gaze_y) >= p.gaze_share:
        parts.append("down" if signal.gaze_y < 0 else "up")
    return f"Turned {' and '.join(parts)}" if parts else "At the screen"


def _same(signal: FrameSignal, similarity: float | None, p: ReadingParams) -> str:
    if signal.count != 1 or signal.too_dark:
        return UNKNOWN
    if similarity is None:
        return LEARNING
    return "Yes, as at the start" if similarity >= p.same_from else "Not sure: it looks different from the start"


def _light(signal: FrameSignal, p: ReadingParams) -> str:
    if signal.too_dark:
        return "Too dark"
    return "Could be lighter" if signal.brightness < p.dim_below else "Good"


def _picture(signal: FrameSignal, view: WatchView, p: ReadingParams) -> str:
    if signal.covered:
        return "Covered"
    if FlagKind.CAMERA_FROZEN in view.active:
        return "Standing still"
    if signal.sharpness is None:
        return UNKNOWN
    return "Blurred" if signal.sharpness < p.blurred_below else "Clear"


def _behind(signal: FrameSignal, p: ReadingParams) -> str:
    if signal.motion_behind is None:
        return UNKNOWN
    return "Something moves" if signal.motion_behind >= p.moving_share else "Nothing moves"


def _phones(signal: FrameSignal) -> str:
    return UNKNOWN if signal.phones is None else "In the picture" if signal.phones else "None"
