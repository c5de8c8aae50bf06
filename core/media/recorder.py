"""The answer's audio on disk, losslessly, while it is being spoken."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InvalidInput, StorageUnavailable
from core.media.audio import SAMPLE_RATE, Samples

_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class RecordedAudio:
    """A finished recording: file of raw little-endian int16, mono, 16 kHz.

    Attributes:
        path: The file.
        samples: Number of samples in it.
        duration_s: The same in seconds.
    """

    path: Path
    samples: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class RecorderParams:
    """Knobs of the recorder."""

    sync_every_s: float = 1.0
    """Seconds between two ``fsync`` calls: what a power cut may cost. A killed process loses nothing written."""


class AnswerRecorder:
    """Appends samples to a file as they arrive.

    Bytes go to the operating system at each write, so a killed server keeps them; ``fsync`` follows once a second.
    A file left by a killed server is continued, never overwritten. Thread-safe.

    Args:
        path: Target, usually ``*.pcm``; its folder is created.
        params: Knobs.
        clock: Times the syncs.

    Raises:
        StorageUnavailable: The file cannot be opened.
    """

    def __init__(self, path: Path, params: RecorderParams | None = None, clock: Clock | None = None) -> None:
        self._path = path
        self._params = params or RecorderParams()
        self._clock = clock or AnchoredClock()
        self._lock = threading.Lock()
        self._pending = bytearray()
        self._complained = False
        self._closed: RecordedAudio | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)
            self._bytes = self._drop_half_sample()
        except OSError as error:
            raise _disk_trouble(error) from error
        self._synced_at = self._clock.monotonic()

    @property
    def seconds(self) -> float:
        """Length so far, including what waits in memory for a full disk to clear."""
        with self._lock:
            return (self._bytes + len(self._pending)) / (_SAMPLE_BYTES * SAMPLE_RATE)

    def write(self, samples: Samples) -> None:
        """Append samples.

        What the disk does not take stays in memory and goes first at the next write.

        Args:
            samples: int16, mono, 16 kHz, shape (n,).

        Raises:
            StorageUnavailable: The disk refused; raised once per outage, no sample is lost by it.
        """
        with self._lock:
            if self._closed is not None:
                raise StorageUnavailable("The recording is already closed.")
            self._pending += samples.astype("<i2", copy=False).tobytes()
            try:
                self._drain()
            except OSError as error:
                if not self._complained:
                    self._complained = True
                    raise _disk_trouble(error) from error
            else:
                self._complained = False

    def close(self) -> RecordedAudio:
        """Write what is pending, sync, close. A second call returns the same result.

        Raises:
            StorageUnavailable: The disk still refuses; the samples stay in memory and ``close`` may be called again.
        """
        with self._lock:
            if self._closed is not None:
                return self._closed
            try:
                self._drain()
                self._sync()
                self._file.close()
            except OSError as error:
                raise _disk_trouble(error) from error
            samples = self._bytes // _SAMPLE_BYTES
            self._closed = RecordedAudio(self._path, samples, samples / SAMPLE_RATE)
            return self._closed

    def _drop_half_sample(self) -> int:
        """A process killed in the middle of a write may leave an odd byte, which would turn the rest into noise."""
        size = os.fstat(self._file.fileno()).st_size
        if size % _SAMPLE_BYTES:
            size -= size % _SAMPLE_BYTES
            self._file.truncate(size)
        return size

    def _drain(self) -> None:
        while self._pending:
            written = self._file.write(self._pending) or 0
            del self._pending[:written]
            self._bytes += written
        if self._clock.monotonic() - self._synced_at >= self._params.sync_every_s:
            self._sync()

    def _sync(self) -> None:
        self._synced_at = self._clock.monotonic()
        os.fsync(self._file.fileno())


def load_pcm(path: Path) -> Samples:
    """Read a recording: int16, mono, 16 kHz, shape (n,). Also works while it is still being written.

    Raises:
        InvalidInput: There is no such recording.
        StorageUnavailable: It cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput("recording", "The recording does not exist.") from error
    except OSError as error:
        raise _disk_trouble(error) from error
    return np.frombuffer(data[: len(data) - len(data) % _SAMPLE_BYTES], dtype="<i2").astype(np.int16)


def _disk_trouble(error: OSError) -> StorageUnavailable:
    return StorageUnavailable(
        f"The recording cannot be written to disk ({error.strerror}). It is kept in memory and tried again.",
        "Free some disk space on the server.",
    )
