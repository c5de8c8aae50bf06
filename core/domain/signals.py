"""What is measured of a frame, before any rule looks at it."""

from dataclasses import dataclass
from enum import StrEnum

Box = tuple[int, int, int, int]
"""(x, y, width, height) in pixels of the analysed frame."""


class Signal(StrEnum):
    """What the monitor can measure. Where it cannot, the screen and the report say so."""

    FACES = "faces"
    HEAD = "head direction"
    GAZE = "gaze"
    EYES = "closed eyes"
    IDENTITY = "same person"
    PICTURE = "picture quality"
    BACKGROUND = "movement behind"
    OBJECTS = "phone"
    SOUND = "sound level"
    VOICES = "second voice"
    PAGE = "this page"


@dataclass(frozen=True, slots=True)
class SignalStatus:
    """Whether a signal is measured in an interview.

    Attributes:
        signal: Which.
        measured: False is "not monitored", never "clean".
        reason: Why not, as a plain sentence; or how, when that limits what it is worth ("by head direction only").
    """

    signal: Signal
    measured: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FrameSignal:
    """One analysed frame. None means "not measured on this frame", never "nothing there".

    Angles and gaze are offsets from the person's own baseline; left and right are as seen in the picture.

    Attributes:
        at: Seconds on the monotonic clock when the frame arrived.
        count: Faces found.
        boxes: One per face, the largest first.
        brightness: Mean grey level, 0 to 255.
        too_dark: The picture is too dark to judge; no claim about people may rest on it.
        covered: Nothing but darkness or one flat colour is to be seen, whatever a brightened copy may show.
        yaw_deg: Turn of the head; positive towards the right edge of the picture.
        pitch_deg: Nod of the head; negative is down.
        gaze_x: Sideways shift of the irises in eye widths; positive towards the right edge.
        gaze_y: Upward shift of the irises in eye widths; negative is down.
        eyes_closed: Both eyes are shut.
        similarity: Cosine similarity of the face to the one at the start, -1 to 1; compared every few seconds only.
        sharpness: Variance of the Laplacian of the picture at 320 px; below some 20 it is blurred.
        change: Largest difference of a grey level to the frame before, 0 to 255.
        mean_change: Mean difference of the grey levels to the frame before, 0 to 255.
        motion_behind: Share of the picture outside the person that moves, 0 to 1.
        phones: Telephones found.
    """

    at: float
    count: int
    boxes: tuple[Box, ...]
    brightness: float
    too_dark: bool
    covered: bool = False
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    gaze_x: float | None = None
    gaze_y: float | None = None
    eyes_closed: bool | None = None
    similarity: float | None = None
    sharpness: float | None = None
    change: float | None = None
    mean_change: float | None = None
    motion_behind: float | None = None
    phones: int | None = None
