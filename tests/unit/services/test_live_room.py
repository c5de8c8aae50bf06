"""Sound of one candidate on its way to recording and captions; the engine is scripted, what is not zero is speech."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fakes.clock import ManualClock
from fakes.decoder import LoudIsSpeech
from fakes.scripted_engine import ScriptedEngine

from core.domain.errors import InterviewError, ModelUnavailable, StorageUnavailable
from core.domain.transcript import CaptionMode, CaptionQuality, FinalSegment, Word
from core.media.audio import SAMPLE_RATE, AudioChunk
from core.proctoring.watcher import Watcher, WatchParams
from core.services.live_room import LiveRoom
from core.services.recording_target import RecordingTarget
from core.speech.hearing import Heard
from core.speech.pacing import PacingParams
from core.speech.service import TranscriptionService
from core.speech.service_params import ServiceParams

WORD = Word("hello", 0.5, 0.75, 0.9)
Got = list[tuple[int, FinalSegment, CaptionQuality]]


@pytest.fixture(autouse=True)
def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.speech.captions.SileroStream", LoudIsSpeech)


def hello(pieces, _effort) -> list[Heard]:
    return [Heard("hello", 0.9, 0.0, (WORD,), engine="scripted") for _ in pieces]


class Studio:
    """A room, and a hand that brings sound into it as the intake's thread does."""

    def __init__(self, max_live: int = 8) -> None:
        self.clock = ManualClock()
        params = ServiceParams(pacing=PacingParams(max_live_speakers=max_live))
        self.service = TranscriptionService(ScriptedEngine(hello), params, self.clock)
        self.service.start()
        assert self.service.wait_ready(10)
        nobody_watched = Watcher(lambda: pytest.fail("no camera here"), WatchParams(), self.clock)
        self.room = LiveRoom("session", self.service, nobody_watched, self.clock)
        self.got: Got = []
        self._at = 0

    def record(self, path: Path | None = None, attempt_id: int = 7, first_number: int = 0, offset_s: float = 0) -> None:
        target = RecordingTarget(attempt_id, path, datetime(2026, 11, 8, tzinfo=UTC), first_number, offset_s)
        self.room.start_recording(target, lambda *heard: self.got.append(heard))

    def sound(self, seconds: float, level: int = 1000) -> "Studio":
        samples = np.full(int(seconds * SAMPLE_RATE), level, np.int16)
        self.room._on_chunk(AudioChunk(samples, self._at, self.clock.monotonic()))
        self._at += samples.size
        self.clock.tick(seconds)
        return self

    def words(self) -> Got:
        self.room.stop_recording()
        assert self.room.wait_for_words(10)
        return self.got


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.room.close()
    studio.service.stop()


def test_a_later_recording_continues_numbers_and_times_of_the_answer(studio: Studio) -> None:
    studio.record(first_number=100, offset_s=60.0)
    ((attempt_id, segment, _),) = studio.sound(1.0, level=0).sound(2.0).words()
    assert (attempt_id, segment.number) == (7, 100)
    assert 60.7 < segment.start_s < 61.0  # a second of silence, less the padding
    assert segment.end_s == pytest.approx(63.0)
    assert segment.words[0].start_s == pytest.approx(segment.start_s + WORD.start_s)
    assert segment.words[0].end_s == pytest.approx(segment.start_s + WORD.end_s)


def test_numbers_go_on_where_the_last_recording_of_the_attempt_ended(studio: Studio) -> None:
    studio.record(first_number=100)
    assert studio.room.next_number(7) == 100
    studio.sound(2.0).words()
    assert studio.room.next_number(7) == 101
    assert studio.room.next_number(8) == 0


def test_words_that_come_late_belong_to_their_own_recording(studio: Studio) -> None:
    studio.record(attempt_id=7)
    studio.sound(2.0)
    first = studio.room._stream
    studio.room.stop_recording()
    studio.record(attempt_id=8)
    assert first is not None and first.wait_final(10)
    assert [attempt_id for attempt_id, *_ in studio.got] == [7]


def test_what_the_captions_were_worth_goes_with_the_words() -> None:
    studio = Studio(max_live=0)
    studio.record()
    ((*_, quality),) = studio.sound(1.0).sound(1.0).words()
    assert quality.mode is CaptionMode.AFTER
    assert quality.delayed_s == 2.0
    studio.room.close()
    studio.service.stop()


def test_sound_before_and_after_the_recording_is_not_written(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "a.pcm"
    studio.sound(1.0).record(path)
    studio.sound(2.0)
    stopped = studio.room.stop_recording()
    studio.sound(1.0)
    assert stopped is not None and stopped[1] is not None
    assert stopped[1].duration_s == 2.0
    assert path.stat().st_size == 2 * 2 * SAMPLE_RATE


def test_nothing_is_written_when_captions_cannot_begin(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that no recording runs; then none must."""

    def missing() -> LoudIsSpeech:
        raise ModelUnavailable("no voice activity model")

    monkeypatch.setattr("core.speech.captions.SileroStream", missing)
    with pytest.raises(ModelUnavailable):
        studio.record(tmp_path / "a.pcm")
    studio.sound(1.0)
    assert not (tmp_path / "a.pcm").exists()
    assert studio.room.target is None


def test_a_file_that_cannot_be_opened_costs_nobody_a_place(tmp_path: Path) -> None:
    studio = Studio(max_live=1)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable):
        studio.record(tmp_path / "file" / "a.pcm")
    studio.record(tmp_path / "b.pcm")
    assert studio.room.captions(7).mode is CaptionMode.LIVE
    studio.room.close()
    studio.service.stop()


def test_a_refused_write_is_told_and_captions_go_on(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageUnavailable("disk full")

    studio.record(tmp_path / "a.pcm")
    with monkeypatch.context() as patch:
        patch.setattr("core.media.recorder.AnswerRecorder.write", full)
        studio.sound(2.0)
        assert isinstance(studio.room.trouble, InterviewError)
    assert [segment.text for _, segment, _ in studio.words()] == ["hello"]
