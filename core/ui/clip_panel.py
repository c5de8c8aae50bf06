"""Answering by clips: a recorder, a file of one's own, and how far the words are.

Each clip is added behind the one before; nothing of an answer is replaced by a new one.
"""

from dataclasses import dataclass, field

import streamlit as st

from core.bootstrap import House
from core.domain.errors import IllegalTransition
from core.domain.events import Waited
from core.domain.flow import CLOCKED
from core.services.clip import Clip, ClipStage
from core.services.interview_view import InterviewView
from core.ui import errors

MAX_UPLOAD_MB = 200
FILE_TYPES = ["wav", "mp3", "m4a", "ogg", "webm", "flac", "mp4"]


@dataclass(slots=True)
class Taken:
    """Clips this page has handed over; may be lost."""

    file_ids: set[str] = field(default_factory=set)
    clip: Clip | None = None
    """The newest one."""


def draw(house: House, view: InterviewView, taken: Taken) -> None:
    """Recorder and file chooser of the open answer, and what there is to say about the newest clip."""
    if view.attempt is None:
        return
    left, right = st.columns(2)
    recorded = left.audio_input("Record your answer as a clip", sample_rate=16_000, key=f"clip:{view.question_key}")
    chosen = right.file_uploader(
        "or choose a recording from this device",
        type=FILE_TYPES,
        max_upload_size=MAX_UPLOAD_MB,
        key=f"file:{view.question_key}",
    )
    for file in (recorded, chosen):
        if file is not None and file.file_id not in taken.file_ids:
            taken.file_ids.add(file.file_id)
            taken.clip = house.answers.clips.take(view.session_id, view.attempt.id, file.getvalue())
    clip = _clip_of(house, view, taken)
    if clip is not None:
        _say(clip)


def notice(house: House, view: InterviewView, taken: Taken) -> str:
    """How far the newest clip is, for the line below the box; in steps of 10 %, since it is read out."""
    clip = _clip_of(house, view, taken)
    if clip is None:
        return ""
    match clip.stage:
        case ClipStage.READING:
            return "Taking in your recording…"
        case ClipStage.WRITING:
            return f"Writing down what you said… {int(10 * clip.share) * 10} %"
        case ClipStage.DONE if clip.words and not clip.unheard:
            return "Your recording is saved and written down."
    return ""


def keep_time(house: House, view: InterviewView, taken: Taken) -> None:
    """Put the answer clock back by what a clip takes to be written down; before time is let pass."""
    clip = _clip_of(house, view, taken)
    if clip is None or view.state.phase not in CLOCKED or view.remaining_s is None:
        return
    owed_s = clip.owed_s(house.clock.monotonic(), view.remaining_s)
    if owed_s:
        try:
            house.interviews.apply(view.session_id, Waited(round(owed_s, 1)), view.question_key)
        except IllegalTransition:  # paused or ended in another tab meanwhile
            return


def _clip_of(house: House, view: InterviewView, taken: Taken) -> Clip | None:
    """The clip to speak of; after a refresh the one still being taken."""
    if view.attempt is None:
        return None
    if taken.clip is None or taken.clip.attempt_id != view.attempt.id:
        taken.clip = house.answers.clips.running(view.attempt.id)
    return taken.clip


def _say(clip: Clip) -> None:
    """What needs the candidate's attention."""
    if clip.error is not None:
        errors.show(clip.error)
        if clip.stage is ClipStage.REFUSED:
            st.caption("What you answered before is still there.")
    elif clip.stage is ClipStage.KNOWN:
        st.info("This recording is part of your answer already. It was not added again.")
    elif clip.stage is ClipStage.DONE and clip.unheard:
        st.warning("Not all of this recording could be written down. It is kept. You can add words by typing.")
    elif clip.stage is ClipStage.DONE and not clip.words:
        st.warning("We heard no words in this recording. It is kept. Record again, or type your answer.")
