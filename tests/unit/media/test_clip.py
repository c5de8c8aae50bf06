import io

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


def test_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(InvalidInput, match="10 minutes"):
        decode_clip(encode_wav(np.zeros(601 * SAMPLE_RATE, np.int16)))


def test_too_big_is_refused_before_decoding() -> None:
    with pytest.raises(InvalidInput):
        decode_clip(bytes(100), ClipParams(max_bytes=99))


def test_nan_samples_do_not_crash() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="wav") as file:
        stream = file.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 1600), np.nan, np.float32), format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert decode_clip(out.getvalue()).size == 1600
