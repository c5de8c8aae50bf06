"""Results: the candidate's own answers and a short summary."""

import streamlit as st

from core.ui import cards, flag_comments, guards, health_card, human_review_card, look
from core.ui.house import house

rooms = house()
who, view = guards.candidate(rooms, page="pages/results.py")
rooms.answers.close_room(who.session_id)
with st.container(key="narrow"):
    look.steps(4)
    cards.ending(view, rooms.settings)
    file = rooms.desk.open_file(who.session_id)
    human_review_card.own(file, rooms.settings)
    cards.summary(file)
    st.subheader("Your answers")
    cards.own_answers(rooms, file)
    flag_comments.render(rooms, file)
    health_card.own(file.health)
    st.download_button(
        "Download your data as text",
        lambda: rooms.desk.own_copy(who.session_id),
        file_name=f"{who.session_id}.json",
        mime="application/json",
        icon=":material/download:",
    )
    st.caption(
        "Your details and consents, your answers, what was heard of them, how they were given, what was noted, what "
        "you wrote about it and when the monitor saw; no pictures."
    )
    cards.resume_link(rooms, who)
