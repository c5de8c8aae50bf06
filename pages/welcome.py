"""Welcome: what will happen, and the way in."""

import streamlit as st

from core.ui import guards
from core.ui.house import house

rooms = house()
who = guards.visitor(rooms)
with st.container(key="narrow"):
    st.title("Your interview, at your own pace")
    st.write(
        "A program asks you a few questions. You answer by voice or by typing, see your words as they are written "
        "down, and can correct them. People read your answers and decide."
    )
    with st.container(border=True):
        plan = rooms.registration.plan_from_settings("")
        st.markdown(
            f"- **{plan.question_count} questions**, each read out to you and shown on screen\n"
            f"- **{plan.think_s:.0f} seconds** to think, then up to **{plan.answer_s:.0f} seconds** to answer\n"
            f"- **{plan.retries}** retry for each question; you can pause {plan.max_pauses} times\n"
            "- If you lose the connection, your link brings you back to the same question"
        )
        st.caption("You need a quiet place. A microphone and a camera help, but you can do everything by typing.")
    invite = st.query_params.get("invite", "")
    if invite:
        st.session_state["invite"] = invite
    if who.session_id:
        st.info("This tab holds an interview that has begun.")
        if st.button("Go on with my interview", type="primary", icon=":material/play_arrow:"):
            st.switch_page(guards.PAGE_OF.get(rooms.interviews.load(who.session_id).state.phase, "pages/interview.py"))
        if st.button("Leave it and start another", type="tertiary"):
            guards.leave()
            st.rerun()
    elif st.button("Begin", type="primary", icon=":material/arrow_forward:"):
        st.switch_page("pages/register.py")
    st.page_link("pages/recruiter.py", label="For recruiters", icon=":material/badge:")
