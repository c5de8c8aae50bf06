import av
import numpy as np

from core.domain.clock import AnchoredClock
from core.media.video import LatestFrame


def picture(grey: int) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((240, 320, 3), grey, np.uint8), format="bgr24")


def test_newest_frame_replaces_the_one_nobody_took() -> None:
    box = LatestFrame(AnchoredClock())
    for grey in (10, 20, 30):
        box.push(picture(grey))
    frame = box.take()
    assert frame is not None
    assert frame.image.shape == (240, 320, 3)
    assert frame.image[0, 0, 0] == 30
    assert (box.received, box.dropped) == (3, 2)
    assert box.last_arrival == frame.arrived_at


def test_frame_is_taken_once() -> None:
    box = LatestFrame(AnchoredClock())
    box.push(picture(1))
    assert box.take() is not None
    assert box.take() is None
    assert box.dropped == 0


def test_picture_belongs_to_us() -> None:
    box = LatestFrame(AnchoredClock())
    box.push(picture(1))
    frame = box.take()
    assert frame is not None
    frame.image[:] = 7  # writable, so not the decoder's memory


def test_yuv_from_the_browser_is_converted() -> None:
    box = LatestFrame(AnchoredClock())
    box.push(picture(200).reformat(format="yuv420p"))
    frame = box.take()
    assert frame is not None
    assert abs(int(frame.image.mean()) - 200) <= 3


def test_unreadable_frame_is_counted() -> None:
    box = LatestFrame(AnchoredClock())
    box.push(object())
    assert (box.received, box.unreadable, box.take()) == (0, 1, None)
