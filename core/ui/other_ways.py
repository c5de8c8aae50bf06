"""The next rungs of the ladder, once the live way has failed or is not wanted."""

import streamlit as st

from core.bootstrap import House
from core.domain.interview import AnswerMode
from core.services.interview_view import InterviewView
from core.ui import errors
from core.ui.session_keys import CHECK_FAILED, OTHER_WAY_CHOSEN, START_FAILED, START_PRESSED_AT, WANTS_START


def draw(house: House, view: InterviewView) -> None:
    """Offer to go on by clips or by typing; the choice is noted and changes the plan."""
    st.caption("You can try again, or go on in another way. Nothing is held against you.")
    if view.plan.answer_mode is AnswerMode.TYPED:
        _offer("Go on without the camera", AnswerMode.TYPED, ":material/videocam_off:", house, view)
        return
    if view.plan.answer_mode is AnswerMode.LIVE and view.plan.watch_camera:
        _offer("Go on without the camera", AnswerMode.LIVE, ":material/videocam_off:", house, view)
    _offer("Answer by typing", AnswerMode.TYPED, ":material/keyboard:", house, view)
    if view.plan.answer_mode is AnswerMode.LIVE:
        _offer("Record clips instead", AnswerMode.CLIP, ":material/mic:", house, view)


def _offer(label: str, mode: AnswerMode, icon: str, house: House, view: InterviewView) -> None:
    """A press is taken by the callback: a run that another event cuts off would lose it."""
    st.button(label, icon=icon, width="stretch", on_click=_choose, args=(house, view.session_id, mode))


def _choose(house: House, session_id: str, mode: AnswerMode) -> None:
    with errors.shown():
        house.interviews.change_mode(session_id, mode)
    # The old press was for devices that did not come: the other way begins when its own Start is pressed.
    for name in (WANTS_START, START_FAILED, START_PRESSED_AT, CHECK_FAILED):
        st.session_state.pop(name, None)
    st.session_state[OTHER_WAY_CHOSEN] = True
