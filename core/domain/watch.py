"""What the monitor saw: signals, flags, page events. No verdicts; a person decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FlagKind(StrEnum):
    """Claims the rules can make."""

    NO_FACE = "no_face"
    MULTIPLE_FACES = "multiple_faces"


class PageEventKind(StrEnum):
    """What the page reports about itself."""

    HIDDEN = "tab_hidden"
    VISIBLE = "tab_visible"
    BLUR = "window_blur"
    FOCUS = "window_focus"
    FULLSCREEN_ON = "fullscreen_on"
    FULLSCREEN_EXIT = "fullscreen_exit"
    COPY = "copy"
    CUT = "cut"
    PASTE = "paste"


LEAVING_THE_PAGE = frozenset({PageEventKind.HIDDEN, PageEventKind.BLUR, PageEventKind.FULLSCREEN_EXIT})
"""Events that count as one step of "1 of n"; the rest are only logged."""


@dataclass(frozen=True, slots=True)
class FaceSignal:
    """One analysed frame.

    Attributes:
        at: Seconds on the monotonic clock when the frame arrived.
        count: Faces found.
        boxes: (x, y, width, height) in pixels of the analysed frame, one per face.
        brightness: Mean grey level, 0 to 255.
        too_dark: The picture is too dark to judge; no claim may rest on it.
    """

    at: float
    count: int
    boxes: tuple[tuple[int, int, int, int], ...]
    brightness: float
    too_dark: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A claim with its evidence, open until ``ended_at`` is set.

    Attributes:
        kind: What is claimed.
        started_at: Wall time (UTC) when the condition began, not when it was noticed.
        ended_at: Wall time (UTC) of its end, None while it lasts.
        strength: Share of analysed frames in the span that show the condition, 0 to 1.
        reason: One plain sentence for the reviewer.
    """

    kind: FlagKind
    started_at: datetime
    ended_at: datetime | None
    strength: float
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture kept as evidence: JPEG bytes, when it was taken (UTC) and why."""

    jpeg: bytes
    at: datetime
    reason: str
    faces: int | None


@dataclass(frozen=True, slots=True)
class WatchView:
    """State of the monitor for one candidate, for the screen.

    Attributes:
        seeing: Frames arrive and are analysed; False is "unknown", never "clean".
        faces: Faces in the latest analysed frame; None while unknown.
        too_dark: Latest frame was too dark to judge.
        active: Kinds of flag that are open now.
    """

    seeing: bool
    faces: int | None
    too_dark: bool
    active: tuple[FlagKind, ...] = ()
