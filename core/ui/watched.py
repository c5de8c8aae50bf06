"""What the monitor watches of one candidate, what it does not and why, in the candidate's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.bootstrap import House
from core.domain.flag_words import FLAG_TITLES
from core.domain.interview import AnswerMode, InterviewPlan
from core.domain.signals import Signal, SignalStatus
from core.domain.watch import FlagKind
from core.services.interview_file import InterviewFile
from core.services.interview_view import InterviewView
from core.services.live_room import LiveRoom
from core.services.watch_options import watch_options
from core.ui.components.stage import WATCHED_REASON
from core.ui.session_keys import SCREENS_KNOWN

NEVER = "No feelings are read. Your screen is not recorded. Nothing is watched in a pause."
FACES_ONLY = "you agreed to words that speak of counting faces alone"
MONITORING = "monitoring"
"""Log entry of what an interview was watched with."""
PAGE_GUARD = "page_guard"
"""Log entry of what the candidate's browser tells of its screens."""
SCREENS = "second screen (the browser does not tell)"
_STATUSES = "monitor:statuses"
_SOUND = "monitor:sound"
_PAGE = "this page (leaving it, copying and pasting, full screen, the window's size)"


@dataclass(frozen=True, slots=True)
class WatchedList:
    """What is watched in one interview.

    Attributes:
        watched: What is measured; how, where that limits it.
        unwatched: What is not, each with the reason.
        arranged: What was arranged for this candidate, as sentences.
    """

    watched: tuple[str, ...]
    unwatched: tuple[str, ...]
    arranged: tuple[str, ...]

    @property
    def words(self) -> str:
        """All of it as lines of plain text, for behind the (?)."""
        parts = (
            f"Watched: {', '.join(self.watched)}.",
            f"Not monitored: {'; '.join(self.unwatched)}." if self.unwatched else "",
            *self.arranged,
            NEVER,
            WATCHED_REASON,
        )
        return "\n".join(filter(None, parts))


def watched_list(
    plan: InterviewPlan, camera: Sequence[SignalStatus], sound: Sequence[SignalStatus] = ()
) -> WatchedList:
    """Make the lists.

    Args:
        plan: Rules of the interview.
        camera: What the camera's monitor measures; empty while that is not known.
        sound: What is measured of the sound; empty means its level.
    """
    watched: list[str] = []
    unwatched: list[str] = []
    if not plan.watch_camera:
        unwatched.append("your camera (not used, as you chose)")
    elif not camera:
        watched.append("your camera's picture (what exactly is known once it is on)")
    if plan.answer_mode is not AnswerMode.LIVE:
        unwatched.append("your microphone (not listened to in this kind of interview)")
    statuses = [
        *(camera if plan.watch_camera else ()),
        *((sound or (SignalStatus(Signal.SOUND, True),)) if plan.answer_mode is AnswerMode.LIVE else ()),
    ]
    for status in statuses:
        reason = why_not(status)
        line = f"{status.signal.value} ({reason})" if reason else status.signal.value
        (watched if status.measured else unwatched).append(line)
    return WatchedList((*watched, _PAGE), tuple(unwatched), arranged(plan))


def arranged(plan: InterviewPlan) -> tuple[str, ...]:
    """The accommodations of the monitor that are in force, as sentences; for the candidate and the reviewer."""
    titles = [_small(FLAG_TITLES[kind]) for kind in FlagKind if kind.value in plan.rules_off]
    lines = [f"Not noted, as arranged: {', '.join(titles)}."] if titles else []
    if plan.window_factor > 1.0:
        lines.append(f"What is noted must last {plan.window_factor:g} times as long as usual, as arranged.")
    return tuple(lines)


def known_statuses(house: House, room: LiveRoom, view: InterviewView) -> tuple[SignalStatus, ...]:
    """What can be measured of this candidate; empty until the monitor has loaded its models."""
    kept: dict[str, tuple[SignalStatus, ...]] = st.session_state.setdefault(_STATUSES, {})
    seen = room.watch_view()
    told = seen.statuses if seen is not None and seen.statuses else house.watcher.statuses
    if view.session_id not in kept and told:
        # Asked once: what was agreed to, and what is installed, stay as they are while a page is open.
        faces_only = watch_options(house.database, view.session_id, view.plan).faces_only
        kept[view.session_id] = agreed_statuses(told, faces_only=faces_only)
    return kept.get(view.session_id, ())


