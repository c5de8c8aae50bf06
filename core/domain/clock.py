"""Time, handed in wherever it matters, so that a test or a jumping system clock cannot surprise us."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the rest of the code may ask about time."""

    def now(self) -> datetime:
        """Current wall time, timezone-aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards; comparable within one process only."""
        ...


class AnchoredClock:
    """Wall time read once and carried on by the monotonic counter.

    A system clock that jumps while an interview runs (NTP step, daylight saving bug, a user setting the
    date) would otherwise end or extend somebody's answer.
    """

    def __init__(self) -> None:
        self._wall = datetime.now(UTC)
        self._mono = time.monotonic()

    def now(self) -> datetime:
        """Wall time at start plus the monotonic seconds since, UTC."""
        return self._wall + timedelta(seconds=time.monotonic() - self._mono)

    def monotonic(self) -> float:
        """Seconds of ``time.monotonic``."""
        return time.monotonic()
