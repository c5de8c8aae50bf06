"""All components on one page, in the layout of the interview; driven by ``test_components.py``.

What Python received is written into ``<code id=...>`` lines at the end, where a test reads it.
"""

import html
import io
import json
import math
import time
import wave
from array import array
from dataclasses import asdict

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.sink import AudioSinkTrack, VideoSinkTrack

from core.domain.transcript import CaptionView, FinalSegment
from core.ui import components as ui

st.set_page_config("Components", layout="wide")
state = st.session_state
if "log" not in state:
    state.update(log=[], audio=[0], video=[0], question=1, attempt=1, finals=[], clock=None, beats=[])
    state.sinks = (
        AudioSinkTrack(lambda frame, count=state.audio: count.__setitem__(0, count[0] + 1)),
        VideoSinkTrack(lambda frame, count=state.video: count.__setitem__(0, count[0] + 1)),
    )


def note(events):
    state.log.extend(asdict(event) for event in events)
    return events


@st.cache_data
def tone():
    """Half a second of a quiet tone, as WAV."""
    samples = array("h", (round(2000 * math.sin(i / 8)) for i in range(8000)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16_000, len(samples), "NONE", ""))
        file.writeframes(samples.tobytes())
    return out.getvalue()


def show(name, value):
    st.html(f"<code data-test='{name}' style='display:none'>{html.escape(json.dumps(value))}</code>", width="content")


params = st.query_params
reply = ui.vault(store=ui.Credentials("S-1", "secret") if params.get("token") else None, scrub=True)
seen = ui.probe()

left, right = st.columns([7, 3], gap="large")
with left, st.container(border=True):
    st.caption(f"Question {state.question} of 8 · Databases")
    st.subheader("How does a B-tree index speed up a range query?")
    note(
        ui.speaker(
            "speaker",
            question_key=f"{state.question}",
            text="How does a B-tree index work?",
            audio=tone() if params.get("audio") else None,
            mime="audio/wav",
            private=bool(params.get("private")),
        )
    )
with right:
    playing = st.session_state.get("media") is not None and getattr(st.session_state.get("ctx"), "state", None)
    running = bool(playing and playing.playing)
    note(
        ui.stage(
            "stage",
            start_label="Start interview",
            running=running,
            recording=running,
            connection="Connection good" if running else "",
            watched=["face", "tab", "sound"],
            fullscreen=bool(params.get("full")),
            warning="You left this tab. 1 of 3." if params.get("warn") else "",
        )
    )
    if locked := params.get("lock"):
        note(ui.lock("lock", start_label="Go on" if locked == "start" else "", active=locked == "active"))
    if state.clock is None or state.clock[0] != state.question:
        state.clock = (state.question, time.monotonic() + float(params.get("clock", 140)))
    note(
        ui.clock(
            "clock",
            label="Time to answer",
            remaining_ms=max(0, round((state.clock[1] - time.monotonic()) * 1000)),
            total_ms=140_000,
            running=True,
            stamp=f"{state.question}:{state.attempt}:answering",
        )
    )


@st.fragment(run_every=1)
def answer_box():
    report = ui.guard(active=not params.get("resting"))
    note(report.events)
    if report.beat:
        state.beats.append(asdict(report.beat))
    finals = tuple(FinalSegment(number, text, 0.0, 1.0) for number, text in enumerate(state.finals))
    events = ui.answer(
        "answer",
        question_key=f"{state.question}:{state.attempt}",
        phase="answering",
        actions=[
            ui.Action("stop", "Stop"),
            ui.Action("retry", "Retry (1 left)"),
            ui.Action("next", "Next", "primary", hint="Save and go on"),
        ],
        captions=CaptionView(finals, solid=params.get("solid", ""), interim=params.get("interim", "")),
        listening=True,
        notice=params.get("notice", ""),
        placeholder="Speak, or type your answer here.",
    )
    note(events)
    for event in events:
        if isinstance(event, ui.ActionPressed) and event.id == "retry":
            state.attempt += 1
            state.finals = []
            st.rerun()
    show("log", state.log)
    show("beats", state.beats)
    show("frames", [state.audio[0], state.video[0]])


with left:
    answer_box()
    with st.container(horizontal=True):
        st.button("Hear words", on_click=lambda: state.finals.append(f"caption number {len(state.finals)}"))
        st.button("Correct words", on_click=lambda: state.finals.__setitem__(-1, "a corrected caption"))
        st.button("Native primary", type="primary", on_click=lambda: state.__setitem__("question", state.question + 1))
with right:
    st.session_state.ctx = webrtc_streamer(
        "media",
        WebRtcMode.SENDONLY,
        rtc_configuration={"iceServers": []},
        media_stream_constraints={
            "audio": {"channelCount": 1},
            "video": {"width": 320, "height": 240, "frameRate": 5},
        },
        sink_audio_track=state.sinks[0],
        sink_video_track=state.sinks[1],
    )
show("reply", asdict(reply) if reply else None)
show("probe", asdict(seen) if seen else None)
