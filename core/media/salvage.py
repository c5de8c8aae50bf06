"""What can still be read of a damaged recording, at its right place in time."""

import io
from contextlib import suppress
from dataclasses import dataclass

import av
import numpy as np

from core.media.audio import SAMPLE_RATE, Samples


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A recording with what is missing marked.

    Attributes:
        samples: int16, mono, 16 kHz, shape (n,); silence where nothing could be read.
        holes: Spans that could not be read, as first sample and the one behind the last, in order.
    """

    samples: Samples
    holes: tuple[tuple[int, int], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing at all could be read."""
        return sum(end - start for start, end in self.holes) >= self.samples.size


def salvage_flac(data: bytes, expected: int) -> Salvaged:
    """Decode a FLAC recording of ours (16 kHz, mono) frame by frame, over damaged ones.

    Each FLAC frame carries its number and a checksum, so the frames after a damage are found again and keep their
    place. Takes CPU time, about 1 ms a second of sound: not for an event loop.

    Args:
        data: The file, whole or not; empty for one that is missing.
        expected: Samples that were stored.

    Returns:
        ``expected`` samples. Never raises for what is in ``data``.
    """
    runs = [(start, piece) for start, piece in _frames(data, expected) if start + piece.size <= expected]
    samples, read = np.zeros(expected, np.int16), np.zeros(expected, np.bool_)
    for start, piece in runs:
        samples[start : start + piece.size] = piece
        read[start : start + piece.size] = True
    edges = np.flatnonzero(np.diff(read, prepend=True, append=True))
    return Salvaged(samples, tuple((int(a), int(b)) for a, b in edges.reshape(-1, 2)))


def _frames(data: bytes, expected: int) -> list[tuple[int, Samples]]:
    """Position and samples of each frame whose checksum is right."""
    found: list[tuple[int, Samples | None]] = []
    with suppress(av.FFmpegError, ValueError, IndexError, EOFError):
        with av.open(io.BytesIO(data), mode="r", format="flac") as container:
            stream = container.streams.audio[0]
            stream.codec_context.options = {"err_detect": "crccheck+explode"}
            for packet in container.demux(stream):
                number = _number(bytes(packet))
                if number is not None:
                    with suppress(av.FFmpegError):
                        # Before a damage the parser leaves several frames in one packet.
                        found.extend(enumerate(map(_ours, packet.decode()), number))
    pieces = [(number, piece) for number, piece in found if piece is not None]
    block = _block([(number, piece.size) for number, piece in pieces], expected)
    return [(number * block, piece) for number, piece in pieces] if block else []


def _block(sizes: list[tuple[int, int]], expected: int) -> int:
    """Samples of each frame but the last, from numbers and sizes of those that were read; 0 when they cannot tell."""
    last = max((number for number, _ in sizes), default=0)
    if whole := [size for number, size in sizes if number < last]:
        return max(whole)
    size = max((size for _, size in sizes), default=0)
    # A single frame: if it can be the last of longer ones, its place is not known.
    if last and (expected - size) % last == 0 and (expected - size) // last > size:
        return 0
    return size


def _ours(frame: av.AudioFrame) -> Samples | None:
    if frame.sample_rate != SAMPLE_RATE or frame.layout.nb_channels != 1 or not frame.format.name.startswith("s16"):
        return None
    samples: Samples = frame.to_ndarray().reshape(-1).astype(np.int16)
    return samples


def _number(frame: bytes) -> int | None:
    """Number of a FLAC frame of fixed size, RFC 9639 section 9.1.5; None when this is no such frame.

    FFmpeg's own timestamps are guessed around a damage, and are then wrong by whole frames.
    """
    if len(frame) < 11 or frame[0] != 0xFF or frame[1] != 0xF8:
        return None
    return _coded(frame[4:11])


def _coded(coded: bytes) -> int | None:
    """A number coded like a UTF-8 character, of up to seven bytes."""
    lead = coded[0]
    if lead < 0x80:
        return lead
    length = 8 - (lead ^ 0xFF).bit_length()  # leading ones
    if not 2 <= length <= 7 or any(byte >> 6 != 0b10 for byte in coded[1:length]):
        return None
    number = lead & (0x7F >> length)
    for byte in coded[1:length]:
        number = number << 6 | byte & 0x3F
    return number
