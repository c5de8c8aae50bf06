"""Finished recordings as files a browser can play. Both forms are lossless."""

import io
import wave

import av

from core.media.audio import SAMPLE_RATE, Samples

FLAC_MIME = "audio/flac"
_FRAME_SAMPLES = 4096  # the block size FLAC encoders use at this rate


def encode_wav(samples: Samples, rate: int = SAMPLE_RATE) -> bytes:
    """Pack int16 mono samples, shape (n,), into a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2", copy=False).tobytes())
    return out.getvalue()


def encode_flac(samples: Samples, rate: int = SAMPLE_RATE) -> bytes:
    """Pack int16 mono samples, shape (n,), into a FLAC file: about half the size of WAV, the same samples back."""
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate, layout="mono", format="s16")
        for start in range(0, samples.size, _FRAME_SAMPLES):
            block = samples[start : start + _FRAME_SAMPLES].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = rate
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
