"""The interview room: one fragment from the first question to the last, run once a second.

Each run lets time pass, takes what the browser reported, then draws. Nothing here is worth keeping: a killed
page finds everything in the database again.
"""

from datetime import timedelta

import streamlit as st

from core.bootstrap import House
from core.domain.errors import AttemptsUsed, IllegalTransition, InterviewError, StorageUnavailable
from core.domain.events import Paused, Resumed
from core.domain.flow import CLOCKED, Phase
from core.domain.interview import AnswerMode
from core.services.interview_view import InterviewView
from core.services.live_room import LiveRoom
from core.services.watch_options import watch_options
from core.ui import answer_panel, errors, guards, question_card, rtc, side_panel, watched
from core.ui.guards import Visitor
from core.ui.session_keys import CONNECTED, LOST, OTHER_WAY_CHOSEN, START_FAILED, START_PRESSED_AT, WANTS_START

TICK_S = 1.0
AWAY_AFTER_S = 8.0
"""A page not heard of for this long was cut off: as after a refresh, the clock is stopped where it was."""


def media_frame(house: House, view: InterviewView) -> None:
    """Join the live room and draw the media frame; outside the fragment, so that it is never redrawn."""
    room = house.rooms.open(view.session_id)
    if needs_media(view):
        link = rtc.connect(room, view.plan, key="interview", ice_servers=house.settings.ice_servers)
        st.session_state[CONNECTED] = link.playing


def needs_media(view: InterviewView) -> bool:
    """Whether this interview uses microphone or camera at all."""
    return view.plan.answer_mode is AnswerMode.LIVE or view.plan.watch_camera


@st.fragment(run_every=TICK_S)
def live(house: House, who: Visitor) -> None:
    """Everything the candidate sees and does, from Start to the end."""
    with errors.shown():
        if st.session_state.pop(OTHER_WAY_CHOSEN, False):
            st.rerun(scope="app")  # the media frame goes with the live way
        room = house.rooms.open(who.session_id)
        with st.container():  # always there: a message put above the box would move it, and its focus would be lost
            view = _pass_time(house, room, who)
        if side_panel.take_page_events(house, view):  # first: what ends the interview also ends this page
            view = house.interviews.load(who.session_id)
        if view.is_over:
            house.answers.close_room(who.session_id)
            st.rerun(scope="app")
        _draw(house, room, view)


def _pass_time(house: House, room: LiveRoom, who: Visitor) -> InterviewView:
    """One step of time; when the database refuses, the page stays as it is and says so."""
    try:
        last_seen = house.access.keep_seat(who.session_id, who.tab_id)
        if last_seen is None:
            guards.lost_seat()
        elif (house.clock.now() - last_seen).total_seconds() > AWAY_AFTER_S:
            house.interviews.come_back(who.session_id, last_seen)  # the page was cut off: nobody saw the clock run
        # Before the tick: what was pressed or typed before the time ran out counts.
        answer_panel.take_waiting(house, who.session_id)
        return _follow_media(house, room, house.interviews.tick(who.session_id))
    except StorageUnavailable as error:
        errors.show(error)
        return house.interviews.load(who.session_id)


def _draw(house: House, room: LiveRoom, view: InterviewView) -> None:
    with st.container(key="room"):
        main, side = st.columns([2.4, 1], gap="medium")
    with main:
        if view.state.phase is Phase.CHECKED:
            question_card.before_start(house, view)
            watched.draw(watched.list_of(house, room, view))
        else:
            question_card.draw(house, view)
            answer_panel.draw(house, room, view)
    with side:
        side_panel.draw(house, room, view, needs_media=needs_media(view))


def _follow_media(house: House, room: LiveRoom, view: InterviewView) -> InterviewView:
    """Start or resume once media arrive; pause when they stop; record while an answer is open."""
    side_panel.take_press()
    arrived = not needs_media(view) or _media_arrive(room, view)
    if view.state.phase in (Phase.CHECKED, Phase.PAUSED):
        if not (arrived and st.session_state.get(WANTS_START)):
            room.unwatch()
            return view
        view = _go(house, view)
        if room.first_sound_at is not None:
            house.interviews.note(view.session_id, "media_arrived", {"at_sound": room.first_sound_at.isoformat()})
    elif view.state.phase in CLOCKED:
        st.session_state.pop(WANTS_START, None)  # an old press must not end a later pause
        if not arrived:
            view = _lost_media(house, room, view)
    _watch(house, room, view)
    if view.state.phase is Phase.ANSWERING and view.plan.answer_mode is AnswerMode.LIVE and view.attempt is not None:
        try:
            house.answers.ensure_recording(view.session_id, view.attempt)
        except InterviewError as error:  # the question stays on screen, typing goes on
            errors.show(error)
    return view


def _watch(house: House, room: LiveRoom, view: InterviewView) -> None:
    """Watch the camera while a question is open, and never in a pause: walking about is then nobody's business."""
    if not view.plan.watch_camera or view.state.phase not in CLOCKED:
        room.unwatch()
    elif room.watch_view() is None:  # also while no picture comes: that is a blind span, not a clean one
        room.watch(house.monitor(view.session_id), watch_options(house.database, view.session_id, view.plan))


def _go(house: House, view: InterviewView) -> InterviewView:
    st.session_state[WANTS_START] = False
    for name in (LOST, START_PRESSED_AT, START_FAILED):
        st.session_state.pop(name, None)
    if view.state.phase is Phase.CHECKED:
        watched.note_start(house, house.rooms.open(view.session_id), view)
        return house.interviews.start(view.session_id)
    return house.interviews.apply(view.session_id, Resumed())


def _media_arrive(room: LiveRoom, view: InterviewView) -> bool:
    health = room.health()
    if view.state.phase is Phase.PAUSED and not st.session_state.get(CONNECTED):
        return False  # what is fresh may still be the old page's
    if view.plan.answer_mode is AnswerMode.LIVE and not health.audio_live:
        return False
    return health.video_live or not view.plan.watch_camera


def _lost_media(house: House, room: LiveRoom, view: InterviewView) -> InterviewView:
    """Stop the clock when a device or the connection was lost, as long as a pause is left."""
    health = room.health()
    what = "microphone" if view.plan.answer_mode is AnswerMode.LIVE and not health.audio_live else "camera"
    try:
        age_s = health.audio_age_s if what == "microphone" else health.video_age_s
        lost_at = house.clock.now() - timedelta(seconds=age_s or 0.0)
        paused = house.interviews.apply(view.session_id, Paused(lost_at))
    except (AttemptsUsed, IllegalTransition):
        if not st.session_state.get("room:no_pause"):
            st.session_state["room:no_pause"] = True
            house.interviews.note(view.session_id, "media_lost_no_pause_left", {"what": what})
        return view
    house.interviews.note(view.session_id, "media_lost", {"what": what})
    st.session_state[LOST] = what
    return paused
