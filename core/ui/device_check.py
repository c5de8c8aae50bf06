"""The device check: four rows with a live picture of each, then one practice question. Nothing is kept."""

import streamlit as st

from core.bootstrap import House
from core.domain.events import DevicesChecked
from core.domain.flow import Phase
from core.domain.interview import AnswerMode
from core.services.interview_view import InterviewView
from core.services.live_room import LiveRoom
from core.services.monitor import PracticeMonitor
from core.services.recording_target import RecordingTarget
from core.services.watch_options import watch_options
from core.speech.room_check import CheckState
from core.ui import errors, lock, other_ways, redraw, rtc, sandbox, sound_check
from core.ui.components.answer import Action, ActionPressed, answer
from core.ui.components.probe import BrowserProbe, probe
from core.ui.components.stage import Started, StartFailed, stage
from core.ui.device_words import DEVICE_ERRORS
from core.ui.session_keys import CHECK_FAILED, OTHER_WAY_CHOSEN

PRACTICE = -2
"""Attempt id no database row has: what is heard under it is shown and forgotten."""
PRACTICE_QUESTION = "Describe your way to work or to school in two or three sentences."
ICONS = {
    CheckState.WAITING: ":gray[:material/pending: Waiting]",
    CheckState.GOOD: ":green[:material/check_circle: Good]",
    CheckState.WEAK: ":orange[:material/info: Could be better]",
    CheckState.FAILED: ":orange[:material/error: Needs you]",
}


def room_of(house: House, view: InterviewView) -> LiveRoom:
    """The room of the check, apart from the interview's."""
    return house.rooms.open(f"check-{view.session_id}")


def media_frame(house: House, view: InterviewView) -> None:
    """Draw the media frame; outside the fragment, so that it is never redrawn."""
    rtc.connect(room_of(house, view), view.plan, key="check", ice_servers=house.settings.ice_servers)


@st.fragment(run_every=1.0)
def live(house: House, view: InterviewView) -> None:
    """The four rows, the preview, the practice question."""
    with errors.shown():
        if st.session_state.pop(OTHER_WAY_CHOSEN, False):
            st.rerun(scope="app")  # the media frame goes with the live way
        if house.interviews.load(view.session_id).state.phase is not Phase.CONSENTED:
            sound_check.forget()
            st.switch_page("pages/interview.py")
        room = room_of(house, view)
        left, right = st.columns([2, 1], gap="medium")
        with right:
            _stage(house, room, view)
            browser: BrowserProbe | None = st.session_state.get("check:browser")
            if st.session_state.get(CHECK_FAILED) or (browser and not browser.can_live):
                other_ways.draw(house, view)
            sandbox.draw(house, room, view)
        with left:
            _rows(house, room, view)
            if room.health().audio_live:
                _practice(house, room)
            lock.explain(view)
            _finish(house, room, view)


def _stage(house: House, room: LiveRoom, view: InterviewView) -> None:
    health = room.health()
    if view.plan.watch_camera and health.video_live and room.watch_view() is None:
        room.watch(PracticeMonitor(), watch_options(house.database, view.session_id, view.plan))
    for event in stage(
        "check_stage",
        start_label="Start check",
        running=health.audio_live or health.video_live,
        want_video=view.plan.watch_camera,
        watched=["face"] if view.plan.watch_camera else [],
        recording=room.target is not None and room.target.attempt_id == PRACTICE,
        warning=sandbox.warning(room, view),
    ):
        if isinstance(event, StartFailed):
            st.session_state[CHECK_FAILED] = event
        elif isinstance(event, Started):
            st.session_state.pop(CHECK_FAILED, None)


def _rows(house: House, room: LiveRoom, view: InterviewView) -> None:
    browser = st.session_state["check:browser"] = probe("probe")
    if room.health().audio_live and room.target is None and not sound_check.sentence_heard():
        room.start_recording(RecordingTarget(sound_check.SENTENCE, None, house.clock.now()), _forget)
    with st.container(border=True):
        _row("Browser", *_browser(browser))
        _row("Camera", *_camera(room, view))
        if view.plan.answer_mode is AnswerMode.LIVE:
            _row("Microphone", *sound_check.microphone(room, _device_error("microphone")))
            _row("Room", *sound_check.room_noise(room))
            sound_check.loudspeaker(room)
        else:
            _row("Microphone", CheckState.GOOD, "Not used. You answer by typing.")


