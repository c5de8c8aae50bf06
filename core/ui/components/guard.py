"""What happens to the page: left, returned to, copied from, pasted into; and that somebody still looks."""

from collections.abc import Mapping
from typing import Annotated

import streamlit as st
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.domain.page_events import PageEventKind
from core.ui.components._inbox import mount, parse_events
from core.ui.components._register import register
from core.ui.components._wire import FORBID

_guard = register("guard")


@dataclass(frozen=True, slots=True, config=FORBID)
class PageEvent:
    """One page event.

    Attributes:
        kind: What happened.
        at_ms: Milliseconds since 1970 by the candidate's clock: good for order and distance, not for truth.
        length: Characters copied, cut or pasted (never the text); None for the rest.
    """

    kind: PageEventKind
    at_ms: int
    length: Annotated[int, Field(ge=0)] | None = None


@dataclass(frozen=True, slots=True, config=FORBID)
class GuardBeat:
    """The guard is alive: sent every 5 s while it is active.

    Attributes:
        at_ms: Milliseconds since 1970 by the candidate's clock; tells one beat from the next.
        visible: The tab is in front.
        focused: The page has the focus.
        screens_known: The browser tells whether there is more than one screen; otherwise that is not monitored.
    """

    at_ms: int
    visible: bool
    focused: bool
    screens_known: bool


@dataclass(frozen=True, slots=True)
class GuardReport:
    """What the page reported since the last call.

    Attributes:
        events: In order, each once.
        beat: The newest sign of life; None when there was none since the last call.
    """

    events: list[PageEvent]
    beat: GuardBeat | None = None


_events = TypeAdapter(PageEvent)
_beats = TypeAdapter(GuardBeat)


def guard(key: str = "guard", *, active: bool = True) -> GuardReport:
    """Watches the page and returns what happened since the last call.

    One leaving is one event, whatever the browser fires: a blur followed by a hidden tab is ``tab_hidden`` alone.
    Focus in the media frame and permission prompts do not count. A page that is smaller than at the start by zoom,
    pinch or a virtual keyboard is not resized. What holds when the guard becomes active is reported again.

    Args:
        key: Widget key.
        active: False notes nothing (device check, after the end).
    """
    return GuardReport(mount(_guard, key, {"active": active}, _events), _newest_beat(key))


def _newest_beat(key: str) -> GuardBeat | None:
    """A beat is a state of the component, which stays: it counts once."""
    told, name = st.session_state.get(key), f"{key}.beat"
    raw = told.get("beat") if isinstance(told, Mapping) else None
    if not isinstance(raw, Mapping) or raw == st.session_state.get(name):
        return None
    st.session_state[name] = dict(raw)
    beats = parse_events([dict(raw)], _beats)
    return beats[0] if beats else None
