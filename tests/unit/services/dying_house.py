"""A server in the middle of an interview, to be killed: ``dying_house.py DATA_DIR WAV WAV submit|work|open``.

The first file is said as an utterance of its own and waited for; the second is broken off, so that nobody decodes it.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from fakes.clock import ManualClock  # noqa: E402
from holding import SPEAKING, Holder  # noqa: E402

from core.bootstrap import build  # noqa: E402
from core.domain.events import DevicesChecked  # noqa: E402
from core.domain.interview import AnswerEnding  # noqa: E402
from core.media.audio import Samples  # noqa: E402
from core.media.clip import decode_clip  # noqa: E402
from core.services.live_room import LiveRoom  # noqa: E402
from core.services.promises import REDECODE  # noqa: E402
from core.services.registration import Accommodations  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.storage.attempts import AttemptRepo  # noqa: E402


def push(room: LiveRoom, samples: Samples, pts: int) -> int:
    """Send 16 kHz mono as WebRTC would: packets of 20 ms, 48 kHz stereo."""
    for start in range(0, samples.size - 319, 320):
        stereo = np.repeat(samples[start : start + 320], 6).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(stereo, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, pts
        room.microphone.push(frame)
        pts += 960
    return pts


def stuck(payload: Mapping[str, Any]) -> None:
    print("ready", flush=True)  # noqa: T201
    time.sleep(600)


def main(data_dir: str, first: str, second: str, end: str) -> None:
    said, broken_off = (decode_clip(Path(p).read_bytes()) for p in (first, second))
    house = build(Settings(_env_file=None, data_dir=Path(data_dir), voice="browser", job_workers=0))
    assert house.transcription.wait_ready(60)
    holder = Holder.registered(house, ManualClock())
    house.registration.record_consent(holder.session_id, SPEAKING, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    holder.begin()
    room, attempt = house.rooms.open(holder.session_id), holder.view.attempt
    assert attempt is not None
    pts = push(room, np.zeros(3200, np.int16), 0)
    while not house.answers.ensure_recording(holder.session_id, attempt):
        time.sleep(0.01)
    pts = push(room, np.concatenate([said, np.zeros(32_000, np.int16)]), pts)
    live: tuple = ()
    while not live:
        time.sleep(0.05)
        with house.database.reading() as tx:
            live = AttemptRepo(tx).live_segments(attempt.id)
    push(room, broken_off, pts)
    while room.recorded_s < (said.size + 32_000 + broken_off.size) / 16_000 - 0.1:
        time.sleep(0.01)
    if end in ("submit", "work"):
        holder.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    if end == "work":
        house.jobs.register(REDECODE, stuck)
        house.jobs.run_due()
    print("ready", flush=True)  # noqa: T201
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
