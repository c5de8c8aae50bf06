"""The rows of the device check that sound has: microphone, room, and the loudspeaker on request."""

import time
from dataclasses import dataclass

import streamlit as st

from core.domain.transcript import CaptionView
from core.services.live_room import LiveRoom
from core.speech import room_check
from core.speech.ear import KEPT_S, RoomEar
from core.speech.echo import ToneFound, ToneParams
from core.speech.noise import NoiseReading
from core.speech.room_check import CheckState, Finding, Problem
from core.ui.components.tone import TonePlayed, tone
from core.ui.device_words import LOUDSPEAKER_GOOD, NO_OUTPUT_LIST, SOUND_PROBLEMS

SENTENCE = -1
"""Attempt id no database row has: the test sentence is shown and forgotten."""
CLEAN_DB = 40.0
"""Above this a figure says "clean", not how clean."""
NO_NOISE_DBFS = -80.0
"""Below this the browser has taken the noise away, and a figure would mean nothing."""
_SENTENCE_HEARD = "check:sentence_heard"
_MEASURED = "check:measured"
TONE = ToneParams()


@dataclass(slots=True)
class Measured:
    """What this page has measured; all of it may be lost."""

    room: LiveRoom
    ear: RoomEar
    noise: NoiseReading | None = None
    """Of the latest stretch somebody spoke in."""
    crest_db: float | None = None
    tone: ToneFound | None = None
    tone_at: float = float("-inf")
    """When it was played, monotonic seconds: until it is forgotten, it would count as noise."""
    tone_live: bool = False
    """The microphone was on while the tone was played."""
    heard: bool | None = None
    """The candidate's word for it."""


def sentence_heard() -> str:
    """The test sentence as it came back; empty before."""
    return str(st.session_state.get(_SENTENCE_HEARD, ""))


def forget() -> None:
    """Let go of the sound that was kept."""
    st.session_state.pop(_MEASURED, None)


def microphone(room: LiveRoom, device_error: str) -> tuple[CheckState, str]:
    """State of the microphone row and its words."""
    if device_error:
        return CheckState.FAILED, device_error
    if not room.health().audio_live:
        return CheckState.WAITING, "Press Start check and allow the microphone."
    found = _voice(room)
    heard = sentence_heard() or _text(room.captions(SENTENCE))
    if room_check.check_sentence(heard) is CheckState.GOOD:
        if not sentence_heard():
            st.session_state[_SENTENCE_HEARD] = heard
            room.stop_recording()
        return _after_sentence(room, found, f"We heard: {heard}")
    if found.problem is Problem.NOT_HEARD:
        return CheckState.FAILED, SOUND_PROBLEMS[Problem.NOT_HEARD]
    advice = SOUND_PROBLEMS.get(found.problem, "")
    ask = f"Please say: {room_check.TEST_SENTENCE}"
    if not heard:
        return (found.state, f"{advice}\n{ask}") if advice else (CheckState.WAITING, ask)
    return CheckState.WEAK, "\n".join(filter(None, (f"We heard: {heard[-120:]}", advice or _figure(room), ask)))


def room_noise(room: LiveRoom) -> tuple[CheckState, str]:
    """State of the room row and its words."""
    reading = room.level.snapshot()
    found = room_check.check_room(reading)
    if found.state is CheckState.WAITING:
        return found.state, "Measured once the microphone is on."
    words = SOUND_PROBLEMS.get(found.problem, "Your room is quiet.")
    floor = reading.noise_floor_dbfs
    if floor is None or floor < NO_NOISE_DBFS:
        return found.state, words
    return found.state, f"{words} Noise at −{-floor:.0f} dB."


def loudspeaker(room: LiveRoom) -> None:
    """The test tone: nothing sounds before the button is pressed, and nothing depends on it."""
    m = _measured(room)
    found = _output(m)
    words = SOUND_PROBLEMS.get(found.problem, LOUDSPEAKER_GOOD if found.state is CheckState.GOOD else "")
    st.markdown("**Loudspeaker** :gray[(if you want)]")
    for event in tone(
        "check_tone",
        params=TONE,
        played=m.tone is not None,
        result=words,
        problem=found.state in (CheckState.WEAK, CheckState.FAILED),
        offer_outputs=found.problem in (Problem.WRONG_OUTPUT, Problem.NOT_AUDIBLE),
        no_list_hint=NO_OUTPUT_LIST,
    ):
        if not isinstance(event, TonePlayed):
            m.heard = event.heard
        elif event.how == "played":
            m.tone_live, m.heard = room.health().audio_live, None
            m.tone, m.tone_at = m.ear.find_tone(TONE), time.monotonic()
        st.session_state[_MEASURED] = m


def facts(room: LiveRoom) -> dict[str, object]:
    """What the check found, for the log."""
    m = _measured(room)
    output = _output(m)
    return {
        "sentence": bool(sentence_heard()),
        "microphone": _voice(room).problem.value,
        "snr_db": None if m.noise is None else round(m.noise.snr_db, 1),
        "room": room_check.check_room(room.level.snapshot()).state.value,
        "output": None if m.tone is None else output.problem.value,
        "echo_dbfs": None if m.tone is None or m.tone.level_dbfs is None else round(m.tone.level_dbfs, 1),
    }


def _measured(room: LiveRoom) -> Measured:
    kept = st.session_state.get(_MEASURED)
    if not isinstance(kept, Measured) or kept.room is not room:
        kept = st.session_state[_MEASURED] = Measured(room, RoomEar(room.level))
    return kept


def _voice(room: LiveRoom) -> Finding:
    m = _measured(room)
    noise = m.ear.noise()
    if noise is not None and time.monotonic() - m.tone_at > KEPT_S:  # in silence the last figures stay
        m.noise, m.crest_db = noise, m.ear.crest_db()
    return room_check.check_microphone(room.level.snapshot(), m.noise, m.crest_db)


def _after_sentence(room: LiveRoom, found: Finding, heard: str) -> tuple[CheckState, str]:
    """Words came back, so nothing has failed; who has said enough may be silent now."""
    if found.problem is not Problem.NOT_HEARD and (advice := SOUND_PROBLEMS.get(found.problem)):
        return CheckState.WEAK, f"{heard}\n{advice}"
    return CheckState.GOOD, f"{heard}\n{_figure(room)}".strip()


def _figure(room: LiveRoom) -> str:
    """Voice against noise in words; why not, where it cannot be measured; empty before."""
    m = _measured(room)
    if m.noise is None:
        return m.ear.unmeasured
    amount = f"over {CLEAN_DB:.0f}" if m.noise.snr_db > CLEAN_DB else f"{m.noise.snr_db:.0f}"
    return f"Your voice is {amount} dB above the noise."


def _output(m: Measured) -> Finding:
    if m.tone is None:
        return room_check.WAITING
    return room_check.check_output(m.tone, heard=m.heard, microphone_live=m.tone_live, noise=m.noise)


def _text(view: CaptionView) -> str:
    return f"{view.text} {view.interim}".strip()
