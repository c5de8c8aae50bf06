"""The answer box with its live captions and actions."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.domain.interview import MAX_ANSWER_CHARS
from core.domain.transcript import CaptionView
from core.ui.components._inbox import mount, waiting
from core.ui.components._register import register
from core.ui.components._wire import FORBID, AnswerText, Name

_answer = register("answer")


@dataclasses.dataclass(frozen=True, slots=True)
class Action:
    """A button below the box. One primary at a time; Ctrl+Enter presses it."""

    id: str
    label: str
    kind: Literal["primary", "secondary"] = "secondary"
    disabled: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, config=FORBID)
class Draft:
    """The text as it stands, some 800 ms after its last change.

    Attributes:
        kind: Discriminator.
        question_key: Which question and attempt.
        text: All of it.
        edited: The candidate has typed or pasted; captions are only appended from then on.
        captions_seen: Captions with a lower number are in the text; hand it back with the text after a refresh.
    """

    kind: Literal["draft"]
    question_key: Name
    text: AnswerText
    edited: bool
    captions_seen: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, config=FORBID)
class ActionPressed:
    """A button was pressed once; carries the text of that moment, so no draft need be waited for."""

    kind: Literal["action"]
    id: Name
    nonce: Name
    """Random; the same press never has two."""
    question_key: Name
    text: AnswerText
    edited: bool
    captions_seen: Annotated[int, Field(ge=0)]


AnswerEvent = Draft | ActionPressed
_events: TypeAdapter[AnswerEvent] = TypeAdapter(Annotated[AnswerEvent, Field(discriminator="kind")])


def waiting_events(key: str) -> Iterator[AnswerEvent]:
    """What was typed or pressed and not taken yet, before the box is drawn; see ``_inbox.waiting``."""
    return waiting(key, _events)


def answer(
    key: str,
    *,
    question_key: str,
    phase: str,
    actions: Sequence[Action],
    initial: str = "",
    captions: CaptionView | None = None,
    captions_seen: int = 0,
    edited: bool = False,
    listening: bool = False,
    readonly: bool = False,
    title: str = "Your answer",
    placeholder: str = "",
    notice: str = "",
    saved_state: Literal["saved", "failed", "off"] = "saved",
    place: str = "",
) -> list[AnswerEvent]:
    """Draws the box and returns drafts and presses since the last call.

    Keep it mounted from the first phase of a question to its last (``readonly`` where nothing may be typed): the text
    of a box that disappears is gone up to the last draft.

    Args:
        key: Widget key.
        question_key: Question and attempt, such as ``"3:2"``. A new one opens the box with ``initial``.
        phase: Where the interview stands; a new one makes the buttons pressable again.
        actions: Buttons from left to right.
        initial: Text to open with: the saved draft. Later changes of it under the same key are ignored.
        captions: What was heard of this answer so far.
        captions_seen: Captions below this number are in ``initial`` already (``Draft.captions_seen``).
        edited: ``initial`` was typed in (``Draft.edited``).
        listening: Speech is captioned: below the text there is room for the words being spoken, always the same, so
            that nothing moves when they come and go.
        readonly: Show, do not take.
        title: Label of the box.
        placeholder: Shown while it is empty.
        notice: A short line below the box: "Captions are delayed; your answer is being recorded."
        saved_state: ``failed`` when the last draft could not be stored; ``off`` says nothing, for text not kept.
        place: Names the interview: what is typed is then held in the browser too until it is saved, so that neither a
            box drawn anew nor a refresh loses the newest words. Empty for text not kept.
    """
    captions = captions or CaptionView()
    data = {
        "question_key": question_key,
        "phase": phase,
        "actions": [dataclasses.asdict(action) for action in actions],
        "initial": initial,
        "finals": [[segment.number, segment.text] for segment in captions.finals],
        "solid": captions.solid,
        "interim": captions.interim,
        "listening": listening,
        "captions_seen": captions_seen,
        "edited": edited,
        "readonly": readonly,
        "title": title,
        "placeholder": placeholder,
        "notice": notice,
        "saved_state": saved_state,
        "place": place,
        "max_length": MAX_ANSWER_CHARS,
    }
    return mount(_answer, key, data, _events)
