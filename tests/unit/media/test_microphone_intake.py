import threading
from collections.abc import Callable

import av
import numpy as np
import pytest

from core.domain.clock import AnchoredClock
from core.media.audio import SAMPLE_RATE, AudioChunk, MicrophoneIntake


def browser_frames(seconds: float, rate: int = 48_000, hertz: float = 440.0) -> list[av.AudioFrame]:
    """20 ms stereo s16 frames, as WebRTC delivers them."""
    size = rate // 50
    t = np.arange(int(seconds * rate)) / rate
    wave = (8000 * np.sin(2 * np.pi * hertz * t)).astype(np.int16)
    frames = []
    for start in range(0, wave.size - size + 1, size):
        packed = np.repeat(wave[start : start + size], 2)[None, :]
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
        frame.sample_rate = rate
        frames.append(frame)
    return frames


def run_intake(frames: list[object]) -> tuple[MicrophoneIntake, list[AudioChunk]]:
    chunks: list[AudioChunk] = []
    intake = MicrophoneIntake(chunks.append, AnchoredClock())
    intake.start()
    for frame in frames:
        intake.push(frame)  # type: ignore[arg-type]
    assert intake.stop()
    return intake, chunks


def test_stereo_48_khz_keeps_its_duration() -> None:
    intake, chunks = run_intake([*browser_frames(5.0)])
    assert sum(c.samples.size for c in chunks) / SAMPLE_RATE == pytest.approx(5.0, rel=0.005)
    assert intake.seconds == pytest.approx(5.0, rel=0.005)


def test_tone_keeps_its_pitch_and_level() -> None:
    _, chunks = run_intake([*browser_frames(2.0)])
    samples = np.concatenate([c.samples for c in chunks])[1600:-1600].astype(float)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * SAMPLE_RATE / samples.size == pytest.approx(440, abs=2)
    assert np.abs(samples).max() == pytest.approx(8000, rel=0.02)


def test_chunks_are_mono_int16_and_without_gaps() -> None:
    _, chunks = run_intake([*browser_frames(1.0)])
    position = 0
    for chunk in chunks:
        assert chunk.samples.dtype == np.int16
        assert chunk.samples.ndim == 1
        assert chunk.start_sample == position
        position += chunk.samples.size


def test_change_of_format_in_mid_stream_is_followed() -> None:
    _, chunks = run_intake([*browser_frames(1.0), *browser_frames(1.0, rate=44_100), *browser_frames(1.0)])
    assert sum(c.samples.size for c in chunks) / SAMPLE_RATE == pytest.approx(3.0, rel=0.005)


def test_unreadable_frame_is_counted_and_the_rest_goes_on() -> None:
    frames = browser_frames(1.0)
    intake, chunks = run_intake([*frames[:25], object(), *frames[25:]])
    assert intake.unreadable == 1
    assert sum(c.samples.size for c in chunks) / SAMPLE_RATE == pytest.approx(1.0, rel=0.005)


def test_consumer_that_raises_does_not_end_the_stream() -> None:
    seen: list[int] = []

    def fail(chunk: AudioChunk) -> None:
        seen.append(chunk.samples.size)
        raise RuntimeError("no")

    intake = MicrophoneIntake(fail, AnchoredClock())
    intake.start()
    for frame in browser_frames(0.2):
        intake.push(frame)
    intake.stop()
    assert intake.failures == len(seen) >= 10
    assert isinstance(intake.last_error, RuntimeError)


def test_slow_consumer_loses_nothing_and_never_holds_up_the_media_thread() -> None:
    gate = threading.Event()
    total: list[int] = []

    def slow(chunk: AudioChunk) -> None:
        gate.wait(10)
        total.append(chunk.samples.size)

    intake = MicrophoneIntake(slow, AnchoredClock())
    intake.start()
    for frame in browser_frames(3.0):
        intake.push(frame)
    assert not total
    gate.set()
    intake.stop()
    assert sum(total) / SAMPLE_RATE == pytest.approx(3.0, rel=0.005)


def test_frames_after_stop_are_ignored() -> None:
    intake, chunks = run_intake([*browser_frames(0.1)])
    before = len(chunks)
    intake.push(browser_frames(0.1)[0])
    assert len(chunks) == before
    assert intake.stop()


def test_consumer_may_stop_the_intake() -> None:
    holder: list[MicrophoneIntake] = []
    stop: Callable[[AudioChunk], None] = lambda _chunk: holder[0].stop() and None  # noqa: E731
    holder.append(MicrophoneIntake(stop, AnchoredClock()))
    holder[0].push(browser_frames(0.1)[0])
    holder[0].start()
    assert holder[0].stop()
