"""Plays a test tone, so that an echo or a wrong loudspeaker is found."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.speech.echo import ToneParams
from core.ui.components._inbox import mount
from core.ui.components._register import register
from core.ui.components._wire import FORBID

_tone = register("tone")


@dataclass(frozen=True, slots=True, config=FORBID)
class TonePlayed:
    """The tone was played to its end a moment ago, or could not be."""

    kind: Literal["tone_played"]
    how: Literal["played", "blocked", "error"]


@dataclass(frozen=True, slots=True, config=FORBID)
class ToneAnswered:
    """What the candidate says: it was heard, or not."""

    kind: Literal["tone_answered"]
    heard: bool


ToneEvent = TonePlayed | ToneAnswered
_events: TypeAdapter[ToneEvent] = TypeAdapter(Annotated[ToneEvent, Field(discriminator="kind")])


def tone(
    key: str,
    *,
    params: ToneParams,
    played: bool = False,
    result: str = "",
    problem: bool = False,
    offer_outputs: bool = False,
    no_list_hint: str = "",
) -> list[ToneEvent]:
    """Draws the button; nothing sounds before it is pressed.

    Args:
        key: Widget key.
        params: The tone; only how it sounds is sent.
        played: It was played before.
        result: What the last tone said, and what to do next; read out.
        problem: The result asks for something.
        offer_outputs: Show the loudspeakers to choose from, where the browser can choose; kept for the tab.
        no_list_hint: Added to the result where it cannot.
    """
    sound = {k: v for k, v in asdict(params).items() if k in _SOUND}
    data = {
        "tone": {**sound, "onsets_ms": list(params.onsets_ms)},
        "played": played,
        "result": result,
        "problem": problem,
        "offer_outputs": offer_outputs,
        "no_list_hint": no_list_hint,
    }
    return mount(_tone, key, data, _events)


_SOUND = ("low_hz", "high_hz", "sweep_ms", "fade_ms", "gain_dbfs")
