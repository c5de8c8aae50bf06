"""The column beside the question: self-view, clock, connection, what is watched, warnings."""

import time

import streamlit as st

from core.bootstrap import House
from core.domain.events import Paused
from core.domain.flow import CLOCKED, Phase
from core.domain.interview import AnswerMode
from core.domain.page_events import COMING_BACK, PageEventKind
from core.services.interview_view import InterviewView
from core.services.live_room import LiveRoom
from core.ui import errors, lock, other_ways, page_beat, watched
from core.ui.camera_warning import CameraWarning, silent_kinds
from core.ui.cards import clock_text
from core.ui.components.clock import clock
from core.ui.components.guard import guard
from core.ui.components.stage import Started, StartFailed, TrackEnded, stage
from core.ui.device_words import ALERTS, VOICE_ADVICE
from core.ui.session_keys import CONNECTED, LOST, START_FAILED, START_PRESSED_AT, WANTS_START

WARNING_SHOWN_S = 12.0
START_PATIENCE_S = 12.0
_PRESSED = "room:pressed"
_CAMERA_WARNING = "room:camera_warning"
_LEFT = "room:left"
"""Session key: the warning for leaving the page, until the candidate is back."""
CLOCK_LABELS = {
    Phase.ASKING: "Listen",
    Phase.THINKING: "Time to think",
    Phase.ANSWERING: "Time to answer",
    Phase.REVIEWING: "Time to check your answer",
}


def draw(house: House, room: LiveRoom, view: InterviewView, *, needs_media: bool) -> None:
    """Everything beside the question."""
    waiting = view.state.phase in (Phase.CHECKED, Phase.PAUSED)
    lost = st.session_state.get(LOST)
    label = "Start interview" if view.state.phase is Phase.CHECKED else "Reconnect" if lost else "Go on"
    # Where no device has to be asked for, a button of our own starts.
    plain = _media(house, room, view, label) if needs_media else waiting
    if lock.wanted(view):
        lock.draw(house, view, start_label=label if plain else "")
    elif plain:
        _start_button(label)
    if not needs_media:
        st.caption("Watched: this tab. No camera, no microphone.")
    _clock(view)
    if view.state.phase is Phase.PAUSED and view.state.deadline is not None:
        wait_s = max(0.0, (view.state.deadline - house.clock.now()).total_seconds())
        st.info(
            (f"We lost your {lost}. " if lost else "Your interview is paused. ")
            + f"The clock stands still for up to {clock_text(wait_s)}. Press {label} when you are ready."
        )
    if view.state.phase in CLOCKED:
        _pause_button(house, view)
    if (text := _warning()) and not needs_media:
        st.warning(text)
    if waiting and needs_media:
        _other_ways(house, view)


def _media(house: House, room: LiveRoom, view: InterviewView, label: str) -> bool:
    """The stage; True when the media are there already (only the clock was stopped), so a plain button will do."""
    health = room.health()
    # After a refresh the room may still hold a second of the old page's sound: only this page's link counts.
    playing = bool(st.session_state.get(CONNECTED)) and (health.audio_live or health.video_live)
    recording = room.target is not None
    _listen(house, room, view)
    pressed: list[bool] = st.session_state.setdefault(_PRESSED, [])
    for event in stage(
        "stage",
        start_label=label,
        running=playing,
        recording=recording,
        recorded_ms=int(room.recorded_s * 1000),
        want_video=view.plan.watch_camera,
        connection="Connection good" if playing else "",
        watched=_watched(view),
        watched_reason=watched.list_of(house, room, view).words,
        warning=_beside_the_picture(house, room, view),
        fullscreen=lock.wanted(view),
    ):
        if isinstance(event, Started):
            # Into the plain list first: the event is taken, and a rerun asked for by the media frame may cut this
            # run off at its next use of Streamlit, ``session_state`` too. The next run finds the press there.
            pressed.append(True)
            st.session_state[WANTS_START] = True
            st.session_state[START_PRESSED_AT] = time.monotonic()
            house.interviews.note(view.session_id, "start_pressed", {"audio": event.audio, "video": event.video})
        elif isinstance(event, StartFailed):
            st.session_state[START_FAILED] = True
            house.interviews.note(view.session_id, "start_failed", {"error": event.error, "device": event.device})
        elif isinstance(event, TrackEnded):
            house.interviews.note(view.session_id, "track_ended", {"track": event.track})
    waiting = view.state.phase in (Phase.CHECKED, Phase.PAUSED)
    return waiting and playing and not st.session_state.get(WANTS_START)


def _watched(view: InterviewView) -> list[str]:
    face = ["face"] if view.plan.watch_camera else []
    return [*face, "this tab", *(["sound level"] if view.plan.answer_mode is AnswerMode.LIVE else [])]


