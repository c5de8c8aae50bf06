"""Device check: browser, camera, microphone, room, and one practice question."""

import streamlit as st

from core.ui import device_check, guards, look, room
from core.ui.house import house

rooms = house()
who, view = guards.candidate(rooms, page="pages/devices.py")
look.steps(2)
st.title("Check your devices")
st.caption("Press Start check, allow what the browser asks for, and read the sentence aloud. Nothing is kept.")
device_check.live(rooms, view)
if room.needs_media(view):
    device_check.media_frame(rooms, view)
