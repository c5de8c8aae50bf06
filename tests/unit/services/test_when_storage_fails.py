"""Full disk, locked database, killed process: a clear error, nothing lost, and the same call works afterwards."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from fakes.clock import ManualClock
from holding import SPEAKING, Holder, MakeHouse
from microphone import Microphone

from core.bootstrap import House
from core.domain.errors import StorageUnavailable
from core.domain.events import DevicesChecked, Paused, Resumed
from core.domain.flow import Phase
from core.domain.interview import AnswerMode
from core.media.clip import decode_clip
from core.media.encoding import encode_flac
from core.media.recorder import AnswerRecorder
from core.services.registration import Accommodations
from core.storage.blobs import BlobStore


def speaking(house: House, clock: ManualClock) -> Holder:
    """An interview of spoken answers, the first of them begun."""
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, SPEAKING, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    return holder.begin()


def record(holder: Holder, seconds: float = 1.0) -> Microphone:
    """Speak into the open answer; the recording goes on."""
    room = holder.house.rooms.open(holder.session_id)
    microphone = Microphone(room, holder.clock)
    microphone.push(0.1)
    for _ in range(1000):
        view = holder.view
        assert view.attempt is not None
        if holder.house.answers.ensure_recording(holder.session_id, view.attempt):
            break
    microphone.push(seconds)
    microphone.wait_until_taken(seconds - 0.1)
    return microphone


def spooled(house: House) -> list[Path]:
    return sorted((house.settings.data_dir / "spool").glob("*.pcm"))


def recorded_s(holder: Holder, question: int = 0) -> float:
    return sum(a.recorded_s for a in holder.file.questions[question].attempts)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The blob store refuses until ``full_disk.undo()``."""

    def refuse(self: BlobStore, key: str, data: bytes) -> str:
        raise StorageUnavailable("The disk is full, so this was not saved.", "Try again.")

    monkeypatch.setattr(BlobStore, "put", refuse)
    return monkeypatch


def test_sound_that_was_spoken_is_filed_with_the_answer(house: House, clock: ManualClock) -> None:
    holder = speaking(house, clock)
    record(holder, 2.0)
    holder.submit("What I said.")
    assert recorded_s(holder) == pytest.approx(2.0, abs=0.15)


def test_a_filed_recording_leaves_nothing_in_the_spool(house: House, clock: ManualClock) -> None:
    holder = speaking(house, clock)
    record(holder)
    holder.submit("What I said.")
    assert spooled(house) == []


def test_a_filed_recording_can_be_listened_to(house: House, clock: ManualClock) -> None:
    holder = speaking(house, clock)
    record(holder)
    attempt_id = holder.attempt_id
    holder.submit("What I said.")
    sound = house.desk.sound(attempt_id)
    assert sound is not None and len(decode_clip(sound)) == pytest.approx(16_000, abs=2400)


def test_a_recording_that_goes_on_after_a_pause_is_a_second_part(house: House, clock: ManualClock) -> None:
    holder = speaking(house, clock)
    record(holder)
    house.interviews.apply(holder.session_id, Paused())
    house.interviews.apply(holder.session_id, Resumed())
    record(holder)
    holder.submit("What I said.")
    assert [r.part for r in holder.file.questions[0].attempts[0].recordings] == [0, 1]


def test_two_parts_are_played_as_one(house: House, clock: ManualClock) -> None:
    holder = speaking(house, clock)
    record(holder)
    house.interviews.apply(holder.session_id, Paused())
    house.interviews.apply(holder.session_id, Resumed())
    record(holder)
    attempt_id = holder.attempt_id
    holder.submit("What I said.")
    sound = house.desk.sound(attempt_id)
    assert sound is not None and len(decode_clip(sound)) / 16_000 == pytest.approx(recorded_s(holder))


def test_a_full_disk_does_not_hold_up_the_answer(
    house: House, clock: ManualClock, full_disk: pytest.MonkeyPatch
) -> None:
    holder = speaking(house, clock)
    record(holder)
    holder.submit("What I said.")
    assert (holder.answers()[0], holder.key) == ("What I said.", "1:1")


def test_a_full_disk_leaves_the_sound_in_the_spool(
    house: House, clock: ManualClock, full_disk: pytest.MonkeyPatch
) -> None:
    holder = speaking(house, clock)
    record(holder)
    holder.submit("What I said.")
    assert [p.stat().st_size > 20_000 for p in spooled(house)] == [True]


