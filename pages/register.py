"""Registration: the candidate's details, then what is recorded and by whom."""

import streamlit as st

from core.domain.flow import Phase
from core.ui import cards, forms, guards, look
from core.ui.house import house

rooms = house()
who = guards.visitor(rooms)
with st.container(key="narrow"):
    if not who.session_id:
        look.steps(0)
        st.title("Your details")
        admission = forms.details(rooms, st.session_state.get("invite", ""))
        if admission:
            guards.admit(admission.session_id, admission.token)
            st.session_state["admission"] = admission
            st.session_state.pop("invite", None)
            st.rerun()
        st.stop()
    view = rooms.interviews.load(who.session_id)
    if view.state.phase is not Phase.REGISTERED:
        st.switch_page(guards.PAGE_OF.get(view.state.phase, "pages/interview.py"))
    look.steps(1)
    st.title("What is recorded, by whom, for how long")
    cards.subject_note(st.session_state.get("admission"))
    if forms.consent(rooms, who.session_id):
        st.rerun()
    cards.resume_link(rooms, who)
