"""Recorded clips (``st.audio_input``, uploads) as samples."""

import io
from dataclasses import dataclass

import av
import numpy as np

from core.domain.errors import InvalidInput
from core.media.audio import SAMPLE_RATE, Samples

_FIELD = "audio"


@dataclass(frozen=True, slots=True)
class ClipParams:
    """Limits of a clip."""

    max_duration_s: float = 600.0
    """Seconds of audio accepted."""

    max_bytes: int = 200_000_000
    """Size accepted: ten minutes of 48 kHz stereo float WAV is 230 MB, of anything a browser makes far less."""


def decode_clip(data: bytes, params: ClipParams | None = None) -> Samples:
    """Decode a clip in any container FFmpeg reads (WAV, WebM, Ogg, MP4, FLAC ...).

    Takes CPU time: call it from a worker or script thread, not on an event loop.

    Args:
        data: The file.
        params: Limits.

    Returns:
        int16, mono, 16 kHz, shape (n,), n > 0.

    Raises:
        InvalidInput: Empty, not audio, damaged, or too long.
    """
    limits = params or ClipParams()
    if not data:
        raise InvalidInput(_FIELD, "The recording is empty.", "Record your answer again.")
    if len(data) > limits.max_bytes:
        raise _too_long(limits)
    try:
        pieces = _decode(data, limits)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise InvalidInput(
            _FIELD, "This file is not audio that can be read.", "Record again, or use a WAV, WebM, Ogg or MP4 file."
        ) from error
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    if not samples.size:
        raise InvalidInput(_FIELD, "The recording holds no sound.", "Record your answer again.")
    return samples


def _decode(data: bytes, limits: ClipParams) -> list[Samples]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    pieces: list[Samples] = []
    total = 0
    with av.open(io.BytesIO(data), mode="r") as container:
        if not container.streams.audio:
            raise InvalidInput(_FIELD, "This file has no sound track.", "Record your answer again.")
        for frame in container.decode(audio=0):
            # Counted while decoding: a small file can claim, or unpack to, hours.
            for piece in resampler.resample(frame):
                pieces.append(piece.to_ndarray().reshape(-1))
                total += pieces[-1].size
            if total > limits.max_duration_s * SAMPLE_RATE:
                raise _too_long(limits)
        pieces.extend(piece.to_ndarray().reshape(-1) for piece in resampler.resample(None))
    return pieces


def _too_long(limits: ClipParams) -> InvalidInput:
    return InvalidInput(
        _FIELD,
        f"The recording is longer than {limits.max_duration_s / 60:.0f} minutes.",
        "Record a shorter answer.",
    )