def note_start(house: House, room: LiveRoom, view: InterviewView) -> None:
    """Write down what this interview is watched with, for the reviewer: models come and go between interviews."""
    statuses = (
        *(known_statuses(house, room, view) if view.plan.watch_camera else ()),
        *(house.sounds.voices.statuses(view.session_id) if view.plan.answer_mode is AnswerMode.LIVE else ()),
    )
    unknown = [] if statuses or not view.plan.watch_camera else ["camera (its models were not loaded yet)"]
    detail: dict[str, object] = {
        "monitored": [s.signal.value for s in statuses if s.measured],
        "not_monitored": [f"{s.signal.value} ({s.reason})" for s in statuses if not s.measured] + unknown,
        "limits": [f"{s.signal.value}: {s.reason}" for s in statuses if s.measured and s.reason],
    }
    house.interviews.note(view.session_id, MONITORING, detail)


def noted(file: InterviewFile) -> tuple[str, ...]:
    """What an interview was watched with, as sentences for the reviewer; empty for those held before it was noted."""
    entry = next((row for row in file.logs if row.kind == MONITORING), None)
    if entry is None:
        return ()
    parts = {
        name: [str(one) for one in entry.detail.get(name, ())] for name in ("monitored", "not_monitored", "limits")
    }
    if any(row.kind == PAGE_GUARD and row.detail.get("screens_known") is False for row in file.logs):
        parts["not_monitored"].append(SCREENS)
    return (
        f"Monitored: {', '.join(parts['monitored']) or 'nothing but the page'}.",
        *([f"Not monitored: {'; '.join(parts['not_monitored'])}."] if parts["not_monitored"] else []),
        *([f"With limits: {'; '.join(parts['limits'])}."] if parts["limits"] else []),
    )


def list_of(house: House, room: LiveRoom, view: InterviewView) -> WatchedList:
    """The lists of one interview as far as they are known now."""
    sound: dict[str, tuple[SignalStatus, ...]] = st.session_state.setdefault(_SOUND, {})
    if view.session_id not in sound:
        sound[view.session_id] = house.sounds.voices.statuses(view.session_id)
    found = watched_list(view.plan, known_statuses(house, room, view), sound[view.session_id])
    silent = st.session_state.get(SCREENS_KNOWN) is False
    return replace(found, unwatched=(*found.unwatched, SCREENS)) if silent else found


def agreed_statuses(statuses: Sequence[SignalStatus], *, faces_only: bool) -> tuple[SignalStatus, ...]:
    """What is measured of what could be; an older consent lets faces be counted and no more."""
    if not faces_only:
        return tuple(statuses)
    return tuple(s if s.signal is Signal.FACES else SignalStatus(s.signal, False, FACES_ONLY) for s in statuses)


def why_not(status: SignalStatus) -> str:
    """The reason of a status for a candidate: its first sentence, without what only an operator can act upon."""
    first = status.reason.split(". ")[0].rstrip(".")
    return re.sub(r"\s*\([A-Z_]+\)$", "", first.removeprefix("not monitored: "))


def draw(found: WatchedList) -> None:
    """The lists behind a line that can be opened."""
    with st.expander("What is watched, and what is not", icon=":material/visibility:"):
        st.markdown("**Watched**")
        st.text(_lines(found.watched))
        if found.unwatched:
            st.markdown("**Not monitored**")
            st.text(_lines(found.unwatched))
        if found.arranged:
            st.markdown("**Arranged for you**")
            st.text("\n".join(found.arranged))
        st.markdown("**Never**")
        st.text(NEVER)
        st.caption(WATCHED_REASON)


def _lines(names: Sequence[str]) -> str:
    return "\n".join(f"{name[:1].upper()}{name[1:]}" for name in names)


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]
