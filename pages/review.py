"""Review: one interview with its answers, sound, flags, page events and pictures."""

import streamlit as st

from core.ui import delivery_card, desk, flag_table, guards, health_card, human_review_card, policy_words, watched
from core.ui.house import house

rooms = house()
guards.recruiter(rooms)
st.page_link("pages/recruiter.py", label="All interviews", icon=":material/arrow_back:")
session_id = st.query_params.get("interview") or st.session_state.get("review", "")
if not session_id:
    st.info("Choose an interview from the list.")
    st.stop()
st.query_params["interview"] = session_id
file = rooms.desk.open_file(session_id)
head, out = st.columns([5, 1], vertical_alignment="bottom")
with head, st.container(key="person"):
    st.text(file.candidate.name, width="stretch")
    st.caption(f"{file.candidate.subject} · {session_id} · registered {desk.local(file.candidate.created_at)}")
out.download_button(
    "Download ZIP",
    lambda: rooms.desk.package(session_id),
    file_name=f"{session_id}.zip",
    mime="application/zip",
    icon=":material/download:",
    width="stretch",
)
report = rooms.reviews.integrity(session_id, file.health)
desk.figures(file, report)
human_review_card.render(rooms, file)
answers, flags, events, pictures, history = st.tabs(
    ["Answers", f"Flags ({len(file.flags)})", "Page events and sound", f"Pictures ({len(file.snapshots)})", "History"]
)
with answers:
    if not file.questions:
        st.caption("The interview has not started yet.")
    delivery_card.notice(rooms, file)
    for entry in file.questions:
        desk.question(rooms, entry)
with flags:
    health_card.render(file.health)
    plan = file.interview.plan
    if note := policy_words.policy_note(plan):
        st.warning(note, icon=":material/warning:")
    for line in (policy_words.policy_line(plan), *watched.noted(file), *watched.arranged(plan)):
        st.caption(line)
    flag_table.render(rooms, file, report)
with events:
    desk.page_events(file)
with pictures:
    desk.gallery(rooms, file)
with history:
    desk.history(file)
