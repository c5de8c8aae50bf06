"""The answer: box, captions, actions, playing back one's own words."""

from dataclasses import dataclass, field, replace

import streamlit as st

from core.bootstrap import House
from core.domain.errors import InterviewError
from core.domain.events import AnswerStopped, RetryRequested
from core.domain.flow import Phase, retries_left
from core.domain.interview import AnswerEnding, AnswerMode
from core.domain.transcript import CaptionMode, CaptionView
from core.services.interview_view import InterviewView
from core.services.live_room import LiveRoom
from core.ui import clip_panel, errors, redraw
from core.ui.cards import player
from core.ui.clip_panel import Taken
from core.ui.components.answer import Action, ActionPressed, Draft, answer, waiting_events

_MEMORY = "answer:memory"
CAPTION_NOTES = {
    CaptionMode.DELAYED: "Captions delayed, your answer is being recorded.",
    CaptionMode.AFTER: "Many people are speaking just now. Your words appear after you have spoken; "
    "your answer is being recorded.",
}


@dataclass(slots=True)
class Memory:
    """What this page remembers of the answer box; all of it may be lost."""

    skip_asked: str = ""
    """Question key for which Skip was pressed once."""
    not_saved: bool = False
    error: InterviewError | None = None
    done: str = ""
    """Nonce of the last press carried out."""
    sound: tuple[int, bytes] | None = None
    """Attempt and recording being played back."""
    clips: Taken = field(default_factory=Taken)


def draw(house: House, room: LiveRoom, view: InterviewView) -> None:
    """Box and buttons of the open question, whatever the phase."""
    phase, spoken = view.state.phase, view.plan.answer_mode is AnswerMode.LIVE
    finals, heard = house.answers.captions(view.session_id, view.attempt)
    draft = house.answers.draft(view.attempt.id) if view.attempt else None
    memory = _memory()
    by_clips = phase in (Phase.ANSWERING, Phase.REVIEWING) and view.plan.answer_mode is AnswerMode.CLIP
    recorder = st.container(key="clip") if by_clips else None  # in sight above the box, filled in after it
    late = answer(
        "answer",
        question_key=view.question_key,
        phase=f"{phase.value}:{memory.skip_asked == view.question_key}",
        actions=_actions(view, skip_asked=memory.skip_asked == view.question_key),
        initial=draft.text if draft else "",
        captions=replace(heard, finals=tuple(finals)),
        captions_seen=draft.captions_seen if draft else 0,
        edited=draft.edited if draft else False,
        listening=spoken,
        readonly=phase is Phase.PAUSED,
        placeholder=_placeholder(view),
        notice=clip_panel.notice(house, view, memory.clips) if by_clips else _notice(view, heard, room),
        saved_state="failed" if memory.not_saved else "saved",
        place=view.session_id,
    )
    for event in late:  # came with this very run
        _take(house, view.session_id, event, memory)
    if late:
        redraw.at_once()
    if memory.error:
        errors.show(memory.error)
    if recorder is not None:
        with recorder:
            clip_panel.draw(house, view, memory.clips)
    if phase is Phase.REVIEWING and spoken and view.attempt is not None:
        _play_back(house, view.attempt.id, memory)


def _actions(view: InterviewView, *, skip_asked: bool) -> list[Action]:
    phase, left = view.state.phase, retries_left(view.state, view.plan)
    spoken = view.plan.answer_mode is AnswerMode.LIVE
    last = view.state.question_index + 1 == view.plan.question_count
    next_label = "Finish" if last else "Next"
    skip = (
        Action("skip", "Yes, skip this question", hint="Nothing of this answer is handed in")
        if skip_asked
        else Action("skip", "Skip")
    )
    if phase in (Phase.ASKING, Phase.THINKING):
        return [Action("begin", "Start recording" if spoken else "Start answering", "primary"), skip]
    retry = Action("retry", f"Retry ({left} left)", disabled=left == 0, hint="Answer again from the beginning")
    if phase is Phase.ANSWERING and spoken:
        return [Action("stop", "Stop recording", "primary"), retry, skip, Action("next", next_label)]
    if phase is Phase.ANSWERING and view.plan.answer_mode is AnswerMode.CLIP:
        return [Action("next", next_label, "primary"), retry, skip]
    if phase is Phase.ANSWERING:
        return [Action("next", next_label, "primary"), skip]
    if phase is Phase.REVIEWING:
        return [Action("next", next_label, "primary"), retry, skip]
    return []