def test_sound_left_by_a_full_disk_is_filed_at_the_next_start(
    house: House, clock: ManualClock, full_disk: pytest.MonkeyPatch, make_house: MakeHouse
) -> None:
    holder = speaking(house, clock)
    record(holder)
    holder.submit("What I said.")
    full_disk.undo()
    make_house()
    assert recorded_s(holder) == pytest.approx(1.0, abs=0.15) and spooled(house) == []


def test_a_clip_does_not_take_the_place_of_a_part_still_in_the_spool(
    house: House, clock: ManualClock, full_disk: pytest.MonkeyPatch, make_house: MakeHouse
) -> None:
    holder = speaking(house, clock)
    record(holder)
    house.interviews.apply(holder.session_id, Paused())
    house.interviews.change_mode(holder.session_id, AnswerMode.CLIP)
    house.interviews.apply(holder.session_id, Resumed())
    full_disk.undo()
    house.transcription.wait_ready(30)
    attempt = holder.view.attempt
    assert attempt is not None
    clip = house.answers.clips.take(holder.session_id, attempt.id, encode_flac(np.zeros(32_000, np.int16)))
    assert clip.stored.wait(30)
    make_house()
    assert recorded_s(holder) == pytest.approx(3.0, abs=0.15)


def test_a_disk_that_refuses_the_last_samples_does_not_hold_up_the_answer(
    house: House, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = speaking(house, clock)
    record(holder)

    def refuse(self: AnswerRecorder) -> None:
        raise StorageUnavailable("The recording cannot be written to disk.")

    monkeypatch.setattr(AnswerRecorder, "close", refuse)
    holder.submit("What I said.")
    assert holder.answers()[0] == "What I said."


def test_samples_the_disk_refused_are_written_once_it_takes_them(
    house: House, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, make_house: MakeHouse
) -> None:
    holder = speaking(house, clock)
    microphone = record(holder)
    with monkeypatch.context() as full:
        full.setattr(AnswerRecorder, "_drain", _no_space)
        microphone.push(1.0)
        microphone.wait_until_taken(1.9)
        holder.submit("What I said.")
    house.answers.close_room(holder.session_id)
    make_house()
    assert recorded_s(holder) == pytest.approx(2.0, abs=0.15)


def _no_space(self: AnswerRecorder) -> None:
    raise OSError(28, "No space left on device")


def test_a_spool_that_cannot_be_written_leaves_typing_possible(
    house: House, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = speaking(house, clock)
    (house.settings.data_dir / "spool").write_text("a file where the folder should be")
    room = house.rooms.open(holder.session_id)
    Microphone(room, clock).push(0.5)
    while not room.health().audio_live:
        pass
    attempt = holder.view.attempt
    assert attempt is not None and not house.answers.ensure_recording(holder.session_id, attempt)
    assert room.trouble is not None


def killed(holder: Holder, tmp_path: Path) -> None:
    """Record, and end as a killed process does: what is on disk stays as it is at this moment."""
    record(holder)
    spool = holder.house.settings.data_dir / "spool"
    shutil.copytree(spool, tmp_path / "as-killed")
    holder.house.rooms.close(holder.session_id)
    shutil.rmtree(spool)
    shutil.copytree(tmp_path / "as-killed", spool)


def test_sound_left_by_a_killed_process_is_filed_at_the_next_start(
    house: House, clock: ManualClock, make_house: MakeHouse, tmp_path: Path
) -> None:
    holder = speaking(house, clock)
    killed(holder, tmp_path)
    make_house()
    assert recorded_s(holder) == pytest.approx(1.0, abs=0.15)


def test_recovered_sound_is_gone_from_the_spool(
    house: House, clock: ManualClock, make_house: MakeHouse, tmp_path: Path
) -> None:
    killed(speaking(house, clock), tmp_path)
    make_house()
    assert spooled(house) == []


def test_the_recruiter_is_told_of_recovered_sound(
    house: House, clock: ManualClock, make_house: MakeHouse, tmp_path: Path
) -> None:
    killed(speaking(house, clock), tmp_path)
    assert any("1 recording(s)" in w for w in make_house().warnings)


def test_recovered_sound_has_the_time_it_was_spoken(
    house: House, clock: ManualClock, make_house: MakeHouse, tmp_path: Path
) -> None:
    holder = speaking(house, clock)
    killed(holder, tmp_path)
    begun = int(spooled(house)[0].name.split(".")[3])
    clock.tick(86_400)
    make_house()
    (recording,) = holder.file.questions[0].attempts[0].recordings
    assert int(recording.started_at.timestamp() * 1000) == begun


def test_a_recording_after_a_killed_one_is_another_part(
    house: House, clock: ManualClock, make_house: MakeHouse, tmp_path: Path
) -> None:
    holder = speaking(house, clock)
    killed(holder, tmp_path)
    reborn = Holder(make_house(), clock, holder.session_id, holder.token)
    record(reborn)
    reborn.submit("What I said.")
    assert recorded_s(reborn) == pytest.approx(2.0, abs=0.25)


@pytest.mark.parametrize("name", ["iv-000000000000.1.0.1700000000000.pcm", "iv-000000000000.99.0.1700000000000.pcm"])
def test_sound_of_an_interview_the_database_does_not_know_stays_in_the_spool(
    house: House, held: Holder, make_house: MakeHouse, name: str
) -> None:
    held.begin()
    stray = house.settings.data_dir / "spool" / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"\x01\x00" * 16_000)
    make_house()
    assert stray.exists() and recorded_s(held) == 0


@pytest.mark.parametrize("name", ["notes.pcm", "a.b.c.d.pcm", "iv-1.x.0.5.pcm", ".1.0.5.pcm"])
def test_a_stray_file_in_the_spool_does_not_stop_the_start(house: House, make_house: MakeHouse, name: str) -> None:
    stray = house.settings.data_dir / "spool" / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"\x01\x00" * 100)
    make_house()
    assert stray.exists()


