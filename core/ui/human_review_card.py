"""An interview the policy ended: what the candidate is told, and what the reviewer has to do."""

import streamlit as st

from core.bootstrap import House
from core.domain.errors import InterviewError
from core.services.human_review import PolicyEnd, policy_end
from core.services.interview_file import InterviewFile
from core.settings import Settings
from core.ui import errors
from core.ui.desk import local, zone


def own(file: InterviewFile, settings: Settings) -> None:
    """For the candidate: what happened, that a person looks at it, and how to object. Nothing without such an end."""
    end = policy_end(file.logs)
    if end is None:
        return
    with st.container(border=True, key="policy-end"):
        st.markdown("**Why it ended**")
        st.write(
            f"{end.reason} By the rules of this interview it ends then. A program ended it, on "
            f"{local(end.at)} ({zone().key}). That decides nothing about you."
        )
        st.markdown("**What is kept**")
        st.write("Everything you answered until then. The open answer is kept as it was last saved.")
        st.markdown("**What happens next**")
        st.write(_next(end, settings.company_name))
        st.markdown("**If you do not agree**")
        to = settings.contact_email or "the people who invited you"
        st.write(
            f"Write to {to}, name the interview number {file.interview.session_id}, and say what happened. Your "
            "browser or another program may have taken the page away from you. You can also say so below, beside "
            "what was noted."
        )


def render(house: House, file: InterviewFile) -> None:
    """For the reviewer: that the end awaits a person, and a place to say what came of it."""
    end = policy_end(file.logs)
    if end is None:
        return
    with st.container(border=True, key="policy-end"):
        st.markdown("**Ended by its policy**" + ("" if end.reviewed_at else " · :red[▲ human review due]"))
        st.text(f"{local(end.at)}: {end.reason} Policy: {end.policy}.")
        if end.reviewed_at is not None:
            st.caption(f"Looked at by a person, {local(end.reviewed_at)}:")
            st.text(f"{end.reviewer}: {end.note}")
            return
        st.caption(
            "No person has decided this yet. The candidate is told that somebody looks at it and how to object. Read "
            "the flags and the candidate's comments, then write down what you found; a new invitation gives another "
            "try."
        )
        _form(house, file.interview.session_id)


def _form(house: House, session_id: str) -> None:
    with st.form("human-review", border=False):
        reviewer = st.text_input("Your name", autocomplete="name")
        note = st.text_area("What you found and decided", height=96)
        if not st.form_submit_button("I have looked at this", type="primary", icon=":material/how_to_reg:"):
            return
    try:
        house.human_reviews.done(session_id, reviewer or "", note or "")
    except InterviewError as error:
        errors.show(error)
        return
    st.rerun()


def _next(end: PolicyEnd, company: str) -> str:
    if end.reviewed_at is not None:
        return f"A person at {company} looked at it on {local(end.reviewed_at)}."
    return f"A person at {company} looks at it before anything is decided. They see what was noted and what you say."
