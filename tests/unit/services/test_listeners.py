"""An endpoint named in the settings hears only those who agreed to a text that names it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.clock import ManualClock
from fakes.transcription_server import TranscriptionServer
from holding import SPEAKING, Holder
from spoken import synthesise

from core.bootstrap import House, build
from core.domain.events import DevicesChecked
from core.domain.interview import AnswerEnding
from core.media.audio import Samples
from core.media.clip import decode_clip
from core.media.encoding import encode_flac
from core.services.recording_target import RecordingTarget
from core.services.registration import Accommodations
from core.settings import Settings

SAID = "A list can be changed after it was made."
Speak = Callable[[Holder, Samples], None]


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    path = tmp_path_factory.mktemp("speech") / "said.wav"
    synthesise(SAID, path)
    return decode_clip(path.read_bytes())


@pytest.fixture
def server() -> Iterator[TranscriptionServer]:
    with TranscriptionServer().running() as server:
        yield server


@pytest.fixture
def make(tmp_path: Path, clock: ManualClock) -> Iterator[Callable[..., House]]:
    """Houses with engines of their own on one data folder, one after the other."""
    houses: list[House] = []

    def open_(url: str = "") -> House:
        for house in houses:
            house.close()
        houses[:] = []
        order = {"transcription_url": url, "transcription_order": "endpoint,local"} if url else {}
        settings = Settings(_env_file=None, data_dir=tmp_path, voice="browser", recruiter_password="", job_workers=0,
                            **order)  # fmt: skip
        houses.append(build(settings, clock=clock))
        return houses[0]

    yield open_
    for house in houses:
        house.close()


def agreed(house: House, clock: ManualClock) -> Holder:
    """Agreed to what this house says about voices."""
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, SPEAKING, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    return holder


@pytest.fixture
def told(make: Callable[..., House], server: TranscriptionServer, clock: ManualClock) -> Holder:
    return agreed(make(server.url), clock).begin()


@pytest.fixture
def not_told(make: Callable[..., House], server: TranscriptionServer, clock: ManualClock) -> Holder:
    """Agreed before the endpoint was set."""
    holder = agreed(make(), clock)
    holder.house = make(server.url)
    return holder.begin()


def live(held: Holder, speech: Samples) -> None:
    """Speak into the microphone."""
    room, keep = held.house.rooms.open(held.session_id), held.house.answers.keep_segment
    path = held.house.recordings.new_path(held.session_id, held.attempt_id, held.clock.now())
    room.start_recording(RecordingTarget(held.attempt_id, path, held.clock.now()), keep)
    packets = np.repeat(speech, 6)  # 48 kHz stereo
    for n in range(packets.size // 1920):
        packet = packets[n * 1920 : (n + 1) * 1920].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packet, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, n * 960
        room.microphone.push(frame)
    while room.recorded_s < packets.size / 96_000 - 0.1:
        time.sleep(0.01)
    room.stop_recording()
    assert room.wait_for_words(60)


def clip(held: Holder, speech: Samples) -> None:
    """Hand in a clip."""
    taken = held.house.answers.clips.take(held.session_id, held.attempt_id, encode_flac(speech))
    while taken.finished_at is None:
        taken.stored.wait(1)


def last_decode(held: Holder, speech: Samples) -> None:
    """Have a recording decoded once more."""
    held.house.recordings.add(held.session_id, held.attempt_id, 0, speech, held.clock.now())
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    assert held.house.transcription.wait_ready(60) and held.house.jobs.run_due() > 0


WAYS = pytest.mark.parametrize("speak", [live, clip, last_decode])


@WAYS
def test_the_endpoint_hears_who_was_told(
    told: Holder, server: TranscriptionServer, speech: Samples, speak: Speak
) -> None:
    speak(told, speech)
    assert server.uploads


@WAYS
def test_the_endpoint_never_hears_who_was_not_told(
    not_told: Holder, server: TranscriptionServer, speech: Samples, speak: Speak
) -> None:
    speak(not_told, speech)
    heard = " ".join(s.text for q in not_told.file.questions for a in q.attempts for s in a.segments)
    assert (server.uploads, "changed" in heard) == ([], True)


def test_a_voice_stays_here_when_consent_cannot_be_read(told: Holder) -> None:
    file = told.house.settings.data_dir / "interviews.db"
    with closing(sqlite3.connect(file)) as damage:
        damage.execute("DROP TABLE consents")
    assert told.house.listeners.of_session(told.session_id) is not told.house.transcription


def test_without_an_endpoint_one_service_hears_all(make: Callable[..., House], clock: ManualClock) -> None:
    held = agreed(make(), clock)
    assert held.house.listeners.of_session(held.session_id) is held.house.transcription
