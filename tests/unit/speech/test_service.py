import itertools
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from core.domain.clock import AnchoredClock
from core.domain.errors import ModelUnavailable, ProviderFailed
from core.domain.transcript import FinalSegment
from core.media.audio import SAMPLE_RATE, AudioChunk, MicrophoneIntake, Samples
from core.media.recorder import AnswerRecorder
from core.speech.board import FAILED
from core.speech.captions import CaptionStream
from core.speech.hearing import Effort, Heard, Piece
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine
from tests.unit.speech.samples import SENTENCES, silence, word_errors

STEP = SAMPLE_RATE // 50  # 20 ms


def feed_all(stream: CaptionStream, samples: Samples, seconds_per_s: float = 0.0) -> list[str]:
    """Feed in 20 ms steps; with a pace, look at the interim after each."""
    shown: list[str] = []
    for start in range(0, samples.size, STEP):
        stream.feed(samples[start : start + STEP])
        if seconds_per_s:
            time.sleep(seconds_per_s / 50)
            shown.append(stream.view().interim)
    return shown


@pytest.fixture(scope="session")
def answer(say: Callable[[str], Samples]) -> Samples:
    parts = [silence(0.5)]
    for sentence in SENTENCES:
        parts += [say(sentence), silence(0.9)]
    return np.concatenate(parts)


def test_answer_is_heard_in_order_and_with_few_errors(service: TranscriptionService, answer: Samples) -> None:
    got: list[FinalSegment] = []
    stream = service.open_stream("a", got.append)
    feed_all(stream, answer)
    stream.finish()
    assert stream.wait_final(60)
    view = stream.view()
    assert tuple(got) == view.finals
    assert [s.number for s in got] == list(range(len(got)))
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(got))
    assert got[-1].end_s <= answer.size / SAMPLE_RATE
    assert all(s.engine == "whisper-tiny.en" and (s.confidence or 0) > 0.5 for s in got)
    assert word_errors(" ".join(SENTENCES), view.text) < 0.25
    assert (view.pending_finals, view.interim, view.delayed) == (0, "", False)


def test_interim_appears_before_the_final(service: TranscriptionService, say: Callable[[str], Samples]) -> None:
    stream = service.open_stream("a", lambda _s: None)
    shown = feed_all(stream, say(SENTENCES[1]), seconds_per_s=0.5)
    assert any("query" in text for text in shown)
    stream.finish()
    assert stream.wait_final(30)


@pytest.mark.parametrize("sound", ["digital silence", "hiss"])
def test_without_speech_there_are_no_words(service: TranscriptionService, sound: str) -> None:
    samples = silence(10)
    if sound == "hiss":
        samples = np.random.default_rng(2).normal(0, 300, samples.size).astype(np.int16)
    assert "".join(s.text for s in service.transcribe(samples)) == ""


def test_finish_ends_the_open_segment_and_later_audio_is_ignored(
    service: TranscriptionService, say: Callable[[str], Samples]
) -> None:
    stream = service.open_stream("a", lambda _s: None)
    speech = say(SENTENCES[2])
    feed_all(stream, speech)  # no silence behind it
    stream.finish()
    stream.finish()
    stream.feed(speech)
    assert stream.received_s == speech.size / SAMPLE_RATE
    assert stream.wait_final(30)
    assert word_errors(SENTENCES[2], stream.view().text) < 0.25


def test_two_speakers_do_not_mix(service: TranscriptionService, say: Callable[[str], Samples]) -> None:
    streams = [service.open_stream(str(i), lambda _s: None) for i in range(2)]
    feeders = [threading.Thread(target=feed_all, args=(stream, say(SENTENCES[i]))) for i, stream in enumerate(streams)]
    for feeder in feeders:
        feeder.start()
    for feeder in feeders:
        feeder.join()
    for i, stream in enumerate(streams):
        stream.finish()
        assert stream.wait_final(60)
        assert word_errors(SENTENCES[i], stream.view().text) < 0.25


def test_clip_is_transcribed(service: TranscriptionService, answer: Samples) -> None:
    text = " ".join(s.text for s in service.transcribe(answer))
    assert word_errors(" ".join(SENTENCES), text) < 0.25


def test_clip_of_nothing_has_no_segments(service: TranscriptionService) -> None:
    assert service.transcribe(np.zeros(0, np.int16)) == []


