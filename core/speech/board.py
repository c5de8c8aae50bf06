"""The words of one stream as they become known: finals in order, interims until replaced."""

import logging
import threading
from collections.abc import Callable

from core.domain.transcript import CaptionMode, CaptionView, FinalSegment

FAILED = "failed"
"""Engine name of a segment no engine could decode; its text is empty, its audio is in the recording."""

_log = logging.getLogger(__name__)


class CaptionBoard:
    """Collects results that may arrive in any order and gives them out in the right one. Thread-safe.

    Args:
        on_final: Called once for each segment, in order, on the thread that delivered it or a predecessor.
        delayed_after_s: Age of an undecoded segment from which captions are called delayed.
    """

    def __init__(self, on_final: Callable[[FinalSegment], None], delayed_after_s: float) -> None:
        self._on_final = on_final
        self._delayed_after_s = delayed_after_s
        self._state = threading.Condition()
        self._delivering = threading.Lock()
        self._expected: dict[int, float] = {}  # number -> when its audio was complete, until given out
        self._early: dict[int, FinalSegment] = {}  # decoded before their predecessors
        self._interims: dict[int, str] = {}
        self._finals: list[FinalSegment] = []
        self._next_number = 0

    @property
    def next_number(self) -> int:
        """Number of the segment being spoken, or of the next one."""
        with self._state:
            return self._next_number

    def expect(self, now: float) -> int:
        """A segment is complete and will be decoded.

        Args:
            now: Monotonic seconds.

        Returns:
            Its number.
        """
        with self._state:
            number = self._next_number
            self._next_number += 1
            self._expected[number] = now
            return number

    def show_interim(self, number: int, text: str) -> None:
        """Publish a guess at a segment, unless its final has come first."""
        with self._state:
            if number == self._next_number or number in self._expected:
                self._interims[number] = text

    def deliver(self, segment: FinalSegment) -> None:
        """Publish a final; it is held back until its predecessors are there."""
        with self._delivering:  # two workers must not overtake each other on the way to on_final
            with self._state:
                self._early[segment.number] = segment
            while True:
                with self._state:
                    ready = self._early.pop(len(self._finals), None)
                    if ready is None:
                        return
                    self._finals.append(ready)
                    self._interims.pop(ready.number, None)
                try:
                    self._on_final(ready)
                except Exception as error:
                    _log.error("final segment not taken: %s", type(error).__name__)
                with self._state:  # only now: whoever waits may rely on on_final having run
                    self._expected.pop(ready.number, None)
                    self._state.notify_all()

    def view(self, now: float) -> CaptionView:
        """What can be shown at monotonic time ``now``."""
        with self._state:
            oldest = min(self._expected.values(), default=now)
            late = now - oldest > self._delayed_after_s or any(s.engine == FAILED for s in self._finals)
            return CaptionView(
                finals=tuple(self._finals),
                interim=" ".join(self._interims[n] for n in sorted(self._interims) if self._interims[n]),
                pending_finals=len(self._expected),
                mode=CaptionMode.DELAYED if late else CaptionMode.LIVE,
            )

    def wait_empty(self, timeout_s: float) -> bool:
        """Wait until each expected segment was given out; False when that takes longer than ``timeout_s``."""
        with self._state:
            return self._state.wait_for(lambda: not self._expected, timeout_s)
