"""Self-view, recording light, microphone level and the one Start button."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.ui.components._inbox import mount
from core.ui.components._register import register
from core.ui.components._wire import FORBID, Name

_stage = register("stage")
Track = Literal["audio", "video"]
WATCHED_REASON = "A program notes these moments for a person to look at. It decides nothing by itself."


@dataclass(frozen=True, slots=True, config=FORBID)
class Started:
    """The browser gave us devices. ``video`` is False where a camera was asked for and none was found."""

    kind: Literal["started"]
    audio: bool
    video: bool


@dataclass(frozen=True, slots=True, config=FORBID)
class StartFailed:
    """No device was given. The stage shows a next step by itself.

    Attributes:
        kind: Discriminator.
        error: Name of the browser's error (``NotAllowedError``, ``NotFoundError``, ``NotReadableError``,
            ``OverconstrainedError``, ``SecurityError`` ...), or ours: ``no_iframe``, ``no_button``,
            ``insecure_context``, ``no_answer``.
        device: ``"microphone"``, ``"camera"``, ``"microphone and camera"``; empty when the browser does not tell.
    """

    kind: Literal["start_failed"]
    error: Name
    device: Name


@dataclass(frozen=True, slots=True, config=FORBID)
class TrackEnded:
    """Unplugged, permission taken back, or the connection stopped."""

    kind: Literal["track_ended"]
    track: Track


@dataclass(frozen=True, slots=True, config=FORBID)
class TrackMuted:
    """The system gives no sound or picture for now (a hardware switch, a call on the phone)."""

    kind: Literal["track_muted"]
    track: Track


@dataclass(frozen=True, slots=True, config=FORBID)
class TrackUnmuted:
    """Sound or picture is back."""

    kind: Literal["track_unmuted"]
    track: Track


@dataclass(frozen=True, slots=True, config=FORBID)
class DevicesChanged:
    """Something was plugged in or out; what is there now."""

    kind: Literal["devices_changed"]
    cameras: int
    microphones: int


StageEvent = Started | StartFailed | TrackEnded | TrackMuted | TrackUnmuted | DevicesChanged
_events: TypeAdapter[StageEvent] = TypeAdapter(Annotated[StageEvent, Field(discriminator="kind")])


def stage(
    key: str,
    *,
    start_label: str,
    running: bool,
    recording: bool = False,
    recorded_ms: int = 0,
    want_video: bool = True,
    connection: str = "",
    watched: Sequence[str] = (),
    watched_reason: str = WATCHED_REASON,
    warning: str = "",
    fullscreen: bool = False,
    media_start: str = "START",
    media_stop: str = "STOP",
) -> list[StageEvent]:
    """Draws the right column of the room; Start presses START in the streamlit-webrtc frame on the same page.

    Args:
        key: Widget key.
        start_label: "Start interview", "Reconnect", "Start check".
        running: Media arrive (``ctx.state.playing``).
        recording: Show the red light.
        recorded_ms: Length of this recording so far; the page counts on from it.
        want_video: The candidate agreed to the camera.
        connection: "Connection good". Empty shows nothing.
        watched: What is being monitored, in words.
        watched_reason: Text behind the (?).
        warning: Shown beside the picture and read out; says what happened and what counts.
        fullscreen: Ask for full screen with the same press.
        media_start: Label of the frame's START button, if translated.
        media_stop: Label of its STOP button.
    """
    data = {
        "start_label": start_label,
        "running": running,
        "recording": recording,
        "recorded_ms": recorded_ms,
        "want_video": want_video,
        "connection": connection,
        "watched": list(watched),
        "watched_reason": watched_reason,
        "warning": warning,
        "fullscreen": fullscreen,
        "media_start": media_start,
        "media_stop": media_stop,
    }
    return mount(_stage, key, data, _events)