def _row(name: str, state: CheckState, text: str) -> None:
    # Name and state share a cell, so that a phone shows them on one line.
    label, words = st.columns([2.1, 4], vertical_alignment="center", gap="small")
    with label.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{name}**", width=108)
        st.markdown(ICONS[state], width="content")
    words.text(text)


def _browser(found: BrowserProbe | None) -> tuple[CheckState, str]:
    if found is None:
        return CheckState.WAITING, "Looking at your browser."
    name = f"{found.browser or 'Your browser'} {found.version}".strip()
    if found.can_live:
        return CheckState.GOOD, f"{name} can do everything that is needed."
    if not found.secure_context:
        return CheckState.FAILED, DEVICE_ERRORS["insecure_context"]
    return CheckState.FAILED, f"{name} cannot send sound or pictures. Use a current Chrome, Edge, Firefox or Safari."


def _device_error(device: str) -> str:
    failed = st.session_state.get(CHECK_FAILED)
    if not isinstance(failed, StartFailed) or (failed.device and device not in failed.device):
        return ""
    text = DEVICE_ERRORS.get(failed.error, "Your {device} could not be started. Press Start check again.")
    return text.format(device=device)


def _camera(room: LiveRoom, view: InterviewView) -> tuple[CheckState, str]:
    if not view.plan.watch_camera:
        return CheckState.GOOD, "Not used, as you chose. Your interview is not watched."
    if problem := _device_error("camera"):
        return CheckState.FAILED, problem
    if not room.health().video_live:
        return CheckState.WAITING, "Press Start check and allow the camera."
    seen = room.watch_view()
    if seen is None or not seen.seeing:
        return CheckState.WAITING, "A picture arrives. Looking for a face."
    if seen.faces == 1:
        return CheckState.GOOD, "One face found."
    if seen.too_dark:
        return CheckState.WEAK, "The picture is too dark. Turn on a light in front of you."
    if not seen.faces:
        return CheckState.WEAK, "No face found. Look into the camera, with light from the front."
    return CheckState.WEAK, f"{seen.faces} faces found. Only you should be in the picture."


def _practice(house: House, room: LiveRoom) -> None:
    recording = room.target is not None and room.target.attempt_id == PRACTICE
    st.markdown("**Practice.** Try one question. Nothing of it is kept.")
    st.text(PRACTICE_QUESTION)
    action = Action("stop", "Stop recording", "primary") if recording else Action("start", "Record a practice answer")
    for event in answer(
        "practice",
        question_key=str(st.session_state.get("check:practice", 0)),
        phase=str(recording),
        actions=[action],
        captions=room.captions(PRACTICE),
        title="Practice answer",
        saved_state="off",
        placeholder="Your words appear here. You can correct them or type.",
    ):
        if isinstance(event, ActionPressed):
            room.stop_recording()
            if event.id == "start":
                st.session_state["check:practice"] = st.session_state.get("check:practice", 0) + 1
                room.start_recording(RecordingTarget(PRACTICE, None, house.clock.now()), _forget)
            redraw.at_once()


def _finish(house: House, room: LiveRoom, view: InterviewView) -> None:
    ready = room.health().audio_live or view.plan.answer_mode is not AnswerMode.LIVE
    label = "Go to the interview" if ready else "Go on without the check"
    st.button(
        label,
        type="primary" if ready else "secondary",
        icon=":material/arrow_forward:",
        on_click=_done,
        args=(house, room, view, sound_check.facts(room)),
    )


def _done(house: House, room: LiveRoom, view: InterviewView, sound: dict[str, object]) -> None:
    """Take the press to the end.

    A run may be cut off at any use of Streamlit, also in a callback and also at ``session_state``: so there is none
    here. The page moves on by what the database says, in this run or in any later one.
    """
    seen = room.watch_view()
    detail: dict[str, object] = {
        "audio": room.health().audio_live,
        "faces": seen.faces if seen else None,
        **sound,
    }
    with errors.shown():
        house.rooms.close(room.session_id)
        house.rooms.forget(room.session_id)
        house.interviews.note(view.session_id, "device_check", detail)
        if house.interviews.load(view.session_id).state.phase is Phase.CONSENTED:
            house.interviews.apply(view.session_id, DevicesChecked())


def _forget(*_: object) -> None:
    """Practice words are shown and not kept."""
