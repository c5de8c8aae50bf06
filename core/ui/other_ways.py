"""The next rungs of the ladder, once the live way has failed or is not wanted."""

import streamlit as st

from core.bootstrap import House
from core.domain.interview import AnswerMode
from core.services.interview_view import InterviewView


def draw(house: House, view: InterviewView) -> None:
    """Offer to go on by clips or by typing; the choice is noted and changes the plan."""
    st.caption("You can try again, or go on in another way. Nothing is held against you.")
    chosen = None
    if view.plan.answer_mode is not AnswerMode.TYPED and st.button(
        "Answer by typing", icon=":material/keyboard:", width="stretch"
    ):
        chosen = AnswerMode.TYPED
    if view.plan.answer_mode is AnswerMode.LIVE and st.button(
        "Record clips instead", icon=":material/mic:", width="stretch"
    ):
        chosen = AnswerMode.CLIP
    if view.plan.watch_camera and view.plan.answer_mode is AnswerMode.TYPED:
        chosen = AnswerMode.TYPED if st.button("Go on without the camera", width="stretch") else None
    if chosen:
        house.interviews.change_mode(view.session_id, chosen)
        for name in ("room:start_failed", "room:start_pressed_at", "check:failed"):
            st.session_state.pop(name, None)
        st.rerun(scope="app")
