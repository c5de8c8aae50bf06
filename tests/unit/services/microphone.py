"""A microphone that pushes what WebRTC would: packets of 20 ms, 48 kHz stereo s16."""

import time

import av
import numpy as np
from fakes.clock import ManualClock

from core.services.live_room import LiveRoom


class Microphone:
    def __init__(self, room: LiveRoom, clock: ManualClock) -> None:
        self._room, self._clock, self._pts = room, clock, 0

    def push(self, seconds: float) -> None:
        """Send sound; the clock moves with it."""
        for _ in range(round(seconds * 50)):
            tone = 4000 * np.sin(2 * np.pi * 220 * (self._pts + np.arange(960)) / 48_000)
            frame = av.AudioFrame.from_ndarray(
                np.repeat(tone.astype(np.int16), 2).reshape(1, -1), format="s16", layout="stereo"
            )
            frame.sample_rate, frame.pts = 48_000, self._pts
            self._pts += 960
            self._clock.tick(0.02)
            self._room.microphone.push(frame)

    def wait_until_taken(self, seconds: float) -> None:
        """Wait until this much of the running recording has gone to the recorder."""
        for _ in range(1000):
            if self._room.recorded_s >= seconds:
                return
            time.sleep(0.005)
        raise AssertionError(f"only {self._room.recorded_s} s were recorded")
