"""Delivers the events of a component: each once, in order, also when reruns cut each other off."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from pydantic import TypeAdapter, ValidationError
from streamlit.components.v2.types import ComponentRenderer

logger = logging.getLogger(__name__)
E = TypeVar("E")


@dataclass(slots=True)
class Inbox:
    """Events of one component that the page has not taken yet.

    A batch is ``{"page": ..., "events": [{"n": 1, "kind": ...}, ...]}``. The browser repeats an event until its
    number is acknowledged (see ``outbox.js``), so what was seen is dropped here.
    """

    page: str = ""
    """Instance of the component in the browser; it numbers its events from 1."""
    number: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ack(self) -> dict[str, Any]:
        """What the browser may forget."""
        return {"page": self.page, "n": self.number}

    def accept(self, batch: object) -> None:
        """Takes what is new in a batch; anything malformed is dropped, it comes from a browser."""
        if not isinstance(batch, Mapping) or not isinstance(batch.get("events"), list):
            return
        page = str(batch.get("page", ""))
        if page != self.page:
            self.page, self.number = page, 0
        for event in batch["events"]:
            if not isinstance(event, Mapping) or not isinstance(event.get("n"), int) or event["n"] <= self.number:
                continue
            self.number = event["n"]
            self.waiting.append({name: value for name, value in event.items() if name != "n"})

    def take(self, adapter: TypeAdapter[E]) -> list[E]:
        """Empties the inbox into typed events."""
        raw, self.waiting = self.waiting, []
        return parse_events(raw, adapter)


def parse_events(raw: list[dict[str, Any]], adapter: TypeAdapter[E]) -> list[E]:
    """Typed events; one that does not fit is logged by its kind and left out, never shown to a candidate."""
    events = []
    for item in raw:
        try:
            events.append(adapter.validate_python(item))
        except ValidationError as error:
            places = [".".join(map(str, detail["loc"])) for detail in error.errors(include_input=False)]
            logger.warning("component event dropped: kind=%s fields=%s", str(item.get("kind"))[:40], places[:5])
    return events


def mount(renderer: ComponentRenderer, key: str, data: dict[str, Any], adapter: TypeAdapter[E]) -> list[E]:
    """Mounts a component and returns what happened in it since the last call.

    The callback collects before the script runs; a run that is cut off before this line loses nothing.
    """
    inbox = _inbox(key)
    result = renderer(key=key, data={**data, "ack": inbox.ack}, on_events_change=partial(_collect, key))
    inbox.accept(result.get("events"))
    return inbox.take(adapter)


def waiting(key: str, adapter: TypeAdapter[E]) -> Iterator[E]:
    """Events that arrived but were not taken yet; each stays until the caller asks for the next one.

    A run that is cut off in between finds the event again: what is done with it must bear being done twice.
    """
    inbox = _inbox(key)
    while inbox.waiting:
        yield from parse_events(inbox.waiting[:1], adapter)
        inbox.waiting.pop(0)


def _collect(key: str) -> None:
    state = st.session_state.get(key)
    if isinstance(state, Mapping):
        _inbox(key).accept(state.get("events"))


def _inbox(key: str) -> Inbox:
    name = f"{key}.inbox"
    if name not in st.session_state:
        st.session_state[name] = Inbox()
    inbox: Inbox = st.session_state[name]
    return inbox