def _listen(house: House, room: LiveRoom, view: InterviewView) -> None:
    """Look for noise, silence and clipping while a question is open; in a pause it is nobody's business."""
    if view.plan.answer_mode is AnswerMode.LIVE and view.state.phase in CLOCKED:
        house.sounds.attend(room)
    else:
        house.sounds.rest(view.session_id)


def _sound_warning(house: House, view: InterviewView) -> str:
    """What spoils the sound of the answer; else a voice that would be noted."""
    open_now = {alert.kind for alert in house.sounds.active(view.session_id)}
    if spoilt := next((words for kind, words in ALERTS.items() if kind in open_now), ""):
        return spoilt
    heard = set(house.sounds.voices.active(view.session_id)) - silent_kinds(view.plan)
    return next((words for kind, words in VOICE_ADVICE.items() if kind in heard), "")


def _beside_the_picture(house: House, room: LiveRoom, view: InterviewView) -> str:
    """What has just happened to the page; else what is wrong with the picture, and with the sound."""
    lines = (_camera_warning(room, view), _sound_warning(house, view))
    return _warning() or "\n".join(filter(None, lines))


def _camera_warning(room: LiveRoom, view: InterviewView) -> str:
    if not view.plan.watch_camera or view.state.phase not in CLOCKED:
        st.session_state.pop(_CAMERA_WARNING, None)
        return ""
    said = st.session_state.get(_CAMERA_WARNING)
    if not isinstance(said, CameraWarning):
        said = st.session_state[_CAMERA_WARNING] = CameraWarning()
    return said.observe(time.monotonic(), room.watch_view(), silent_kinds(view.plan))


def _warning() -> str:
    text, until = st.session_state.get("room:warning", ("", 0.0))
    return text if time.monotonic() < until else ""


def _clock(view: InterviewView) -> None:
    if view.remaining_s is None or view.limit_s is None:
        return
    phase = view.state.paused_phase or view.state.phase
    clock(
        "clock",
        label=CLOCK_LABELS[phase],
        remaining_ms=int(view.remaining_s * 1000),
        total_ms=int(view.limit_s * 1000),
        running=view.state.phase in CLOCKED,
        stamp=f"{view.question_key}:{phase.value}:{view.state.pauses_used}",
    )


def _start_button(label: str) -> None:
    """The callback takes the press into a plain list: any use of ``session_state`` may be where a run is cut off."""
    pressed: list[bool] = st.session_state.setdefault(_PRESSED, [])
    st.button(
        label,
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        on_click=pressed.append,
        args=(True,),
    )


def take_press() -> None:
    """Remember a press of the start button; to be called before anything is decided."""
    if pressed := st.session_state.get(_PRESSED):
        st.session_state[WANTS_START] = True
        pressed.clear()


def _pause_button(house: House, view: InterviewView) -> None:
    left = view.plan.max_pauses - view.state.pauses_used
    if left > 0:
        label = f"Pause ({left} left)"
        st.button(label, type="tertiary", icon=":material/pause:", on_click=_pause, args=(house, view.session_id))


def _pause(house: House, session_id: str) -> None:
    with errors.shown():
        house.interviews.apply(session_id, Paused())
        st.session_state.pop(LOST, None)


def take_page_events(house: House, view: InterviewView) -> bool:
    """Take what the page reported since the last run; True when the policy ended the interview over it."""
    report = guard("guard", active=view.state.phase in CLOCKED)
    page_beat.take(house, view.session_id, report.beat)
    if not report.events:
        return False
    kinds = {e.kind for e in report.events}
    events = [(e.kind, e.length or 0) for e in report.events]
    reply = house.pages.record(view.session_id, events, [e.at_ms for e in report.events])
    if reply.warning and kinds & {PageEventKind.HIDDEN, PageEventKind.BLUR}:
        st.session_state[_LEFT] = reply.warning
    # Who was away longer than a warning stays has not read it.
    back = str(st.session_state.pop(_LEFT, "")) if kinds & COMING_BACK else ""
    if text := reply.warning or back:
        st.session_state["room:warning"] = (text, time.monotonic() + WARNING_SHOWN_S)
    return reply.ended


def _other_ways(house: House, view: InterviewView) -> None:
    """The next rungs of the ladder, once starting has failed or taken too long."""
    pressed = st.session_state.get(START_PRESSED_AT)
    slow = pressed is not None and time.monotonic() - pressed > START_PATIENCE_S
    if not (st.session_state.get(START_FAILED) or slow):
        return
    if slow:
        st.warning("Your devices work, but no sound or picture reaches us. A firewall may be in the way.")
    other_ways.draw(house, view)
