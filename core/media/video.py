"""The camera's way in: only the newest frame is worth analysing."""

import threading
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt

from core.domain.clock import Clock

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One picture.

    Attributes:
        image: uint8, BGR, shape (height, width, 3).
        arrived_at: Seconds on the monotonic clock when it reached the server.
    """

    image: Image
    arrived_at: float


class LatestFrame:
    """A mailbox for one picture: a new frame replaces one nobody has taken.

    Args:
        clock: Gives arrival times.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._frame: VideoFrame | None = None
        self.received = 0
        """Frames handed in and readable."""
        self.dropped = 0
        """Frames replaced before anybody took them."""
        self.unreadable = 0
        """Frames that could not be converted."""
        self.last_arrival: float | None = None
        """Monotonic seconds of the latest frame; None before the first."""

    def push(self, frame: av.VideoFrame) -> None:
        """Copy one frame and return; safe on the media thread."""
        now = self._clock.monotonic()
        try:
            image = np.ascontiguousarray(frame.to_ndarray(format="bgr24"))
        except Exception:  # whatever a broken frame raises, the stream must go on
            self.unreadable += 1
            return
        with self._lock:
            if self._frame is not None:
                self.dropped += 1
            self._frame = VideoFrame(image, now)
            self.received += 1
            self.last_arrival = now

    def take(self) -> VideoFrame | None:
        """The newest frame, once; None when nothing new has arrived. Any thread."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
