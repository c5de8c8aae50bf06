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


def frame_of(values: np.ndarray, form: str, rate: int, layout: str = "mono") -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(values, format=form, layout=layout)
    frame.sample_rate = rate
    return frame


def taken(chunks: list[AudioChunk]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *(chunk.samples for chunk in chunks)])


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 96_000])
def test_any_rate_and_one_channel_keep_their_duration(rate: int) -> None:
    tone = (8000 * np.sin(2 * np.pi * 300 * np.arange(2 * rate) / rate)).astype(np.int16)
    size = rate // 50
    frames = [frame_of(tone[None, i : i + size], "s16", rate) for i in range(0, tone.size - size + 1, size)]
    intake, chunks = run_intake([*frames])
    assert intake.unreadable == 0
    assert taken(chunks).size / SAMPLE_RATE == pytest.approx(2.0, rel=0.005)
    assert np.abs(taken(chunks)).max() == pytest.approx(8000, rel=0.05)


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_float_samples_that_are_no_numbers_do_not_end_the_sound(strange: float) -> None:
    bad = np.full((1, 960), strange, np.float32)
    good = np.full((1, 960), 0.25, np.float32)
    frames = [frame_of(values, "fltp", 48_000) for values in [good] * 25 + [bad] * 5 + [good] * 50]
    intake, chunks = run_intake([*frames])
    assert taken(chunks).size / SAMPLE_RATE == pytest.approx(1.6, rel=0.01)
    assert (np.abs(taken(chunks)[-8_000:-400].astype(int) - 8_192) < 100).all()
    assert intake.failures == 0


def test_frames_without_samples_are_harmless() -> None:
    frames = browser_frames(0.5)
    intake, chunks = run_intake([*frames[:10], av.AudioFrame(format="s16", layout="stereo", samples=0), *frames[10:]])
    assert taken(chunks).size / SAMPLE_RATE == pytest.approx(0.5, rel=0.01)
    assert intake.failures == 0


@pytest.mark.parametrize("value", [-32768, 32767])
def test_the_ends_of_the_range_do_not_wrap_around(value: int) -> None:
    frames = [frame_of(np.full((1, 1920), value, np.int16), "s16", 48_000, "stereo") for _ in range(50)]
    _, chunks = run_intake([*frames])
    settled = taken(chunks)[800:-800].astype(int)
    assert (np.sign(settled) == np.sign(value)).all()
    assert (np.abs(settled - value) < 400).all()
