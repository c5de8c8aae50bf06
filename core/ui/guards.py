"""Who is looking at the page, and whether they belong on it."""

from dataclasses import dataclass

import streamlit as st

from core.bootstrap import House
from core.domain.errors import AccessDenied, SeatTaken
from core.domain.flow import Phase
from core.services.interview_view import InterviewView
from core.ui.components.vault import Credentials, vault

_PASS, _DROP, _STAFF = "pass", "pass:drop", "staff"
_REPLY = "vault:reply"
"""Session key: the browser's last word about this tab. A page that stopped to ask again would leave the fragments of
the page before alive, and one of those drawn into the new page breaks it in the browser: it goes white."""
_SEAT, _LOST_SEAT, _LAST_SEEN = "seat:held", "seat:lost", "seat:last_seen"

PAGE_OF = {
    Phase.REGISTERED: "pages/register.py",
    Phase.CONSENTED: "pages/devices.py",
    Phase.COMPLETED: "pages/results.py",
    Phase.EXPIRED: "pages/results.py",
    Phase.TERMINATED: "pages/results.py",
}
"""Where each phase is at home; every other phase belongs to the interview page."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser tab and the interview it holds a token for, if any."""

    tab_id: str
    session_id: str = ""
    token: str = ""
    time_zone: str = "UTC"


def visitor(house: House) -> Visitor:
    """The tab that is looking, by resume link, running session, or the tab's own store.

    Stops the script until the browser has answered, which takes a moment after a load.
    """
    known: Credentials | None = st.session_state.get(_PASS)
    link = _from_link(known)
    if link is not None:
        house.access.enter(link.session_id, link.token)
        known = st.session_state[_PASS] = link
        st.session_state.pop(_SEAT, None)
    elif known is not None:
        _check_again(house, known)
    dropping = known is None and bool(st.session_state.get(_DROP))
    reply = vault(store=known, clear=dropping, scrub=True)
    if reply is not None:
        st.session_state[_REPLY] = reply
    elif known is not None:
        reply = st.session_state.get(_REPLY)
    if reply is None:
        st.skeleton(height=240)
        st.stop()
    if dropping:  # until the browser has forgotten, it still names the interview that was left
        st.session_state[_DROP] = bool(reply.session_id)
    elif known is None and reply.session_id:
        try:
            house.access.enter(reply.session_id, reply.token)
        except AccessDenied:
            st.session_state[_DROP] = True
        else:
            known = st.session_state[_PASS] = Credentials(reply.session_id, reply.token)
    zone = reply.time_zone or "UTC"
    return (
        Visitor(reply.tab_id, known.session_id, known.token, zone) if known else Visitor(reply.tab_id, time_zone=zone)
    )


def admit(session_id: str, token: str) -> None:
    """Remember a new interview for this tab; the next run stores it in the browser."""
    st.session_state[_PASS] = Credentials(session_id, token)
    st.session_state.pop(_SEAT, None)


def leave() -> None:
    """Forget the interview in this tab."""
    st.session_state.pop(_PASS, None)
    st.session_state.pop(_SEAT, None)
    st.session_state[_DROP] = True


def candidate(house: House, *, page: str) -> tuple[Visitor, InterviewView]:
    """The candidate's interview, on the page where it is at home.

    Moves to the right page when this is not it, and stops when nobody is known.
    """
    who = visitor(house)
    if not who.session_id:
        st.info("This tab holds no interview. Register to begin, or open the link you were given to go on.")
        st.page_link("pages/welcome.py", label="Go to the start", icon=":material/home:")
        st.stop()
    view = house.interviews.load(who.session_id)
    home = PAGE_OF.get(view.state.phase, "pages/interview.py")
    if home != page:
        st.switch_page(home)
    return who, view


def seat(house: House, who: Visitor) -> None:
    """Hold the interview in this tab; a second tab must take over explicitly."""
    if st.session_state.get(_SEAT) == who.session_id:
        return
    try:
        last_seen = house.access.take_seat(who.session_id, who.tab_id)
    except SeatTaken as taken:
        with st.container(border=True):
            if st.session_state.get(_LOST_SEAT):
                st.subheader("This tab has stopped")
                st.info("You went on in another tab or on another device. You can close this one, or continue here.")
            else:
                st.subheader("Open somewhere else")
                st.write(f"{taken.message} {taken.next_step}")
            if not st.button("Continue here", type="primary", icon=":material/move_down:"):
                st.stop()
        last_seen = house.access.take_seat(who.session_id, who.tab_id, takeover=True)
    # Kept until it is done: after a failed try the seat's own time would be too young.
    st.session_state.setdefault(_LAST_SEEN, last_seen)
    house.interviews.come_back(who.session_id, st.session_state[_LAST_SEEN])
    st.session_state[_SEAT] = who.session_id
    st.session_state.pop(_LAST_SEEN)
    st.session_state.pop(_LOST_SEAT, None)


def lost_seat() -> None:
    """Another tab went on: stop the whole page, the media frame with it."""
    st.session_state.pop(_SEAT, None)
    st.session_state[_LOST_SEAT] = True
    st.rerun(scope="app")


def recruiter(house: House) -> None:
    """Stops unless a recruiter is signed in to this browser session."""
    if st.session_state.get(_STAFF):
        return
    with st.container(key="signin"), st.form("signin_form", border=True):
        st.subheader("Recruiter sign-in")
        password = st.text_input("Password", type="password", autocomplete="current-password")
        if st.form_submit_button("Sign in", type="primary"):
            house.access.check_recruiter(password)
            st.session_state[_STAFF] = True
            st.rerun()
    st.stop()


def sign_out() -> None:
    """End the recruiter's session in this browser."""
    st.session_state.pop(_STAFF, None)


def _check_again(house: House, known: Credentials) -> None:
    """A link made useless ends open pages too."""
    try:
        house.access.enter(known.session_id, known.token)
    except AccessDenied:
        leave()
        raise


def _from_link(known: Credentials | None) -> Credentials | None:
    session_id, token = st.query_params.get("session", ""), st.query_params.get("token", "")
    if not session_id or not token or (known and known.session_id == session_id):
        return None
    return Credentials(session_id, token)
