"""Real speech, the real voice models and a real interview; only the clock is a fake."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes.clock import START, ManualClock
from holding import SPEAKING, Holder, MakeHouse
from spoken import speak, synthesise

from core.domain.events import AnswerStopped, DevicesChecked, QuestionSpoken
from core.domain.interview import Consent, ConsentKind
from core.domain.signals import Signal
from core.domain.watch import FlagKind
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import decode_clip
from core.proctoring.speaker_model import choose_speaker_model
from core.services.live_room import LiveRoom
from core.services.recording_target import RecordingTarget
from core.services.registration import Accommodations
from core.services.voice_ear import VoiceEar
from core.services.voice_watch import VoiceWatch, VoiceWatchParams
from core.storage.consents import ConsentRepo
from core.storage.records import FlagRow

SAID = (
    "A process has its own memory, while threads in the same process share memory, so they must synchronise their "
    "access to shared data. To find a slow query, I would look at the execution plan, check whether an index is used, "
    "and measure before and after the change. We use continuous integration, so that every commit is built and tested."
)
STEP = SAMPLE_RATE // 10


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Samples]:
    """One text by the candidate, which is Piper's Joe, and by somebody else."""
    folder = tmp_path_factory.mktemp("said")
    synthesise(SAID, folder / "candidate.wav")
    speak(SAID, folder / "other.wav", "en-us+f5")
    return {name: _samples(folder / f"{name}.wav") for name in ("candidate", "other")}


def _samples(path: Path) -> Samples:
    return decode_clip(path.read_bytes())


