"""The answer: box, captions, actions, playing back one's own words."""

import streamlit as st

from core.bootstrap import House
from core.domain.errors import InterviewError
from core.domain.events import AnswerStopped, RetryRequested
from core.domain.flow import Phase, retries_left
from core.domain.interview import AnswerEnding, AnswerMode
from core.domain.transcript import CaptionView
from core.services.interview_view import InterviewView
from core.services.rooms import LiveRoom
from core.ui import errors, redraw
from core.ui.components.answer import Action, ActionPressed, Draft, answer

_SKIP_ASKED, _FAILED, _SHOWN = "answer:skip_asked", "answer:not_saved", "answer:error"


def draw(house: House, room: LiveRoom, view: InterviewView) -> None:
    """Box and buttons of the open question, whatever the phase."""
    phase, spoken = view.state.phase, view.plan.answer_mode is AnswerMode.LIVE
    finals, heard = house.answers.captions(view.session_id, view.attempt)
    draft = house.answers.draft(view.attempt.id) if view.attempt else None
    events = answer(
        "answer",
        question_key=view.question_key,
        phase=f"{phase.value}:{st.session_state.get(_SKIP_ASKED) == view.question_key}",
        actions=_actions(view),
        initial=draft.text if draft else "",
        captions=CaptionView(tuple(finals), heard.interim, heard.pending_finals, heard.delayed),
        captions_seen=draft.captions_seen if draft else 0,
        edited=draft.edited if draft else False,
        readonly=phase is Phase.PAUSED,
        placeholder=_placeholder(view),
        notice=_notice(view, heard, room),
        saved_state="failed" if st.session_state.get(_FAILED) else "saved",
    )
    if message := st.session_state.get(_SHOWN):
        errors.show(message)
    if phase is Phase.ANSWERING and view.plan.answer_mode is AnswerMode.CLIP:
        _clip(house, view)
    if phase is Phase.REVIEWING and spoken and view.attempt is not None:
        _play_back(house, view.attempt.id)
    acted = False
    for event in events:
        acted = _take(house, view, event) or acted
    if acted:
        redraw.at_once()


def _actions(view: InterviewView) -> list[Action]:
    phase, left = view.state.phase, retries_left(view.state, view.plan)
    spoken = view.plan.answer_mode is AnswerMode.LIVE
    last = view.state.question_index + 1 == view.plan.question_count
    next_label = "Finish" if last else "Next"
    skip = (
        Action("skip", "Yes, skip this question", hint="Nothing of this answer is handed in")
        if st.session_state.get(_SKIP_ASKED) == view.question_key
        else Action("skip", "Skip")
    )
    if phase in (Phase.ASKING, Phase.THINKING):
        return [Action("begin", "Start recording" if spoken else "Start answering", "primary"), skip]
    retry = Action("retry", f"Retry ({left} left)", disabled=left == 0, hint="Answer again from the beginning")
    if phase is Phase.ANSWERING and spoken:
        return [Action("stop", "Stop recording", "primary"), retry, skip, Action("next", next_label)]
    if phase is Phase.ANSWERING:
        return [Action("next", next_label, "primary"), skip]
    if phase is Phase.REVIEWING:
        return [Action("next", next_label, "primary"), retry, skip]
    return []


def _placeholder(view: InterviewView) -> str:
    if view.plan.answer_mode is AnswerMode.LIVE:
        return "Your words appear here. You can correct them or type at any time."
    return "Type your answer here."


def _notice(view: InterviewView, heard: CaptionView, room: LiveRoom) -> str:
    if view.plan.answer_mode is not AnswerMode.LIVE:
        return ""
    if room.trouble is not None:
        return room.trouble.message
    if heard.delayed:
        return "Captions are delayed. Your answer is being recorded."
    if view.state.phase is Phase.REVIEWING and heard.pending_finals:
        return "Writing down your last words…"
    quiet = view.state.phase is Phase.ANSWERING and room.is_silent()
    return "We can't hear you. Check that the right microphone is chosen." if quiet else ""


def _play_back(house: House, attempt_id: int) -> None:
    sound = house.recordings.sound(attempt_id)
    if sound:
        st.audio(sound, format="audio/flac", alt="Your recorded answer")


def _clip(house: House, view: InterviewView) -> None:
    clip = st.audio_input("Record your answer as a clip", sample_rate=16_000, key=f"clip:{view.question_key}")
    if clip is None or view.attempt is None or st.session_state.get("clip:taken") == clip.file_id:
        return
    st.session_state["clip:taken"] = clip.file_id
    with st.spinner("Writing down what you said…"):
        words = house.answers.add_clip(view.session_id, view.attempt, clip.getvalue())
    if not words:
        st.warning("We heard no words in this clip. It is kept. Record again, or type your answer.")


def _take(house: House, view: InterviewView, event: Draft | ActionPressed) -> bool:
    """Carry out one event; True when the page has to be drawn again."""
    try:
        if isinstance(event, Draft):
            house.interviews.save_draft(
                view.session_id, event.question_key, event.text, edited=event.edited, captions_seen=event.captions_seen
            )
            st.session_state[_FAILED] = False
            return False
        st.session_state.pop(_SHOWN, None)
        _act(house, view, event)
    except InterviewError as error:
        st.session_state[_FAILED] = error.retryable
        st.session_state[_SHOWN] = error
    return True


def _act(house: House, view: InterviewView, pressed: ActionPressed) -> None:
    service, session_id, key = house.interviews, view.session_id, pressed.question_key
    # The press carries the newest text; keep it before anything else can fail.
    service.save_draft(session_id, key, pressed.text, edited=pressed.edited, captions_seen=pressed.captions_seen)
    asked = st.session_state.pop(_SKIP_ASKED, None)
    match pressed.id:
        case "begin":
            service.begin_answer(session_id, key)
        case "stop":
            service.apply(session_id, AnswerStopped(), key)
        case "retry":
            service.apply(session_id, RetryRequested(), key)
        case "next":
            service.submit(session_id, key, pressed.text, edited=pressed.edited, ending=AnswerEnding.SUBMITTED)
        case "skip" if asked == key:
            service.submit(session_id, key, pressed.text, edited=pressed.edited, ending=AnswerEnding.SKIPPED)
        case "skip":
            st.session_state[_SKIP_ASKED] = key