def _placeholder(view: InterviewView) -> str:
    if view.plan.answer_mode is AnswerMode.LIVE:
        return "Your words appear here. You can correct them or type at any time."
    if view.plan.answer_mode is AnswerMode.CLIP:
        return "What you say in a clip appears here. You can correct it or type at any time."
    return "Type your answer here."


def _notice(view: InterviewView, heard: CaptionView, room: LiveRoom) -> str:
    if view.plan.answer_mode is not AnswerMode.LIVE:
        return ""
    if room.trouble is not None:
        return room.trouble.message
    if view.state.phase is Phase.REVIEWING:
        return "Writing down your last words…" if heard.pending_finals else ""
    if view.state.phase is Phase.ANSWERING and room.is_silent():
        return "We can't hear you. Check that the right microphone is chosen."
    return CAPTION_NOTES.get(heard.mode, "")


def _play_back(house: House, attempt_id: int, memory: Memory) -> None:
    # Read once, not each second: a long answer is megabytes, and several parts are joined by encoding them anew.
    if memory.sound is None or memory.sound[0] != attempt_id:
        sound = house.recordings.sound(attempt_id)
        memory.sound = (attempt_id, sound) if sound else None
    if memory.sound:
        player(memory.sound[1], "Your recorded answer")


def take_waiting(house: House, session_id: str) -> None:
    """Carry out what was typed or pressed since the last run.

    A run can be cut off at any touch of ``session_state`` and the event then comes again, so the service is called
    first, everything remembered here hangs on one object fetched beforehand, and steps already taken are left out.
    """
    memory = _memory()
    for event in waiting_events("answer"):
        _take(house, session_id, event, memory)
    if memory.clips.file_ids or memory.clips.clip:
        clip_panel.keep_time(house, house.interviews.load(session_id), memory.clips)


def _take(house: House, session_id: str, event: Draft | ActionPressed, memory: "Memory") -> None:
    try:
        # A press carries the newest text too; it is kept before anything else can fail.
        house.interviews.save_draft(
            session_id, event.question_key, event.text, edited=event.edited, captions_seen=event.captions_seen
        )
        memory.not_saved = False
        if isinstance(event, ActionPressed) and event.nonce != memory.done:
            memory.error = None
            _act(house, session_id, event, memory)
            memory.done = event.nonce
    except InterviewError as error:
        memory.not_saved = error.retryable
        memory.error = error


def _act(house: House, session_id: str, pressed: ActionPressed, memory: "Memory") -> None:
    service, key = house.interviews, pressed.question_key
    phase = service.load(session_id).state.phase
    asked, memory.skip_asked = memory.skip_asked, ""
    match pressed.id:
        case "begin" if phase in (Phase.ASKING, Phase.THINKING):
            service.begin_answer(session_id, key)
        case "stop" if phase is Phase.ANSWERING:
            service.apply(session_id, AnswerStopped(), key)
        case "retry" if phase in (Phase.ANSWERING, Phase.REVIEWING):
            service.apply(session_id, RetryRequested(), key)
        case "next":
            service.submit(session_id, key, pressed.text, edited=pressed.edited, ending=AnswerEnding.SUBMITTED)
        case "skip" if asked == key:
            service.submit(session_id, key, pressed.text, edited=pressed.edited, ending=AnswerEnding.SKIPPED)
        case "skip":
            memory.skip_asked = key


def _memory() -> "Memory":
    if _MEMORY not in st.session_state:
        st.session_state[_MEMORY] = Memory()
    memory: Memory = st.session_state[_MEMORY]
    return memory