@pytest.fixture
def impatient(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house that waits for a locked database only a moment."""
    monkeypatch.setattr("core.storage.database.Database.__init__.__defaults__", (30,))
    return make_house(job_workers=0)


@contextmanager
def locked(house: House) -> Iterator[None]:
    with closing(sqlite3.connect(house.settings.data_dir / "interviews.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_a_locked_database_refuses_an_answer_and_changes_nothing(impatient: House, clock: ManualClock) -> None:
    holder = Holder.ready(impatient, clock).begin()
    with locked(impatient), pytest.raises(StorageUnavailable, match="busy"):
        holder.submit("What I typed.")
    assert (holder.phase, holder.answers()[0]) == (Phase.ANSWERING, None)


def test_after_the_lock_the_same_answer_is_taken(impatient: House, clock: ManualClock) -> None:
    holder = Holder.ready(impatient, clock).begin()
    key = holder.key
    with locked(impatient), pytest.raises(StorageUnavailable):
        holder.submit("What I typed.", key=key)
    holder.submit("What I typed.", key=key)
    assert holder.answers()[0] == "What I typed."


def test_a_locked_database_refuses_a_draft_and_takes_it_afterwards(impatient: House, clock: ManualClock) -> None:
    holder = Holder.ready(impatient, clock).begin()
    with locked(impatient), pytest.raises(StorageUnavailable):
        holder.draft("What I typed.")
    holder.draft("What I typed.")
    assert impatient.answers.draft(holder.attempt_id).text == "What I typed."


def test_a_locked_database_refuses_a_registration_and_takes_it_afterwards(impatient: House) -> None:
    with locked(impatient), pytest.raises(StorageUnavailable):
        impatient.registration.register("Ada", "ada@example.org", "Python")
    impatient.registration.register("Ada", "ada@example.org", "Python")
    assert impatient.desk.search()[1] == 1


def test_an_interview_can_be_read_while_the_database_is_locked(impatient: House, clock: ManualClock) -> None:
    holder = Holder.ready(impatient, clock).begin()
    with locked(impatient):
        assert holder.phase is Phase.ANSWERING


def test_an_answer_committed_just_before_the_lock_moves_on_with_the_next_tick(
    house: House, held: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.begin()
    with monkeypatch.context() as stuck:
        stuck.setattr(house.interviews, "move_on", _refuse_step)
        with pytest.raises(StorageUnavailable):
            held.submit("What I typed.")
    house.interviews.tick(held.session_id)
    assert (held.answers()[0], held.key) == ("What I typed.", "1:1")


def test_an_answer_committed_just_before_the_lock_moves_on_when_next_is_pressed_again(
    house: House, held: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = held.begin().key
    with monkeypatch.context() as stuck:
        stuck.setattr(house.interviews, "move_on", _refuse_step)
        with pytest.raises(StorageUnavailable):
            held.submit("What I typed.", key=key)
    assert held.submit("What I typed.", key=key).question_key == "1:1"


def _refuse_step(session_id: str) -> None:
    raise StorageUnavailable("The database is busy, so this was not saved.")


def test_an_answer_is_not_taken_when_another_tab_paused_meanwhile(
    house: House, held: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.begin()
    has_content = house.answers.has_content

    def meanwhile(*arguments: object) -> bool:
        house.interviews.apply(held.session_id, Paused())
        return has_content(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(house.answers, "has_content", meanwhile)
    held.submit("What I typed.")
    assert (held.phase, held.answers()[0]) == (Phase.PAUSED, None)
