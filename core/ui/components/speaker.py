"""Reads the question aloud."""

from base64 import b64encode
from typing import Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from core.ui.components._inbox import mount
from core.ui.components._register import register
from core.ui.components._wire import FORBID, Name

_speaker = register("speaker")
SpokenBy = Literal["audio", "browser_voice", "blocked", "no_voice", "error", "left"]


@dataclass(frozen=True, slots=True, config=FORBID)
class Spoken:
    """The question was put, as far as it could be; exactly one for each question that was to play by itself.

    Attributes:
        kind: Discriminator.
        question_key: Which question.
        how: ``audio`` and ``browser_voice`` were heard to the end; ``blocked`` by the autoplay rule (the candidate
            may press Play), ``no_voice`` and ``error`` were not heard; ``left`` was cut off: the interview moved on.
    """

    kind: Literal["spoken"]
    question_key: Name
    how: SpokenBy


_events = TypeAdapter(Spoken)


def speaker(
    key: str,
    *,
    question_key: str,
    text: str,
    audio: bytes | None = None,
    mime: str = "audio/mpeg",
    autoplay: bool = True,
    hush: bool = False,
    private: bool = False,
    rate: float = 1.0,
    language: str = "en",
) -> list[Spoken]:
    """Plays the question once by itself, then on request.

    Args:
        key: Widget key.
        question_key: A new one is a new question.
        text: Words for the browser's own voice, where there is no audio.
        audio: The spoken question; keep it short, it travels with the page.
        mime: Its type.
        autoplay: False only offers the button and reports nothing; a change to False stops what began by itself.
            Wait with True until ``audio`` is there.
        hush: The microphone records: stop at once and offer nothing until it is over.
        private: The text is not to leave the machines of candidate and server: a voice of the browser that works over
            the network is not used.
        rate: Speed at first, one of 0.75, 1, 1.25 and 1.5. The candidate changes it, and the browser keeps that for
            as long as the tab is open. Recorded sound is stretched by the player, which keeps the pitch and answers
            at once; a voice of the browser speaks at that rate from the next time on.
        language: Of the text, BCP 47; picks the browser's voice.
    """
    data = {
        "question_key": question_key,
        "text": text,
        "audio_b64": b64encode(audio).decode() if audio else "",
        "mime": mime,
        "autoplay": autoplay,
        "hush": hush,
        "private": private,
        "rate": rate,
        "language": language,
    }
    return mount(_speaker, key, data, _events)
