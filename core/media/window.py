"""The recent part of a stream, addressed by position in the whole."""

import numpy as np

from core.media.audio import Samples

_SAMPLE_BYTES = 2


class AudioWindow:
    """Samples ``first`` to ``end`` of a stream; the front is forgotten as it goes. Not thread-safe."""

    def __init__(self) -> None:
        self._data = bytearray()  # grows and is cut at the front without copying the rest
        self.first = 0
        """Position of the oldest sample kept."""

    @property
    def end(self) -> int:
        """Position behind the newest sample: everything ever appended."""
        return self.first + len(self._data) // _SAMPLE_BYTES

    def append(self, samples: Samples) -> None:
        """Add int16 samples, shape (n,), at the end."""
        self._data += samples.astype(np.int16, copy=False).tobytes()

    def slice(self, start: int, end: int) -> Samples:
        """A copy of samples ``start`` to ``end`` (exclusive), as far as they are kept."""
        low, high = max(0, start - self.first), max(0, end - self.first)
        return np.frombuffer(bytes(self._data[_SAMPLE_BYTES * low : _SAMPLE_BYTES * high]), dtype=np.int16)

    def forget_before(self, position: int) -> None:
        """Give up what lies before a position."""
        drop = min(position, self.end) - self.first
        if drop > 0:
            del self._data[: _SAMPLE_BYTES * drop]
            self.first += drop
