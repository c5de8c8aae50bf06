"""Interviews: the recruiter's list, and the way to invite somebody."""

import streamlit as st

from core.ui import background, desk, guards, invitation
from core.ui.house import house

rooms = house()
guards.recruiter(rooms)
head, out = st.columns([6, 1], vertical_alignment="bottom")
head.title("Interviews")
out.button("Sign out", on_click=guards.sign_out, width="stretch")
desk.system_warnings(rooms)
background.waiting_work(rooms)
background.caption_load(rooms)
with st.expander("Invite a candidate", icon=":material/person_add:"):
    invitation.invitation_form(rooms)
st.page_link("pages/policies.py", label="Policies of the monitor", icon=":material/policy:")
picked = desk.interview_list(rooms)
if picked:
    st.session_state["review"] = picked
    st.switch_page("pages/review.py")
