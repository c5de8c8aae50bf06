import io
import tracemalloc
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.domain.errors import InvalidInput
from core.media.audio import SAMPLE_RATE
from core.media.clip import ClipParams, decode_clip
from core.media.encoding import encode_wav

TONE = (9000 * np.sin(2 * np.pi * 300 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE)).astype(np.int16)


def encode(container: str, codec: str, rate: int, layout: str = "mono") -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 960)
        source = av.AudioFrame.from_ndarray(TONE[None, :], format="s16", layout="mono")
        source.sample_rate = SAMPLE_RATE
        for frame in [*resampler.resample(source), *resampler.resample(None)]:
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def encode_float(values: np.ndarray) -> bytes:
    """float32 of shape (1, n) at 16 kHz as a WAV of floats."""
    out = io.BytesIO()
    with av.open(out, "w", format="wav") as file:
        stream = file.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(values, format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def encode_wav_of(channels: np.ndarray) -> bytes:
    """int16 of shape (channels, n) at 16 kHz as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((len(channels), 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(channels.T.astype("<i2").tobytes())
    return out.getvalue()


def encode_u8_silence(seconds: int) -> bytes:
    """8 kHz, one byte a sample."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8_000, 0, "NONE", ""))
        file.writeframes(b"\x80" * (8_000 * seconds))
    return out.getvalue()


def test_wav_at_our_rate_comes_back_unchanged() -> None:
    assert np.array_equal(decode_clip(encode_wav(TONE)), TONE)


@pytest.mark.parametrize(
    ("container", "codec", "rate", "layout"),
    [
        ("webm", "libopus", 48_000, "stereo"),
        ("ogg", "libopus", 48_000, "mono"),
        ("mp4", "aac", 44_100, "stereo"),
        ("wav", "pcm_s16le", 8_000, "mono"),
        ("wav", "pcm_f32le", 44_100, "stereo"),
    ],
)
def test_each_browser_format_keeps_its_duration(container: str, codec: str, rate: int, layout: str) -> None:
    samples = decode_clip(encode(container, codec, rate, layout))
    assert samples.dtype == np.int16
    assert samples.size / SAMPLE_RATE == pytest.approx(2.0, abs=0.08)  # codecs pad to whole frames
    assert np.abs(samples).max() > 5000


@pytest.mark.parametrize("data", [b"", b"junk", b"RIFF" + bytes(60), bytes(10_000), encode_wav(TONE)[:44]])
def test_junk_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode_clip(data)


def test_picture_is_refused() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mjpeg") as file:
        stream = file.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        file.mux(stream.encode(av.VideoFrame(64, 64, "yuvj420p")))
        file.mux(stream.encode(None))
    with pytest.raises(InvalidInput):
        decode_clip(out.getvalue())


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(encode_wav(TONE))
    for playlist in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{tmp_path}/secret.wav\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n",
    ):
        with pytest.raises(InvalidInput):
            decode_clip(playlist.encode())


def test_of_a_video_the_sound_is_taken() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        picture, sound = file.add_stream("mpeg4", rate=10), file.add_stream("aac", rate=16_000, layout="mono")
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        for n in range(20):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, 10)
            file.mux(picture.encode(frame))
        resampler = av.AudioResampler(sound.format, "mono", 16_000, frame_size=1024)
        source = av.AudioFrame.from_ndarray(TONE[None, :], format="s16", layout="mono")
        source.sample_rate = SAMPLE_RATE
        for frame in [*resampler.resample(source), *resampler.resample(None)]:
            file.mux(sound.encode(frame))
        file.mux(picture.encode(None))
        file.mux(sound.encode(None))
    assert decode_clip(out.getvalue()).size / SAMPLE_RATE == pytest.approx(2.0, abs=0.15)


def test_a_rate_that_changes_on_the_way_is_followed() -> None:
    joined = encode("adts", "aac", 48_000, "stereo") + encode("adts", "aac", 16_000)
    assert decode_clip(joined).size / SAMPLE_RATE == pytest.approx(4.0, abs=0.25)


def test_both_sides_of_a_stereo_clip_are_heard() -> None:
    assert np.abs(decode_clip(encode_wav_of(np.stack([TONE, np.zeros_like(TONE)])))).max() > 3000


def test_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(InvalidInput, match="10 minutes"):
        decode_clip(encode_wav(np.zeros(601 * SAMPLE_RATE, np.int16)))


def test_too_big_is_refused_before_decoding() -> None:
    with pytest.raises(InvalidInput, match="bigger than 2 MB"):
        decode_clip(bytes(2_000_001), ClipParams(max_bytes=2_000_000))


def test_three_hours_are_refused_without_unpacking_them() -> None:
    hours = encode_u8_silence(3 * 3600)
    tracemalloc.start()
    with pytest.raises(InvalidInput, match="10 minutes"):
        decode_clip(hours)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 600 * SAMPLE_RATE  # int16 samples of the ten minutes taken, twice


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_float_samples_that_are_no_numbers_leave_the_others_alone(strange: float) -> None:
    sound = np.zeros((1, 16_000), np.float32)
    sound[0, 8_000:] = 0.5
    sound[0, 1_000:1_100] = strange
    samples = decode_clip(encode_float(sound))
    assert samples.size == 16_000
    assert (samples[:1_000] == 0).all() and (abs(samples[8_000:] - 16_384) <= 1).all()


def test_nan_becomes_silence() -> None:
    assert (decode_clip(encode_float(np.full((1, 1600), np.nan, np.float32))) == 0).all()
