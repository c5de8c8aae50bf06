"""What the monitor claims: flags and their evidence. No verdicts; a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.signals import FrameSignal, SignalStatus


class FlagKind(StrEnum):
    """Claims the rules can make."""

    NO_FACE = "no_face"
    MULTIPLE_FACES = "multiple_faces"
    LOOKING_AWAY = "looking_away"
    LOOKING_DOWN = "looking_down_repeatedly"
    EYES_OFF_SCREEN = "eyes_off_screen"
    READING_GAZE = "gaze_like_reading"
    DIFFERENT_PERSON = "different_person"
    CAMERA_COVERED = "camera_covered"
    CAMERA_FROZEN = "camera_frozen"
    BACKGROUND_PERSON = "person_in_background"
    PHONE = "phone"
    SECOND_VOICE = "second_voice"
    UNRECORDED_VOICE = "voice_while_not_recording"
    SUSTAINED_NOISE = "sustained_noise"
    TAB_SWITCHING = "tab_switching"
    FULLSCREEN_EXIT = "fullscreen_exit"
    COPY_PASTE = "copy_paste"
    WINDOW_RESIZED = "window_resized"
    EXTRA_SCREEN = "extra_screen"


FROM_CAMERA = frozenset(
    {
        FlagKind.NO_FACE,
        FlagKind.MULTIPLE_FACES,
        FlagKind.LOOKING_AWAY,
        FlagKind.LOOKING_DOWN,
        FlagKind.EYES_OFF_SCREEN,
        FlagKind.READING_GAZE,
        FlagKind.DIFFERENT_PERSON,
        FlagKind.CAMERA_COVERED,
        FlagKind.CAMERA_FROZEN,
        FlagKind.BACKGROUND_PERSON,
        FlagKind.PHONE,
    }
)
"""Kinds that rest on pictures."""
FROM_SOUND = frozenset({FlagKind.SECOND_VOICE, FlagKind.UNRECORDED_VOICE, FlagKind.SUSTAINED_NOISE})
"""Kinds that rest on sound."""
FROM_PAGE = frozenset(FlagKind) - FROM_CAMERA - FROM_SOUND
"""Kinds that rest on what the page reports about itself."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A claim with its evidence, open until ``ended_at`` is set.

    Attributes:
        kind: What is claimed.
        started_at: Wall time (UTC) when the condition began, not when it was noticed.
        ended_at: Wall time (UTC) of its end, None while it lasts.
        strength: Share of what was measured in the span that shows the condition, 0 to 1.
        reason: One plain sentence for the reviewer.
        health: How well the monitor saw meanwhile, in plain words by name (``{"pictures a second": "2.0"}``).
    """

    kind: FlagKind
    started_at: datetime
    ended_at: datetime | None
    strength: float
    reason: str
    health: Mapping[str, str] = field(default_factory=dict)


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
        signal: Latest analysed frame; None while not seeing.
        statuses: What can be measured of this candidate, and why the rest cannot.
        calibrated: The person's own baseline (head, eyes, face) is known; before that nothing relative is claimed.
    """

    seeing: bool
    faces: int | None
    too_dark: bool
    active: tuple[FlagKind, ...] = ()
    signal: FrameSignal | None = None
    statuses: tuple[SignalStatus, ...] = ()
    calibrated: bool = False
