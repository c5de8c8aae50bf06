"""Flags and snapshots, written down as they happen."""

import threading
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import TYPING, Holder, MakeHouse

from core.bootstrap import House
from core.domain.errors import StorageUnavailable
from core.domain.flow import Phase
from core.domain.health import MonitorSource
from core.domain.interview import InterviewPlan
from core.domain.watch import Flag, FlagKind, Snapshot
from core.services.monitor import PracticeMonitor
from core.services.registration import Accommodations
from core.storage.blobs import BlobStore
from core.storage.database import Database, Transaction
from core.storage.seen_spans import SeenSpanRepo
from core.storage.watch import FlagRepo

JPEG = b"\xff\xd8\xff\xe0 a picture"


def flag(clock: ManualClock, ended: bool = False, kind: FlagKind = FlagKind.NO_FACE) -> Flag:
    ended_at = clock.now() + timedelta(seconds=8) if ended else None
    return Flag(kind, clock.now(), ended_at, 0.9, "No face was in the picture." if not ended else "For 8 seconds.")


def picture(clock: ManualClock, reason: str = "no_face") -> Snapshot:
    return Snapshot(JPEG, clock.now(), reason, 0)


def test_a_flag_is_stored_as_soon_as_it_opens(house: House, held: Holder, clock: ManualClock) -> None:
    house.monitor(held.session_id).flag_opened(flag(clock), None)
    (stored,) = held.file.flags
    assert (stored.kind, stored.started_at, stored.ended_at) == (FlagKind.NO_FACE, clock.now(), None)


def test_a_flag_is_stored_with_its_picture(house: House, held: Holder, clock: ManualClock) -> None:
    house.monitor(held.session_id).flag_opened(flag(clock), picture(clock))
    (stored,), (shot,) = held.file.flags, held.file.snapshots
    assert stored.snapshot_id == shot.id and house.desk.picture(shot.blob_key) == JPEG


def test_a_closed_flag_has_its_end_and_its_last_reason(house: House, held: Holder, clock: ManualClock) -> None:
    monitor = house.monitor(held.session_id)
    monitor.flag_opened(flag(clock), None)
    monitor.flag_closed(flag(clock, ended=True))
    (stored,) = held.file.flags
    assert (stored.ended_at, stored.reason) == (clock.now() + timedelta(seconds=8), "For 8 seconds.")


def test_closing_one_kind_of_flag_leaves_the_other_open(house: House, held: Holder, clock: ManualClock) -> None:
    monitor = house.monitor(held.session_id)
    monitor.flag_opened(flag(clock), None)
    monitor.flag_opened(flag(clock, kind=FlagKind.MULTIPLE_FACES), None)
    monitor.flag_closed(flag(clock, ended=True))
    assert {f.kind: f.ended_at is None for f in held.file.flags} == {
        FlagKind.NO_FACE: False, FlagKind.MULTIPLE_FACES: True,
    }  # fmt: skip


def test_a_routine_picture_is_kept(house: House, held: Holder, clock: ManualClock) -> None:
    house.monitor(held.session_id).snapshot(picture(clock, "routine"))
    (shot,) = held.file.snapshots
    assert (shot.reason, shot.taken_at, house.desk.picture(shot.blob_key)) == ("routine", clock.now(), JPEG)


def test_what_the_watch_sees_keeps_the_health_of_camera_and_worker(house: House, held: Holder) -> None:
    monitor = house.monitor(held.session_id)
    monitor.alive()
    monitor.seen()
    house.health.write()
    with house.database.reading() as tx:
        seen = {span.source for span in SeenSpanRepo(tx).list(held.session_id)}
    assert seen == {MonitorSource.CAMERA, MonitorSource.WORKER}


@pytest.fixture
def no_space(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: BlobStore, key: str, data: bytes) -> str:
        raise StorageUnavailable("The disk is full, so this was not saved.")

    monkeypatch.setattr(BlobStore, "put", refuse)


def test_a_flag_is_kept_when_its_picture_cannot_be(
    house: House, held: Holder, clock: ManualClock, no_space: None
) -> None:
    house.monitor(held.session_id).flag_opened(flag(clock), picture(clock))
    assert [f.snapshot_id for f in held.file.flags] == [None]


