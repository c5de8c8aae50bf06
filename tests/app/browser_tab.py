"""A browser tab as far as AppTest has one: pages, forms, and what the components' JavaScript would report."""

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core.bootstrap import House
from core.domain.interview import ConsentKind
from core.services.interview_view import InterviewView
from core.services.registration import Accommodations

HOME = Path(__file__).parents[2] / "Home.py"


PASSWORD = "correct horse"
_SHARED: dict[str, Any] = {}


class Tab:
    """One tab. ``session_id`` and ``token`` are what its own store holds from before."""

    def __init__(self, house: House, tab_id: str = "tab-1", session_id: str = "", token: str = "") -> None:
        self.house = house
        self.at = AppTest.from_file(HOME, default_timeout=30)
        self._events = 0
        self._vault = {
            "session_id": session_id, "token": token, "tab_id": tab_id, "reloaded": False,
            "time_zone": "Europe/Berlin", "language": "en",
        }  # fmt: skip

    def open(self, page: str = "", **query: str) -> "Tab":
        """Load a page by its address."""
        self.at.query_params.clear()
        self.at.query_params.update(query)
        if page and not self.at._registered_pages:
            query_before = dict(self.at.query_params)
            self.at.query_params.clear()
            self._run()
            self.at.query_params.update(query_before)
        if page:
            self.at.switch_page(f"pages/{page}.py")
        return self._run()

    def press(self, label: str) -> "Tab":
        """Press the button whose label begins so."""
        next(b for b in self.at.button if b.label.startswith(label)).click()
        return self._run()

    def has_button(self, label: str) -> bool:
        return any(b.label.startswith(label) for b in self.at.button)

    def fill(self, label: str, value: object) -> "Tab":
        """Fill in the field whose label contains this text."""
        fields = [*self.at.text_input, *self.at.selectbox, *self.at.checkbox, *self.at.number_input]
        next(f for f in fields if label in f.label).set_value(value)
        return self

    def answer(self, action: str, text: str = "", *, edited: bool = True, key: str = "") -> "Tab":
        """Press a button of the answer box, as its JavaScript reports it."""
        return self._report("answer", kind="action", id=action, nonce=str(self._events), text=text, edited=edited,
                            question_key=key or self.view.question_key, captions_seen=0)  # fmt: skip

    def type(self, text: str) -> "Tab":
        """Type into the answer box and wait for the draft to be sent."""
        return self._report(
            "answer", kind="draft", text=text, edited=True, question_key=self.view.question_key, captions_seen=0
        )

    def leave_the_page(self) -> "Tab":
        return self._report("guard", kind="tab_hidden", at_ms=1, length=None)

    def fail_to_start(self, error: str, device: str, stage: str) -> "Tab":
        return self._report(stage, kind="start_failed", error=error, device=device)

    @property
    def session_id(self) -> str:
        return self.at.session_state["pass"].session_id

    @property
    def view(self) -> InterviewView:
        return self.house.interviews.load(self.session_id)

    @property
    def title(self) -> str:
        return self.at.title[0].value if self.at.title else ""

    @property
    def messages(self) -> str:
        """Everything said in a coloured box."""
        return "\n".join(e.value for kind in (self.at.error, self.at.warning, self.at.info) for e in kind)

    @property
    def text(self) -> str:
        """Everything that can be read."""
        at = self.at
        kinds = (at.title, at.subheader, at.markdown, at.caption, at.text, at.code, at.error, at.warning, at.info,
                 at.success)  # fmt: skip
        shown = [e.value for kind in kinds for e in kind]
        labels = [w.label for kind in (at.button, at.checkbox, at.metric, at.tabs) for w in kind]
        return "\n".join([*shown, *labels, *(str(m.value) for m in at.metric)])

    def _report(self, component: str, **event: object) -> "Tab":
        self._events += 1
        batch = {"page": "browser", "events": [{"n": self._events, **event}]}
        self.at.session_state[component] = {"events": batch}
        return self._run()

    def _run(self) -> "Tab":
        self.at.session_state["vault"] = {"reply": dict(self._vault)}
        self.at._bidi_component_manager = _SHARED.get("components")  # else each tab scans every installed package
        self.at.run()
        _SHARED["components"] = self.at._bidi_component_manager
        assert not self.at.exception, self.at.exception
        assert not any("Something went wrong" in e.value for e in self.at.error)
        return self


def registered(house: House, name: str = "Ada Lovelace") -> tuple[str, str]:
    admission = house.registration.register(name, "ada@example.org", "Python")
    return admission.session_id, admission.token


def consented(
    house: House,
    *,
    audio: bool = False,
    video: bool = False,
    name: str = "Ada Lovelace",
    wishes: Accommodations | None = None,
) -> tuple[str, str]:
    session_id, token = registered(house, name)
    granted = {ConsentKind.AUDIO: audio, ConsentKind.VIDEO: video}
    house.registration.record_consent(session_id, granted, wishes or Accommodations())
    return session_id, token
