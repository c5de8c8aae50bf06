"""The only module that touches streamlit-webrtc: media of one page into one live room."""

from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit import config
from streamlit_webrtc import AudioSinkTrack, VideoSinkTrack, WebRtcMode, webrtc_streamer

from core.domain.interview import AnswerMode, InterviewPlan
from core.services.live_room import LiveRoom
from core.settings import IceServer
from core.ui import look

AUDIO = {"echoCancellation": True, "noiseSuppression": True, "autoGainControl": True, "channelCount": 1}
VIDEO = {"width": {"ideal": 320}, "height": {"ideal": 240}, "frameRate": {"ideal": 5, "max": 10}}
START_LABEL = "Start"
"""Text of the button inside the media frame; the page's own big button presses it."""


@dataclass(frozen=True, slots=True)
class Link:
    """State of the browser's media connection as this page knows it."""

    playing: bool
    signalling: bool


def connect(room: LiveRoom, plan: InterviewPlan, *, key: str, ice_servers: list[IceServer]) -> Link:
    """Draw the media frame and send what the plan needs of it into ``room``; out of sight once it plays.

    The sinks are made here and kept for the browser session: the library's own factories leave a polling
    thread behind at every refresh. Their callbacks run on the server's event loop and only copy and enqueue.
    """
    if config.get_option("global.appTest"):  # the media frame cannot run there
        return Link(playing=False, signalling=False)
    held = f"{key}:sinks:{room.session_id}"
    if held not in st.session_state or st.session_state[held][2] is not room:
        page = object()
        sinks = AudioSinkTrack(partial(room.push_sound, page)), VideoSinkTrack(partial(room.push_picture, page))
        st.session_state[held] = (*sinks, room, page)
    audio, video, _, page = st.session_state[held]
    room.listen_to(page)  # only the page that holds the seat gets this far
    wants_audio = plan.answer_mode is AnswerMode.LIVE
    with st.container(key="media_frame"):
        st.caption("If nothing happens when you press the big button, use this one:")
        context = webrtc_streamer(
            key=key,
            mode=WebRtcMode.SENDONLY,
            rtc_configuration={"iceServers": [s.model_dump(exclude_defaults=True) for s in ice_servers]},
            media_stream_constraints={
                "audio": AUDIO if wants_audio else False,
                "video": VIDEO if plan.watch_camera else False,
            },
            sink_audio_track=audio if wants_audio else None,
            sink_video_track=video if plan.watch_camera else None,
            sendback_audio=False,
            sendback_video=False,
            translations={"start": START_LABEL, "stop": "Stop"},
            media_toggle_controls=False,
        )
    if context.state.playing:
        look.hide("media_frame")
    return Link(context.state.playing, context.state.signalling)
