"""The page's sign of life: passed on to the health of the monitor, and what this browser cannot tell is noted."""

import streamlit as st

from core.bootstrap import House
from core.domain.health import MonitorSource
from core.ui.components.guard import GuardBeat
from core.ui.session_keys import SCREENS_KNOWN
from core.ui.watched import PAGE_GUARD


def take(house: House, session_id: str, beat: GuardBeat | None) -> None:
    """Take the newest beat, if there is one; the first of a page also says what its browser tells."""
    if beat is None:
        return
    house.health.beat(session_id, MonitorSource.PAGE)
    if st.session_state.get(SCREENS_KNOWN) != beat.screens_known:
        house.interviews.note(session_id, PAGE_GUARD, {"screens_known": beat.screens_known})
        st.session_state[SCREENS_KNOWN] = beat.screens_known
