"""Recorded clips (``st.audio_input``, uploads) as samples."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np

from core.domain.errors import InvalidInput
from core.media.audio import SAMPLE_RATE, Samples

_FIELD = "audio"
_FORMATS = "wav,w64,aiff,caf,mp3,aac,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2"
"""Plain containers. FFmpeg also reads playlists, which name other files and addresses: never those of a stranger."""


@dataclass(frozen=True, slots=True)
class ClipParams:
    """Limits of a clip."""

    max_duration_s: float = 600.0
    """Seconds of audio accepted."""

    max_bytes: int = 200_000_000
    """Size accepted: ten minutes of 48 kHz stereo WAV are 115 MB, of anything a browser makes far less."""


def decode_clip(data: bytes, params: ClipParams | None = None) -> Samples:
    """Decode a clip in a container FFmpeg knows (WAV, MP3, M4A, WebM, Ogg, FLAC ...), whatever its name said.

    Takes CPU time, about 1 s for ten minutes: call it from a worker or script thread, not on an event loop. Memory is
    bounded by ``max_duration_s``, whatever the file claims or unpacks to. Of a video the sound is taken. Float samples
    that are not numbers become zeros.

    Args:
        data: The file.
        params: Limits.

    Returns:
        int16, mono, 16 kHz, shape (n,), n > 0.

    Raises:
        InvalidInput: Empty, not audio, damaged, too long or too big.
    """
    limits = params or ClipParams()
    if not data:
        raise InvalidInput(_FIELD, "The recording is empty.", "Record your answer again.")
    if len(data) > limits.max_bytes:
        size = f"{limits.max_bytes / 1e6:.0f} MB"
        raise InvalidInput(_FIELD, f"The recording is bigger than {size}.", "Choose a shorter one, or an MP3 of it.")
    try:
        pieces = _decode(data, limits)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise InvalidInput(
            _FIELD,
            "This file cannot be read as a recording.",
            "Record again, or choose a WAV, MP3, M4A, Ogg, WebM or FLAC file.",
        ) from error
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    if not samples.size:
        raise InvalidInput(_FIELD, "The recording holds no sound.", "Record your answer again.")
    return samples


def _decode(data: bytes, limits: ClipParams) -> list[Samples]:
    pieces: list[Samples] = []
    total = 0
    with av.open(io.BytesIO(data), mode="r", options={"format_whitelist": _FORMATS}) as container:
        if not container.streams.audio:
            raise InvalidInput(_FIELD, "This file has no sound track.", "Record your answer again.")
        # Counted while decoding: a small file can claim, or unpack to, hours.
        for piece in _as_mono(container.decode(audio=0)):
            pieces.append(piece)
            total += piece.size
            if total > limits.max_duration_s * SAMPLE_RATE:
                raise _too_long(limits)
    return pieces


def _as_mono(frames: Iterator[av.AudioFrame]) -> Iterator[Samples]:
    """16 kHz mono of frames whose rate or layout may change on the way (chained Ogg, AAC that finds its extension)."""
    resampler: av.AudioResampler | None = None
    source: tuple[str, str, int] | None = None
    for frame in frames:
        if source != (source := (frame.format.name, frame.layout.name, frame.sample_rate)):
            yield from _given_by(resampler, None)
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        yield from _given_by(resampler, _without_nan(frame))
    yield from _given_by(resampler, None)


def _given_by(resampler: av.AudioResampler | None, frame: av.AudioFrame | None) -> Iterator[Samples]:
    for piece in resampler.resample(frame) if resampler is not None else ():
        yield piece.to_ndarray().reshape(-1)


def _without_nan(frame: av.AudioFrame) -> av.AudioFrame:
    """What the resampler makes of NaN is undefined: a loud click on one machine, silence on another."""
    if frame.format.name.rstrip("p") not in ("flt", "dbl"):
        return frame
    values = frame.to_ndarray()
    if np.isfinite(values).all():
        return frame
    clean = av.AudioFrame.from_ndarray(
        np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=-1.0), format=frame.format.name, layout=frame.layout.name
    )
    clean.sample_rate, clean.pts, clean.time_base = frame.sample_rate, frame.pts, frame.time_base
    return clean


def _too_long(limits: ClipParams) -> InvalidInput:
    return InvalidInput(
        _FIELD,
        f"The recording is longer than {limits.max_duration_s / 60:.0f} minutes.",
        "Record a shorter answer.",
    )