class Scene:
    """One spoken interview with a room and a watch that is worked by hand."""

    def __init__(self, holder: Holder, clock: ManualClock, voices: dict[str, Samples], agreed: bool = True) -> None:
        self.holder, self.clock, self.voices = holder, clock, voices
        house = holder.house
        if agreed:
            house.registration.record_consent(holder.session_id, SPEAKING, Accommodations())
            house.interviews.apply(holder.session_id, DevicesChecked())
        self.room: LiveRoom = house.rooms.open(holder.session_id)
        speaker = choose_speaker_model("", 0.2)
        self.watch = VoiceWatch(house.database, clock, speaker, VoiceWatchParams(look_every_s=3600.0))
        self.watch.attend(self.room)

    def to_thinking(self) -> None:
        self.holder.start()
        self.holder.house.interviews.apply(self.holder.session_id, QuestionSpoken())
        self.hear(np.zeros(2 * SAMPLE_RATE, np.int16))

    def to_answering(self) -> None:
        self.holder.begin()
        self.room.start_recording(RecordingTarget(1, None, self.clock.now()), lambda *_: None)

    def to_reviewing(self) -> None:
        self.room.stop_recording()
        self.holder.house.interviews.apply(self.holder.session_id, AnswerStopped())

    def hear(self, samples: Samples, work_every_s: float = 0.5) -> None:
        """Sound arrives in time, and the watch listens now and then."""
        for n in range(samples.size // STEP):
            self.clock.tick(0.1)
            self.room.level.feed(samples[n * STEP : (n + 1) * STEP])
            if (n + 1) % round(work_every_s * 10) == 0:
                self.watch.work_once()
        self.watch.work_once()

    def say(self, name: str, seconds: float) -> None:
        self.hear(self.voices[name][: round(seconds * SAMPLE_RATE)])

    def be_quiet(self, seconds: float) -> None:
        self.hear(np.zeros(round(seconds * SAMPLE_RATE), np.int16))

    def flags(self) -> list[FlagRow]:
        return self.holder.file.flags


@pytest.fixture
def scene(make_house: MakeHouse, clock: ManualClock, voices: dict[str, Samples]) -> Iterator[Scene]:
    made = Scene(Holder.registered(make_house(), clock), clock, voices)
    yield made
    made.watch.close()


def since_start(flag: FlagRow) -> tuple[float, float]:
    assert flag.ended_at is not None
    return (flag.started_at - START) / timedelta(seconds=1), (flag.ended_at - START) / timedelta(seconds=1)


def test_a_voice_while_thinking_is_flagged_with_its_span_and_in_plain_words(scene: Scene) -> None:
    scene.to_thinking()
    scene.say("candidate", 8.0)
    scene.be_quiet(5.0)
    (flag,) = scene.flags()
    assert (flag.kind, flag.severity) == (FlagKind.UNRECORDED_VOICE, "info")
    assert since_start(flag) == (pytest.approx(2.2, abs=0.5), pytest.approx(10.0, abs=0.6))
    assert flag.reason.startswith("A voice was heard for ")
    assert flag.reason.endswith(" s while no answer was being recorded.")


def test_it_is_stored_as_soon_as_it_opens_and_told(scene: Scene) -> None:
    scene.to_thinking()
    scene.say("candidate", 6.0)
    assert scene.watch.active(scene.holder.session_id) == (FlagKind.UNRECORDED_VOICE,)
    assert scene.flags()[0].ended_at is None
    assert "at least" in scene.flags()[0].reason


def test_a_few_words_are_no_flag(scene: Scene) -> None:
    scene.to_thinking()
    scene.say("candidate", 2.5)
    scene.be_quiet(6.0)
    assert scene.flags() == []


def test_the_question_read_aloud_is_no_flag(scene: Scene) -> None:
    scene.holder.start()
    scene.say("candidate", 12.0)
    scene.be_quiet(5.0)
    assert scene.flags() == []


def test_the_last_words_of_an_answer_are_no_flag(scene: Scene) -> None:
    scene.to_answering()
    scene.say("candidate", 6.0)
    scene.to_reviewing()
    scene.say("candidate", 3.5)
    scene.be_quiet(5.0)
    assert scene.flags() == []


def test_a_voice_while_the_answer_is_read_over_is_flagged(scene: Scene) -> None:
    scene.to_answering()
    scene.to_reviewing()
    scene.be_quiet(2.0)
    scene.say("other", 8.0)
    scene.be_quiet(5.0)
    assert [flag.kind for flag in scene.flags()] == [FlagKind.UNRECORDED_VOICE]


def test_noise_is_no_voice(scene: Scene) -> None:
    scene.to_thinking()
    scene.hear(np.random.default_rng(1).normal(0, 1000, 12 * SAMPLE_RATE).astype(np.int16))
    assert scene.flags() == []


def test_an_answer_that_begins_ends_it(scene: Scene) -> None:
    scene.to_thinking()
    scene.say("candidate", 6.0)
    scene.to_answering()
    scene.say("candidate", 3.0)
    (flag,) = scene.flags()
    assert since_start(flag)[1] <= 8.1


def test_a_pause_ends_it_and_nothing_is_listened_to(scene: Scene) -> None:
    scene.to_thinking()
    scene.say("candidate", 6.0)
    scene.watch.rest(scene.holder.session_id)
    scene.watch.work_once()
    scene.say("candidate", 10.0)
    (flag,) = scene.flags()
    assert since_start(flag)[1] <= 8.1


def test_listening_goes_on_after_a_pause_without_a_gap_in_the_log(scene: Scene) -> None:
    scene.to_thinking()
    scene.watch.rest(scene.holder.session_id)
    scene.watch.work_once()
    scene.be_quiet(20.0)
    scene.watch.attend(scene.room)
    scene.say("candidate", 6.0)
    assert [flag.kind for flag in scene.flags()] == [FlagKind.UNRECORDED_VOICE]
    assert scene.holder.logged("voices_blind") == []


def test_sound_that_stops_ends_it_where_it_stopped(scene: Scene) -> None:
    scene.to_thinking()
    scene.say("candidate", 6.0)
    scene.clock.tick(10.0)
    scene.watch.work_once()
    assert since_start(scene.flags()[0])[1] <= 8.1


def test_sound_that_waited_too_long_is_noted_as_not_heard(scene: Scene) -> None:
    scene.to_thinking()
    scene.hear(np.zeros(20 * SAMPLE_RATE, np.int16), work_every_s=100.0)
    (span,) = scene.holder.logged("voices_blind")
    assert span["from"] < span["to"]


def test_under_words_that_do_not_name_it_nothing_is_flagged(
    make_house: MakeHouse, clock: ManualClock, voices: dict[str, Samples]
) -> None:
    scene = Scene(Holder.registered(make_house(), clock), clock, voices)
    with scene.holder.house.database.transaction() as tx:
        older = Consent(ConsentKind.AUDIO, True, "older words", "2026-11.2", clock.now())
        ConsentRepo(tx).add(scene.holder.session_id, older)
    scene.to_thinking()
    scene.say("candidate", 8.0)
    scene.watch.close()
    assert scene.flags() == []


def test_a_room_without_an_interview_is_not_listened_to(
    make_house: MakeHouse, clock: ManualClock, voices: dict[str, Samples]
) -> None:
    scene = Scene(Holder.registered(make_house(), clock), clock, voices, agreed=False)
    room = scene.holder.house.rooms.open("no-interview")
    scene.watch.attend(room)
    room.level.feed(voices["candidate"][: 8 * SAMPLE_RATE])
    scene.watch.work_once()
    scene.watch.close()
    assert scene.flags() == []


def test_one_voice_in_all_answers_is_no_flag(scene: Scene) -> None:
    scene.to_answering()
    scene.say("candidate", 20.0)
    scene.hear((scene.voices["candidate"] * 0.2).astype(np.int16))
    assert scene.flags() == []


def test_another_voice_in_the_answer_is_flagged_with_its_span(scene: Scene) -> None:
    scene.to_answering()
    scene.be_quiet(1.0)
    scene.say("candidate", 18.0)
    scene.say("other", 15.0)
    scene.say("candidate", 12.0)
    (flag,) = scene.flags()
    assert flag.kind is FlagKind.SECOND_VOICE
    began, ended = since_start(flag)
    assert began == pytest.approx(19.0, abs=4.0)
    assert ended == pytest.approx(34.0, abs=4.0)
    assert flag.reason.startswith("A voice unlike the one at the start was heard for ")
    assert "likeness to the voice at the start" in flag.health


def test_the_voice_of_the_beginning_is_still_known_in_the_next_answer(scene: Scene) -> None:
    scene.to_answering()
    scene.be_quiet(1.0)
    scene.say("candidate", 16.0)
    scene.to_reviewing()
    scene.watch.rest(scene.holder.session_id)
    scene.watch.work_once()
    scene.watch.attend(scene.room)
    scene.room.start_recording(RecordingTarget(2, None, scene.clock.now()), lambda *_: None)
    scene.be_quiet(1.0)
    scene.say("other", 15.0)
    scene.room.stop_recording()
    scene.be_quiet(1.0)
    assert [flag.kind for flag in scene.flags()] == [FlagKind.SECOND_VOICE]
    assert scene.flags()[0].ended_at is not None


def test_a_database_that_refuses_for_a_while_ends_neither_listening_nor_sound(scene: Scene) -> None:
    scene.to_answering()
    scene.say("candidate", 4.0)
    file = scene.holder.house.settings.data_dir / "interviews.db"
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("begin immediate")
    scene.say("candidate", 4.0)
    lock.execute("rollback")
    lock.close()
    scene.to_reviewing()
    scene.be_quiet(2.0)
    scene.say("candidate", 8.0)
    assert [flag.kind for flag in scene.flags()] == [FlagKind.UNRECORDED_VOICE]


def test_the_watchs_own_thread_does_all_this(
    make_house: MakeHouse, clock: ManualClock, voices: dict[str, Samples]
) -> None:
    scene = Scene(Holder.registered(make_house(), clock), clock, voices)
    scene.to_thinking()
    watch = VoiceWatch(scene.holder.house.database, clock, params=VoiceWatchParams(look_every_s=0.01))
    scene.watch.rest(scene.holder.session_id)
    watch.attend(scene.room)
    scene.clock.tick(2.0)
    for n in range(80):
        clock.tick(0.1)
        scene.room.level.feed(voices["candidate"][n * STEP : (n + 1) * STEP])
    watch.close()
    scene.watch.close()
    assert [flag.ended_at is not None for flag in scene.flags()] == [True]


def test_what_is_measured_is_told(scene: Scene) -> None:
    told = scene.watch.statuses(scene.holder.session_id)
    assert [(status.signal, status.measured) for status in told] == [(Signal.SOUND, True), (Signal.VOICES, True)]


def test_trouble_while_a_room_is_left_does_not_end_the_watch(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.to_thinking()
    scene.say("candidate", 1.0)

    def fail(ear: VoiceEar) -> None:
        raise ValueError("not foreseen")

    with monkeypatch.context() as patch:
        patch.setattr(VoiceEar, "rest", fail)
        scene.clock.tick(120)
        scene.watch.work_once()
