"""The interview: one page from the first question to the last."""

from core.ui import guards, room
from core.ui.house import house

rooms = house()
who, view = guards.candidate(rooms, page="pages/interview.py")
guards.seat(rooms, who)
view = rooms.interviews.load(who.session_id)
room.live(rooms, who)
room.media_frame(rooms, view)
