"""Plays sound into live rooms at the pace of a microphone, from another process."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import av
import numpy as np

from core.domain.clock import AnchoredClock
from core.domain.transcript import CaptionView, FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.proctoring.watcher import Watcher, WatchParams
from core.services.live_room import LiveRoom
from core.services.recording_target import RecordingTarget
from core.speech.service import TranscriptionService

FRAME_S = 0.02
RATE = 48_000


def feed(samples: Samples, pipe: Connection) -> None:
    """In the feeding process: 48 kHz stereo frames of 20 ms, each at its time."""
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    wide = np.concatenate([f.to_ndarray().reshape(-1) for f in (*resampler.resample(frame), *resampler.resample(None))])
    size = int(RATE * FRAME_S)
    stereo = np.repeat(wide[: wide.size // size * size], 2).reshape(-1, 2 * size)
    pipe.send("ready")
    pipe.recv()
    began = time.monotonic()
    for i, row in enumerate(stereo):
        time.sleep(max(0.0, began + (i + 1) * FRAME_S - time.monotonic()))
        pipe.send_bytes(row.tobytes())
    pipe.send_bytes(b"")


def feed_all(tracks: list[Samples], pipes: list[Connection]) -> None:
    """The feeding process: a thread a speaker."""
    threads = [threading.Thread(target=feed, args=pair) for pair in zip(tracks, pipes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Speaker:
    """One candidate: a live room with its recorder and captions, fed through a pipe."""

    def __init__(self, number: int, service: TranscriptionService, watcher: Watcher, folder: Path) -> None:
        self.room = LiveRoom(f"speaker{number}", service, watcher, AnchoredClock())
        self.finals: list[FinalSegment] = []
        self.path = folder / f"speaker{number}.pcm"
        self.attempt_id = number + 1
        self.arrivals: list[tuple[float, float]] = []
        """(seconds of sound arrived, monotonic seconds)."""
        self.fed_s = 0.0
        target = RecordingTarget(self.attempt_id, self.path, datetime.now(UTC))
        self.room.listen_to(self)
        self.room.start_recording(target, self._keep)

    def _keep(self, attempt_id: int, segment: FinalSegment, *_: object) -> None:
        self.finals.append(segment)

    def receive(self, pipe: Connection) -> None:
        """Thread: what WebRTC's sink does, with what comes through the pipe."""
        while data := pipe.recv_bytes():
            frame = av.AudioFrame.from_ndarray(
                np.frombuffer(data, np.int16).reshape(1, -1), format="s16", layout="stereo"
            )
            frame.sample_rate = RATE
            self.room.push_sound(self, frame)
            self.fed_s += FRAME_S
            self.arrivals.append((self.fed_s, time.monotonic()))

    def view(self) -> CaptionView:
        """What the page would show now."""
        return self.room.captions(self.attempt_id)

    def arrived_at(self, position_s: float) -> float:
        """Monotonic time when a position of the stream had arrived."""
        index = min(len(self.arrivals) - 1, max(0, round(position_s / FRAME_S) - 1))
        return self.arrivals[index][1]

    def finish(self) -> None:
        """End as the page does; all words and all sound are there afterwards."""
        self.room.microphone.stop(60)
        self.room.stop_recording()
        self.room.wait_for_words(120)


def play(
    tracks: list[Samples],
    service: TranscriptionService,
    folder: Path,
    look: Callable[[list[Speaker], float], None],
    look_every_s: float = 0.1,
) -> list[Speaker]:
    """Let each track be spoken by a speaker of its own, all at once.

    Args:
        tracks: int16, mono, 16 kHz.
        service: Started and warm.
        folder: For the recordings.
        look: Called at regular times while sound is coming, with the monotonic time.
        look_every_s: How often.
    """
    watcher = Watcher(_no_camera, WatchParams(), AnchoredClock())
    context = multiprocessing.get_context("spawn")
    ends = [context.Pipe() for _ in tracks]
    process = context.Process(target=feed_all, args=(tracks, [there for _, there in ends]), daemon=True)
    process.start()
    pipes = [here for here, _ in ends]
    for pipe in pipes:
        pipe.recv()
    speakers = [Speaker(i, service, watcher, folder) for i in range(len(tracks))]
    threads = [
        threading.Thread(target=speaker.receive, args=(here,))
        for speaker, (here, _) in zip(speakers, ends, strict=True)
    ]
    for thread in threads:
        thread.start()
    for pipe in pipes:
        pipe.send("go")
    next_look = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        look(speakers, time.monotonic())
        next_look += look_every_s
        time.sleep(max(0.0, next_look - time.monotonic()))
    for speaker in speakers:
        speaker.finish()
    process.join()
    return speakers


def _no_camera() -> object:
    raise RuntimeError("these rooms have no camera")
