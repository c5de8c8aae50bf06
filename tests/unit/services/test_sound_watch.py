import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest
from fakes.clock import START, ManualClock
from holding import Holder, MakeHouse

from core.domain.interview import ConsentKind
from core.domain.sound import SoundAlertKind
from core.domain.watch import FlagKind
from core.media.audio import SAMPLE_RATE
from core.services.live_room import LiveRoom
from core.services.recording_target import RecordingTarget
from core.services.registration import Accommodations
from core.services.sound_watch import SoundWatch

NOISE, SILENCE = "sound_noise", "sound_silence"


class Scene:
    """One interview, its room, and a watch that attends it."""

    def __init__(self, holder: Holder, clock: ManualClock) -> None:
        self.holder, self.clock = holder, clock
        self.room: LiveRoom = holder.house.rooms.open(holder.session_id)
        self.watch = SoundWatch(holder.house.database, clock)
        self.watch.attend(self.room)

    def record(self) -> None:
        self.room.start_recording(RecordingTarget(1, None, self.clock.now()), lambda *_: None)

    def hear(self, seconds: float, amplitude: float = 0.0) -> None:
        """Sound arrives in time; amplitude is that of white noise, 1.0 = full scale."""
        rng = np.random.default_rng(1)
        for _ in range(round(seconds * 10)):
            self.clock.tick(0.1)
            frame = rng.normal(0, 32_768 * amplitude, SAMPLE_RATE // 10) if amplitude else np.zeros(SAMPLE_RATE // 10)
            self.room.level.feed(frame.astype(np.int16))

    def logged(self, kind: str) -> list[dict]:
        """What is in the log once the watch has written everything."""
        self.watch.close()
        return self.holder.logged(kind)

    @property
    def active(self) -> list[SoundAlertKind]:
        return [alert.kind for alert in self.watch.active(self.holder.session_id)]


def seconds(moment: str) -> float:
    """Since the scene began."""
    return (datetime.fromisoformat(moment) - START) / timedelta(seconds=1)


@pytest.fixture
def scene(make_house: MakeHouse, clock: ManualClock) -> Iterator[Scene]:
    made = Scene(Holder.registered(make_house(), clock), clock)
    yield made
    made.watch.close()


def test_alert_is_logged_when_it_opens_and_when_it_ends_though_no_page_looks(scene: Scene) -> None:
    scene.hear(15.0, 0.03)
    scene.hear(10.0)
    opened, ended = scene.logged(NOISE)
    assert "to" not in opened
    assert opened["from"] == ended["from"]
    assert seconds(ended["from"]) == pytest.approx(0.0, abs=0.3)
    assert seconds(ended["to"]) == pytest.approx(15.0, abs=0.3)
    assert ended["measured"] == pytest.approx(-30.5, abs=1.0)
    assert ended["unit"] == "dBFS"


def test_open_alert_is_told_to_the_page(scene: Scene) -> None:
    scene.hear(12.0, 0.03)
    assert scene.active == [SoundAlertKind.NOISE]
    scene.hear(8.0)
    assert scene.active == []


def test_silence_counts_while_recording_alone(scene: Scene) -> None:
    scene.hear(10.0)
    assert scene.active == []
    scene.record()
    scene.hear(7.0)
    assert scene.active == [SoundAlertKind.SILENCE]
    opened = scene.logged(SILENCE)[0]
    assert seconds(opened["from"]) == pytest.approx(10.0, abs=0.3)


def test_resting_ends_what_is_open_and_listens_no_more(scene: Scene) -> None:
    scene.record()
    scene.hear(7.0)
    scene.watch.rest(scene.holder.session_id)
    scene.hear(20.0, 0.03)
    assert [("to" in row) for row in scene.logged(SILENCE)] == [False, True]
    assert scene.holder.logged(NOISE) == []


def test_sound_that_stops_ends_the_alert_where_it_stopped(scene: Scene) -> None:
    scene.hear(15.0, 0.03)
    scene.clock.tick(10.0)
    scene.watch.look()
    assert scene.active == []
    assert seconds(scene.logged(NOISE)[-1]["to"]) == pytest.approx(15.0, abs=0.3)


def test_sound_after_a_gap_begins_anew(scene: Scene) -> None:
    scene.hear(6.0, 0.03)
    scene.clock.tick(10.0)
    scene.hear(6.0, 0.03)
    assert scene.logged(NOISE) == []


def test_room_without_sound_for_long_is_left(scene: Scene) -> None:
    scene.clock.tick(61.0)
    scene.watch.look()
    scene.hear(15.0, 0.03)
    assert scene.active == []


def test_room_is_attended_again_after_it_was_left(scene: Scene) -> None:
    scene.clock.tick(61.0)
    scene.watch.look()
    scene.watch.attend(scene.room)
    scene.hear(15.0, 0.03)
    assert scene.active == [SoundAlertKind.NOISE]


def test_attending_twice_logs_once(scene: Scene) -> None:
    scene.watch.attend(scene.room)
    scene.hear(15.0, 0.03)
    assert len(scene.logged(NOISE)) == 2  # it opens, and ends with the watch


def test_locked_database_holds_up_no_sound_and_loses_no_alert(scene: Scene) -> None:
    file = scene.holder.house.settings.data_dir / "interviews.db"
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("begin immediate")
    scene.hear(15.0, 0.03)
    assert len(scene.room.level.snapshot().history_dbfs) == 100
    lock.execute("rollback")
    lock.close()
    assert len(scene.logged(NOISE)) == 2


def test_noise_that_lasts_is_a_flag_too(scene: Scene) -> None:
    consents = {ConsentKind.AUDIO: True, ConsentKind.VIDEO: False, ConsentKind.SCORING: False}
    scene.holder.house.registration.record_consent(scene.holder.session_id, consents, Accommodations())
    scene.hear(40.0, 0.03)
    scene.watch.close()
    assert [flag.kind for flag in scene.holder.file.flags] == [FlagKind.SUSTAINED_NOISE]
    assert scene.holder.file.flags[0].ended_at is not None
