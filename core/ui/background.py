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


def caption_load(house: House) -> None:
    """One line while anybody speaks or words wait: whether captions keep up."""
    load = house.transcription.load()
    if not load.speakers and not load.above_cap and not load.waiting_finals:
        return
    pace = (
        "no interim captions for now"
        if load.interim_every_s is None
        else f"a caption each {load.interim_every_s:.1f} s"
    )
    parts = [f"{load.speakers} speaking", pace]
    if load.waiting_finals:
        parts.append(f"{load.waiting_finals} finished utterances wait, the oldest for {load.oldest_final_s:.1f} s")
    if load.above_cap:
        parts.append(f"{load.above_cap} above the limit get their words after the answer")
    st.caption(f"Live captions: {', '.join(parts)}.")


def _try_again(house: House) -> None:
    with house.database.transaction() as tx:
        house.outbox.restart_all(tx)
