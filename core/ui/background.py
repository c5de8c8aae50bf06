"""Work the house does behind the pages: how much of it waits, and what was given up."""

import streamlit as st

from core.bootstrap import House
from core.domain.job import JobState


def waiting_work(house: House) -> None:
    """One line, only when something waits or was given up; the button tries it again."""
    counts = house.jobs.counts()
    waiting, failed = counts[JobState.WAITING] + counts[JobState.RUNNING], counts[JobState.FAILED]
    if not waiting and not failed:
        return
    parts = [f"{waiting} under way or waiting"] if waiting else []
    parts += [f"{failed} given up"] if failed else []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Work on recorded answers: {', '.join(parts)}.", width="content")
        if failed:
            st.button("Try again", on_click=_try_again, args=(house,), icon=":material/refresh:", key="jobs_again")


def _try_again(house: House) -> None:
    with house.database.transaction() as tx:
        house.outbox.restart_all(tx)
