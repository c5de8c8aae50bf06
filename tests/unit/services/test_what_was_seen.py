"""Flags and snapshots, written down as they happen."""

from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import Holder

from core.bootstrap import House
from core.domain.errors import StorageUnavailable
from core.domain.health import MonitorSource
from core.domain.watch import Flag, FlagKind, Snapshot
from core.storage.blobs import BlobStore
from core.storage.seen_spans import SeenSpanRepo

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
