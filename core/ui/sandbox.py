"""The practice sandbox: the candidate sees what the monitor sees, and what it would note. Nothing is kept."""

import time
from dataclasses import dataclass, field, replace
from html import escape

import streamlit as st

from core.bootstrap import House
from core.domain.flag_words import FLAG_TITLES
from core.domain.policy import Severity
from core.domain.signals import Signal
from core.domain.watch import FlagKind, WatchView
from core.proctoring.policy import policy_of
from core.services.interview_view import InterviewView
from core.services.live_room import LiveRoom
from core.ui import watched
from core.ui.camera_warning import CameraWarning, silent_kinds
from core.ui.device_words import NOT_SEEN
from core.ui.readings import read_view

WOULD_BE_NOTED = "In the interview this would be noted for a person to look at."
WOULD_BE_INFORMATION = "In the interview this would be written down as information; it counts for nothing."
_PRACTISED = "check:practised"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Something to try.

    Attributes:
        words: What to do.
        kind: What the monitor then notices.
        needs: The signal it rests on.
    """

    words: str
    kind: FlagKind
    needs: Signal


INVITATIONS = (
    Invitation("Look away for three seconds", FlagKind.LOOKING_AWAY, Signal.HEAD),
    Invitation("Cover the camera", FlagKind.CAMERA_COVERED, Signal.PICTURE),
    Invitation("Hold up a hand before your face", FlagKind.NO_FACE, Signal.FACES),
)


@dataclass(slots=True)
class Practised:
    """What this page has seen; all of it may be lost."""

    noticed: set[FlagKind] = field(default_factory=set)
    similarity: float | None = None
    """The latest comparison with the face at the start: most pictures are not compared."""
    warning: CameraWarning = field(default_factory=CameraWarning)


def warning(room: LiveRoom, view: InterviewView) -> str:
    """What would be said beside the picture in the interview; empty for nothing."""
    seen = room.watch_view()
    practised = _practised()
    if seen is None:
        practised.warning = CameraWarning()
        return ""
    said = practised.warning.observe(time.monotonic(), seen, silent_kinds(view.plan))
    return "" if said == NOT_SEEN else said  # no question is open, so nothing is missed


def draw(house: House, room: LiveRoom, view: InterviewView) -> None:
    """The card beside the device rows."""
    if view.plan.watch_camera:
        with st.container(border=True, key="sandbox", gap="small"):
            st.markdown("**What the monitor sees** :gray[(practice, nothing is kept)]")
            _live(house, room, view)
    watched.draw(watched.list_of(house, room, view))


def _live(house: House, room: LiveRoom, view: InterviewView) -> None:
    if not room.health().video_live:
        st.caption("Press Start check. You then see here what the monitor sees, and can try it out.")
        return
    seen = room.watch_view()
    if seen is None or not seen.seeing:
        st.caption("The monitor does not see a picture yet. In the interview that would be noted as not seen.")
        return
    seen = replace(seen, statuses=watched.known_statuses(house, room, view))
    practised = _practised()
    practised.noticed.update(seen.active)
    if seen.signal is not None and seen.signal.similarity is not None:
        practised.similarity = seen.signal.similarity
    if seen.signal is not None and not seen.calibrated:
        st.caption("Looking at your usual position… Look at the screen for a few seconds, as you would to read.")
    if lines := read_view(seen, practised.similarity):
        rows = (
            f"<dt>{escape(line.name)}</dt><dd{'' if line.measured else ' class=unmeasured'}>{escape(line.words)}</dd>"
            for line in lines
        )
        st.html(f'<dl class="readings">{"".join(rows)}</dl>')
    _noted(seen, view)
    _invitations(seen, view, practised)


def _noted(seen: WatchView, view: InterviewView) -> None:
    policy = policy_of(view.plan)
    lines = ["**Would be noted now**"]
    for kind in seen.active:
        note = WOULD_BE_INFORMATION if policy.severity_of(kind) is Severity.INFO else WOULD_BE_NOTED
        lines.append(f"{FLAG_TITLES[kind]}. {note}")
    st.markdown("  \n".join(lines if seen.active else [*lines, ":gray[Nothing.]"]))


def _invitations(seen: WatchView, view: InterviewView, practised: Practised) -> None:
    lines = [_line(one, seen, view, practised) for one in INVITATIONS]
    st.markdown("  \n".join(["**Try it** :gray[(if you want)]", *lines]))
    others = [FLAG_TITLES[k] for k in FlagKind if k in practised.noticed - {one.kind for one in INVITATIONS}]
    if others:
        st.caption(f"Also noticed so far: {'; '.join(others)}.")


def _line(one: Invitation, seen: WatchView, view: InterviewView, practised: Practised) -> str:
    unmeasured = any(s.signal is one.needs and not s.measured for s in seen.statuses)
    if one.kind.value in view.plan.rules_off:
        return f":gray[:material/do_not_disturb_on: {FLAG_TITLES[one.kind]}: not noted, as arranged]"
    if unmeasured:
        return f":gray[:material/visibility_off: {FLAG_TITLES[one.kind]}: not monitored]"
    if one.kind in practised.noticed:
        return f":green[:material/check_circle:] {one.words}. **Noticed:** {FLAG_TITLES[one.kind]}"
    return f":gray[:material/radio_button_unchecked:] {one.words}"


def _practised() -> Practised:
    kept = st.session_state.get(_PRACTISED)
    if not isinstance(kept, Practised):
        kept = st.session_state[_PRACTISED] = Practised()
    return kept
