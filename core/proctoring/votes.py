"""What one frame says to each rule: yes, no, or "cannot tell", and what was measured."""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.signals import FrameSignal
from core.domain.watch import FlagKind


@dataclass(frozen=True, slots=True)
class VoteParams:
    """Thresholds of single frames. Angles and gaze are off the person's own baseline."""

    away_angle_deg: float = 22.0
    """A head turned further than this looks beside the screen."""
    down_angle_deg: float = 15.0
    """A head bent further than this looks below the screen."""
    up_angle_deg: float = 25.0
    """A head raised further than this looks above the screen; thinking, mostly."""
    gaze_shift: float = 0.15
    """Irises further aside than this, in eye widths, look beside the screen; less cannot be told."""
    different_below: float = 0.33
    """Cosine similarity to the start below which it is another face."""
    frozen_change: float = 8.0
    """A picture is the one before when no pixel differs by more grey levels than this (VP8 moves some by 2 to 6, the
    noise of a sensor by 7 to 36) ..."""
    frozen_mean_change: float = 0.06
    """... and all together differ by no more than this in the mean (VP8 0.003 to 0.03, a sensor 0.25 and more)."""
    background_share: float = 0.04
    """Share of the picture outside the person that something moving must take up."""


Vote = tuple[bool | None, float]
"""Yes, no or None; and what was measured, in the unit of the kind."""


def vote_no_face(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether nobody is in the picture; None when it is too dark to tell."""
    return (None if signal.too_dark else signal.count == 0), 0.0


def vote_multiple_faces(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether more than one person is in the picture; None when it is too dark to tell. Measured: faces."""
    return (None if signal.too_dark else signal.count > 1), float(signal.count)


def vote_looking_away(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether the head is turned aside. Measured: degrees, either way."""
    if signal.yaw_deg is None:
        return None, 0.0
    return abs(signal.yaw_deg) > params.away_angle_deg, abs(signal.yaw_deg)


def vote_looking_down(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether the head is bent. Measured: degrees down."""
    if signal.pitch_deg is None:
        return None, 0.0
    return signal.pitch_deg < -params.down_angle_deg, -signal.pitch_deg


def vote_eyes_off_screen(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether head or eyes point beside the screen; by the head alone where gaze is not measured."""
    yaw, pitch = signal.yaw_deg, signal.pitch_deg
    if yaw is None or pitch is None:
        return None, 0.0
    head = abs(yaw) > params.away_angle_deg or not -params.down_angle_deg <= pitch <= params.up_angle_deg
    return head or (signal.gaze_x is not None and abs(signal.gaze_x) > params.gaze_shift), 0.0


def vote_different_person(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether the face is not the one of the start. Measured: similarity."""
    if signal.similarity is None:
        return None, 0.0
    return signal.similarity < params.different_below, signal.similarity


def vote_camera_covered(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether there is nothing to see but darkness or one flat colour. Measured: grey level."""
    return signal.covered or signal.too_dark, signal.brightness


def vote_camera_frozen(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether this is the picture of the frame before; in the dark that cannot be told."""
    if signal.change is None or signal.mean_change is None or signal.covered or signal.too_dark:
        return None, 0.0
    same = signal.change <= params.frozen_change and signal.mean_change <= params.frozen_mean_change
    return same, signal.mean_change


def vote_background_person(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether something the size of a person moves behind. Measured: its share of what is behind."""
    if signal.motion_behind is None:
        return None, 0.0
    return signal.motion_behind > params.background_share, signal.motion_behind


def vote_phone(signal: FrameSignal, params: VoteParams) -> Vote:
    """Whether a telephone is in the picture. Measured: how many."""
    return (None, 0.0) if signal.phones is None else (signal.phones > 0, float(signal.phones))


VOTES: dict[FlagKind, Callable[[FrameSignal, VoteParams], Vote]] = {
    FlagKind.NO_FACE: vote_no_face,
    FlagKind.MULTIPLE_FACES: vote_multiple_faces,
    FlagKind.LOOKING_AWAY: vote_looking_away,
    FlagKind.DIFFERENT_PERSON: vote_different_person,
    FlagKind.CAMERA_COVERED: vote_camera_covered,
    FlagKind.CAMERA_FROZEN: vote_camera_frozen,
    FlagKind.BACKGROUND_PERSON: vote_background_person,
    FlagKind.PHONE: vote_phone,
}
"""Kinds that are claimed when their condition lasts. The others count, share or compare over a longer time."""
