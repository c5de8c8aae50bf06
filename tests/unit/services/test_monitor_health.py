import logging
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from dying_watch import __file__ as DYING
from fakes.clock import START, ManualClock
from holding import TYPING, Holder, MakeHouse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.bootstrap import House, build
from core.domain.clock import AnchoredClock
from core.domain.events import DevicesChecked
from core.domain.health import MonitorSource, Span, common
from core.domain.interview import ConsentKind
from core.domain.signals import FrameSignal
from core.media.audio import SAMPLE_RATE
from core.media.video import LatestFrame
from core.proctoring.watcher import Watcher, WatchParams
from core.services.monitor import SessionMonitor
from core.services.monitor_health import HealthParams, MonitorHealth
from core.services.registration import Accommodations
from core.settings import Settings
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine
from core.storage.database import Database
from core.storage.seen_spans import SeenSpan, SeenSpanRepo
from core.storage.tables import Interview

CAMERA, PAGE = MonitorSource.CAMERA, MonitorSource.PAGE
BY_HAND = HealthParams(write_every_s=3600.0)
"""Writes when the test says so."""


@pytest.fixture
def health(house: House, clock: ManualClock) -> Iterator[MonitorHealth]:
    made = MonitorHealth(house.database, clock, BY_HAND)
    yield made
    made.close()


def stored(database: Database, session_id: str, source: MonitorSource | None = None) -> list[SeenSpan]:
    with database.reading() as tx:
        return [row for row in SeenSpanRepo(tx).list(session_id) if source in (None, row.source)]


def seconds(row: SeenSpan) -> tuple[float, float]:
    """Since the test began."""
    return (row.span.started_at - START).total_seconds(), (row.span.ended_at - START).total_seconds()


def beat_for(health: MonitorHealth, clock: ManualClock, session_id: str, lasting_s: int) -> None:
    """A beat of the camera each second, the first now."""
    health.beat(session_id, CAMERA)
    for _ in range(lasting_s):
        clock.tick(1)
        health.beat(session_id, CAMERA)


def test_beats_become_one_span(health: MonitorHealth, house: House, held: Holder, clock: ManualClock) -> None:
    beat_for(health, clock, held.session_id, 5)
    assert health.write()
    assert [seconds(row) for row in stored(house.database, held.session_id)] == [(0, 5)]


def test_a_span_goes_on_growing_after_it_was_written(
    health: MonitorHealth, house: House, held: Holder, clock: ManualClock
) -> None:
    for _ in range(3):
        beat_for(health, clock, held.session_id, 2)
        health.write()
    assert [seconds(row) for row in stored(house.database, held.session_id)] == [(0, 6)]


def test_a_silence_longer_than_the_sources_gap_stays_a_gap(
    health: MonitorHealth, house: House, held: Holder, clock: ManualClock
) -> None:
    beat_for(health, clock, held.session_id, 2)
    health.write()
    clock.tick(20)
    beat_for(health, clock, held.session_id, 2)
    health.write()
    assert [seconds(row) for row in stored(house.database, held.session_id)] == [(0, 2), (22, 24)]


@pytest.mark.parametrize(("silence_s", "spans"), [(11, 1), (13, 2)])
def test_the_page_may_be_silent_for_longer(
    health: MonitorHealth, house: House, held: Holder, clock: ManualClock, silence_s: int, spans: int
) -> None:
    health.beat(held.session_id, PAGE)
    clock.tick(silence_s)
    health.beat(held.session_id, PAGE)
    health.write()
    assert len(stored(house.database, held.session_id)) == spans


def test_sources_and_interviews_have_spans_of_their_own(
    health: MonitorHealth, house: House, held: Holder, clock: ManualClock
) -> None:
    other = Holder.ready(house, clock, "eve@example.org")
    for session_id, source in ((held.session_id, CAMERA), (held.session_id, PAGE), (other.session_id, PAGE)):
        health.beat(session_id, source)
    health.write()
    assert {row.source for row in stored(house.database, held.session_id)} == {CAMERA, PAGE}
    assert [row.source for row in stored(house.database, other.session_id)] == [PAGE]


def test_closing_writes_the_last_beats(health: MonitorHealth, house: House, held: Holder, clock: ManualClock) -> None:
    beat_for(health, clock, held.session_id, 2)
    health.close()
    assert [seconds(row) for row in stored(house.database, held.session_id)] == [(0, 2)]


