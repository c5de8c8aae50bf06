"""Policies: how much each kind of flag matters, and what follows from leaving the page."""

import streamlit as st

from core.ui import guards, policies
from core.ui.house import house

rooms = house()
guards.recruiter(rooms)
st.page_link("pages/recruiter.py", label="All interviews", icon=":material/arrow_back:")
st.title("Policies")
st.caption("A policy weighs what the monitor notes. It never judges: every flag is confirmed or dismissed by a person.")
policy = policies.chosen(rooms)
policies.summary(rooms, policy)
policies.editor(rooms, policy)
policies.history(rooms, policy)
policies.removed(rooms)