class Faulty:
    """The real engine, failing for as often as it is told."""

    name = "faulty"

    def __init__(self, engine: WhisperEngine, failures: int) -> None:
        self.engine = engine
        self.failures = failures
        self.gate = threading.Event()
        self.gate.set()

    def load(self) -> None: ...

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        if effort is Effort.INTERIM:
            raise RuntimeError("engine broke")
        self.gate.wait(30)
        if self.failures > 0:
            self.failures -= 1
            raise RuntimeError("engine broke")
        return self.engine.decode(pieces, effort)


def test_one_failure_is_tried_again(engine: WhisperEngine, say: Callable[[str], Samples]) -> None:
    service = TranscriptionService(Faulty(engine, 1))
    service.start()
    (segment,) = service.transcribe(say(SENTENCES[0]))
    assert word_errors(SENTENCES[0], segment.text) < 0.25
    assert service.failures == 1
    assert service.stop()


def test_lasting_failure_is_delivered_as_failed_and_the_next_is_heard(
    engine: WhisperEngine, say: Callable[[str], Samples]
) -> None:
    service = TranscriptionService(Faulty(engine, 2))
    service.start()
    got: list[FinalSegment] = []
    stream = service.open_stream("a", got.append)
    feed_all(stream, np.concatenate((say(SENTENCES[0]), silence(1), say(SENTENCES[2]), silence(1))))
    stream.finish()
    assert stream.wait_final(60)
    assert (got[0].engine, got[0].text, got[0].confidence) == (FAILED, "", None)
    assert word_errors(SENTENCES[2], " ".join(s.text for s in got[1:])) < 0.25
    assert stream.view().delayed
    assert service.stop()


def test_engine_that_cannot_load_fails_segments_at_once_and_says_why(
    engine: WhisperEngine, say: Callable[[str], Samples]
) -> None:
    class Absent(Faulty):
        def load(self) -> None:
            raise ModelUnavailable("not here")

    service = TranscriptionService(Absent(engine, 0))
    service.start()
    assert not service.wait_ready(30)
    stream = service.open_stream("a", lambda _s: None)
    feed_all(stream, say(SENTENCES[0]))
    stream.finish()
    assert stream.wait_final(10)
    assert stream.view().finals[0].engine == FAILED
    assert not service.ready
    with pytest.raises(ModelUnavailable, match="not here"):
        service.transcribe(say(SENTENCES[0]))
    assert service.stop()


def test_clip_that_takes_too_long_is_refused(engine: WhisperEngine, say: Callable[[str], Samples]) -> None:
    faulty = Faulty(engine, 0)
    faulty.gate.clear()
    service = TranscriptionService(faulty)
    service.start()
    with pytest.raises(ProviderFailed):
        service.transcribe(say(SENTENCES[0]), timeout_s=0.1)
    faulty.gate.set()
    assert service.stop()


def test_stopping_decodes_what_waits(engine: WhisperEngine, say: Callable[[str], Samples]) -> None:
    service = TranscriptionService(engine)
    service.start()
    stream = service.open_stream("a", lambda _s: None)
    feed_all(stream, say(SENTENCES[0]))
    stream.finish()
    assert service.stop(30)
    assert stream.wait_final(0)
    with pytest.raises(ModelUnavailable):
        service.transcribe(silence(1))


def test_browser_frames_reach_recording_and_transcript_alike(
    service: TranscriptionService, answer: Samples, tmp_path: Path
) -> None:
    recorder = AnswerRecorder(tmp_path / "answer.pcm")
    stream = service.open_stream("a", lambda _s: None)

    def take(chunk: AudioChunk) -> None:
        recorder.write(chunk.samples)
        stream.feed(chunk.samples)

    intake = MicrophoneIntake(take, AnchoredClock())
    intake.start()
    wide = np.repeat(np.repeat(answer, 3), 2)  # 48 kHz, then two channels
    for start in range(0, wide.size - 1919, 1920):
        frame = av.AudioFrame.from_ndarray(wide[None, start : start + 1920], format="s16", layout="stereo")
        frame.sample_rate = 48_000
        intake.push(frame)
    assert intake.stop(30)
    stream.finish()
    done = recorder.close()
    assert intake.failures == 0
    assert done.duration_s == pytest.approx(answer.size / SAMPLE_RATE, rel=0.005)
    assert done.duration_s == stream.received_s
    assert stream.wait_final(60)
    assert word_errors(" ".join(SENTENCES), stream.view().text) < 0.25
