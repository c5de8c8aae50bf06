"""Lock mode: what the candidate is told of it, and the component that holds the page in full screen."""

import streamlit as st

from core.bootstrap import House
from core.domain.flow import CLOCKED
from core.proctoring.policy import policy_of
from core.services.interview_view import InterviewView
from core.ui import redraw
from core.ui.components.lock import LockStart, lock
from core.ui.session_keys import WANTS_START

WHAT_IT_DOES = (
    "**This interview asks for full screen.** Your browser fills the screen with this page when you press the button. "
    "Escape always leaves full screen. Leaving it is noted, and one button brings you back. A browser without full "
    "screen, as on an iPhone, goes on without it."
)
WHAT_IT_CANNOT = (
    "A browser cannot lock a computer. It does not see or stop other devices, other programs, other screens, "
    "screenshots or a virtual machine. Full screen keeps this page in front of you and proves nothing else; "
    "a person looks at what was noted."
)


def wanted(view: InterviewView) -> bool:
    """Whether the interview's policy asks for full screen."""
    return policy_of(view.plan).lock_mode


def explain(view: InterviewView) -> None:
    """What lock mode does and what it cannot do, before anything is locked; nothing when it is not asked for."""
    if wanted(view):
        with st.container(border=True):
            st.markdown(WHAT_IT_DOES)
            st.caption(WHAT_IT_CANNOT)


def draw(house: House, view: InterviewView, *, start_label: str) -> None:
    """The way back to full screen beside the picture, and a start button where ``start_label`` says so.

    A plain button's press is over when the server hears of it; full screen needs one of the page's own.
    """
    pressed = False
    for event in lock("lock", start_label=start_label, active=view.state.phase in CLOCKED):
        if isinstance(event, LockStart):
            st.session_state[WANTS_START] = pressed = True
        else:
            house.interviews.note(view.session_id, event.kind, {"reason": event.reason})
    if pressed:
        redraw.at_once()