def test_a_picture_that_cannot_be_kept_does_not_stop_the_monitor(
    house: House, held: Holder, clock: ManualClock, no_space: None
) -> None:
    house.monitor(held.session_id).snapshot(picture(clock))
    assert held.file.snapshots == []


class Refusing:
    """A database that refuses while told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refuses = False
        transaction = Database.transaction

        def perhaps(database: Database) -> AbstractContextManager[Transaction]:
            if self.refuses:
                raise StorageUnavailable("The disk is full, so this was not saved.")
            return transaction(database)

        monkeypatch.setattr(Database, "transaction", perhaps)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    return Refusing(monkeypatch)


def test_a_flag_the_database_refused_to_end_is_ended_once_it_takes_it(
    house: House, held: Holder, clock: ManualClock, disk: Refusing
) -> None:
    monitor = house.monitor(held.session_id)
    monitor.flag_opened(flag(clock), None)
    disk.refuses = True
    monitor.flag_closed(flag(clock, ended=True))
    monitor.alive()
    disk.refuses = False
    clock.tick(10)
    monitor.alive()
    (stored,) = held.file.flags
    assert stored.ended_at == stored.started_at + timedelta(seconds=8)


def test_a_flag_the_database_refused_when_it_opened_is_written_when_it_ends(
    house: House, held: Holder, clock: ManualClock, disk: Refusing
) -> None:
    monitor = house.monitor(held.session_id)
    disk.refuses = True
    monitor.flag_opened(flag(clock), None)
    disk.refuses = False
    monitor.flag_closed(flag(clock, ended=True))
    (stored,) = held.file.flags
    assert (stored.ended_at, stored.reason) == (clock.now() + timedelta(seconds=8), "For 8 seconds.")


def test_what_a_killed_process_left_open_ends_with_the_interview(
    make_house: MakeHouse, house: House, clock: ManualClock
) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), clock.now() + timedelta(hours=1))
    holder = Holder.registered(house, clock, invite=token)
    house.registration.record_consent(holder.session_id, TYPING, Accommodations())
    holder.begin()
    house.access.take_seat(holder.session_id, "tab")
    house.monitor(holder.session_id).flag_opened(flag(clock), None)
    clock.tick(20)
    assert house.access.keep_seat(holder.session_id, "tab") is not None
    left_at = clock.now()
    clock.tick(7200)
    reborn = Holder(make_house(), clock, holder.session_id, holder.token)
    assert reborn.phase is Phase.EXPIRED
    (stored,) = reborn.file.flags
    assert stored.ended_at == left_at


def test_no_flag_ends_before_it_began(house: House, held: Holder, clock: ManualClock) -> None:
    house.monitor(held.session_id).flag_opened(flag(clock), None)
    with house.database.transaction() as tx:
        FlagRepo(tx).close_all(held.session_id, clock.now() - timedelta(seconds=5))
    (stored,) = held.file.flags
    assert stored.ended_at == stored.started_at


def test_a_candidate_who_was_long_away_is_remembered_and_one_whose_interview_is_over_is_not(
    house: House, held: Holder, clock: ManualClock
) -> None:
    room = house.rooms.open(held.session_id)
    room.watch(house.monitor(held.session_id))
    clock.tick(1000)
    house.answers.close_idle_rooms()
    assert (house.rooms.find(held.session_id), house.watcher.remembered) == (None, 1)
    house.answers.close_room(held.session_id)
    assert house.watcher.remembered == 0


class Pulse(PracticeMonitor):
    """Notes that it is looked after."""

    def __init__(self) -> None:
        self.felt = threading.Event()

    def alive(self) -> None:
        self.felt.set()


def test_an_end_of_the_watch_does_not_take_away_one_that_began_after_it(
    house: House, held: Holder, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, later, begun = house.rooms.open(held.session_id), Pulse(), []
    room.watch(PracticeMonitor())
    remove = house.watcher.remove

    def slowly(session_id: str) -> None:
        monkeypatch.setattr(house.watcher, "remove", remove)
        begun.append(threading.Thread(target=room.watch, args=(later,)))
        begun[0].start()
        begun[0].join(0.3)
        remove(session_id)

    monkeypatch.setattr(house.watcher, "remove", slowly)
    room.unwatch()
    begun[0].join(5)
    later.felt.clear()
    clock.tick(5)
    assert later.felt.wait(5)