def test_beats_after_the_end_are_not_taken(health: MonitorHealth, house: House, held: Holder) -> None:
    health.close()
    health.beat(held.session_id, CAMERA)
    health.write()
    assert stored(house.database, held.session_id) == []


def test_the_house_writes_what_was_seen_when_it_closes(
    make_house: MakeHouse, held: Holder, house: House, clock: ManualClock
) -> None:
    house.health.beat(held.session_id, CAMERA)
    house.close()
    assert len(stored(make_house().database, held.session_id)) == 1


def test_spans_are_written_without_being_asked_for(house: House, held: Holder, clock: ManualClock) -> None:
    health = MonitorHealth(house.database, clock, HealthParams(write_every_s=0.05))
    health.beat(held.session_id, CAMERA)
    for _ in range(200):
        if stored(house.database, held.session_id):
            break
        time.sleep(0.05)
    assert stored(house.database, held.session_id)
    health.close()


def test_a_database_that_refuses_for_a_while_loses_no_beat(
    make_house: MakeHouse, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    house = make_house()
    held = Holder.ready(house, clock)
    impatient = Database("", house.settings.data_dir, busy_timeout_ms=20)
    impatient.open()
    health = MonitorHealth(impatient, clock, BY_HAND)
    with closing(sqlite3.connect(house.settings.data_dir / "interviews.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        beat_for(health, clock, held.session_id, 4)
        with caplog.at_level(logging.ERROR):
            assert not health.write()
        clock.tick(30)
        beat_for(health, clock, held.session_id, 4)
        assert not health.write()
        other.execute("ROLLBACK")
    beat_for(health, clock, held.session_id, 2)
    health.close()
    impatient.close()
    assert [seconds(row) for row in stored(house.database, held.session_id)] == [(0, 4), (34, 40)]
    assert "could not be stored" in caplog.text


def test_an_interview_that_was_deleted_keeps_nothing_else_from_being_written(
    health: MonitorHealth, house: House, held: Holder, clock: ManualClock
) -> None:
    other = Holder.ready(house, clock, "eve@example.org")
    health.beat(other.session_id, CAMERA)
    health.write()
    with house.database.transaction() as tx:
        tx.delete(tx.get_one(Interview, other.session_id))
    clock.tick(1)
    health.beat(other.session_id, CAMERA)
    health.beat(held.session_id, CAMERA)
    assert health.write()
    assert len(stored(house.database, held.session_id)) == 1 and not stored(house.database, other.session_id)


def test_an_interview_nobody_beats_for_is_let_go_of_and_begins_anew(
    health: MonitorHealth, house: House, held: Holder, clock: ManualClock
) -> None:
    beat_for(health, clock, held.session_id, 2)
    health.write()
    clock.tick(120)
    health.write()
    beat_for(health, clock, held.session_id, 2)
    health.write()
    assert [seconds(row) for row in stored(house.database, held.session_id)] == [(0, 2), (122, 124)]


def test_beats_of_many_threads_are_all_kept(house: House, held: Holder) -> None:
    health = MonitorHealth(house.database, AnchoredClock(), HealthParams(write_every_s=0.02))

    def beat() -> None:
        for _ in range(300):
            health.beat(held.session_id, CAMERA)
            health.beat(held.session_id, PAGE)
            time.sleep(0.001)

    threads = [threading.Thread(target=beat) for _ in range(6)]
    begun = datetime.now(UTC)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = datetime.now(UTC)
    health.close()
    for source in (CAMERA, PAGE):
        (row,) = stored(house.database, held.session_id, source)
        assert row.span.seconds == pytest.approx((ended - begun).total_seconds(), abs=1.0)


def test_sound_that_arrives_in_a_room_is_the_beat_of_the_microphone(
    house: House, held: Holder, clock: ManualClock
) -> None:
    room = house.rooms.open(held.session_id)
    for _ in range(20):
        clock.tick(0.1)
        room.level.feed(np.zeros(SAMPLE_RATE // 10, np.int16))
    house.health.write()
    (row,) = stored(house.database, held.session_id)
    assert row.source is MonitorSource.MICROPHONE and row.span.seconds == pytest.approx(1.9)


steps = st.lists(
    st.one_of(
        st.floats(0, 8).map(lambda s: ("tick", s)),
        st.sampled_from([("beat", 0.0), ("write", 0.0)]),
        st.floats(-7200, 7200).map(lambda s: ("set", s)),
    ),
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_the_clock_does_only_time_between_close_beats_was_seen(
    house: House, clock: ManualClock, steps: list[tuple[str, float]]
) -> None:
    held = Holder.ready(house, clock, f"{time.monotonic_ns()}@example.org")
    health, beats = MonitorHealth(house.database, clock, BY_HAND), []
    for step, amount in steps:
        match step:
            case "tick":
                clock.tick(amount)
            case "set":
                clock.set_wall(clock.now() + timedelta(seconds=amount))
            case "write":
                health.write()
            case _:
                health.beat(held.session_id, CAMERA)
                beats.append(clock.now())
    health.close()
    near = [Span(a, b) for a in beats for b in beats if timedelta(0) < b - a <= timedelta(seconds=3)]
    for row in stored(house.database, held.session_id):
        assert row.span.ended_at >= row.span.started_at
        assert sum(s.seconds for s in common([row.span], near)) == pytest.approx(row.span.seconds)


def watched(house: House, holder: Holder) -> Holder:
    """An interview of typed answers with the camera watched, the first answer begun."""
    house.registration.record_consent(holder.session_id, TYPING | {ConsentKind.VIDEO: True}, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    return holder.begin()


@pytest.fixture
def killed(tmp_path: Path, empty_database: Path) -> tuple[Path, str]:
    """A server was killed while its monitor saw; its data folder and the interview."""
    data = tmp_path / "killed"
    data.mkdir()
    shutil.copy(empty_database, data / "interviews.db")
    with subprocess.Popen([sys.executable, DYING, str(data)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            session_id = process.stdout.readline().strip()
        finally:
            process.kill()
    assert session_id
    return data, session_id


def test_after_a_kill_the_time_until_the_candidate_is_back_was_not_seen(
    killed: tuple[Path, str], speech_model: WhisperEngine
) -> None:
    data, session_id = killed
    clock = ManualClock(datetime.now(UTC) + timedelta(seconds=60))
    transcription = TranscriptionService(speech_model, clock=clock)
    house = build(Settings(_env_file=None, data_dir=data, voice="browser"), clock=clock, transcription=transcription)
    try:
        seen_until = max(row.span.ended_at for row in stored(house.database, session_id))
        house.interviews.come_back(session_id, seen_until)
        report = house.health.report(session_id)
    finally:
        house.close()
    for source in (MonitorSource.CAMERA, MonitorSource.WORKER, MonitorSource.PAGE):
        gap = report.of(source).blind[-1]
        assert gap.started_at <= seen_until and gap.ended_at == clock.now() and gap.seconds > 50, source
        assert report.of(source).seen, "what was seen before the kill is still known"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_was_killed_is_a_blind_span_and_sees_again_afterwards(house: House, clock: ManualClock) -> None:
    real = AnchoredClock()
    fatal, died = threading.Event(), threading.Event()

    class Mortal:
        """Sees one face until it takes its thread with it."""

        def statuses(self) -> tuple[()]:
            return ()

        def analyse(self, image: object, at: float, *person: object) -> FrameSignal:
            if fatal.is_set():
                fatal.clear()
                died.set()
                raise SystemExit
            return FrameSignal(at, 1, (), 100.0, False)

    clock.set_wall(real.now())  # the interview's own steps are on the time of the beats
    holder = watched(house, Holder.registered(house, clock))
    health = MonitorHealth(house.database, real, HealthParams(write_every_s=0.2, camera_gap_s=0.9, worker_gap_s=0.9))
    sink = SessionMonitor(holder.session_id, house.database, house.blobs, real, health)
    watcher, box = Watcher(Mortal, WatchParams(), real), LatestFrame(real)

    def film(seconds: float, until: threading.Event | None = None) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until.is_set()):
            box.push(av.VideoFrame.from_ndarray(np.zeros((24, 32, 3), np.uint8), format="bgr24"))
            health.beat(holder.session_id, PAGE)
            time.sleep(0.05)

    watcher.add(holder.session_id, box, sink)
    watcher.start()
    film(1.5)
    fatal.set()
    film(20.0, until=died)
    fell = real.now()
    film(2.0)
    watcher.view(holder.session_id)  # whoever looks starts it again
    film(1.5)
    watcher.stop()
    health.close()
    report = health.report(holder.session_id)
    for source in (MonitorSource.CAMERA, MonitorSource.WORKER):
        after = Span(fell + timedelta(seconds=0.5), fell + timedelta(seconds=1.5))
        assert common(report.of(source).blind, [after]) == (after,), source
        assert report.of(source).seen[-1].started_at > fell, "it saw again"
    assert not report.of(PAGE).blind, "the page went on seeing"
