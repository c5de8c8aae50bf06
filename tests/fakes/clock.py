"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)


class ManualClock:
    """Implements ``core.domain.clock.Clock``. Safe to read from any thread."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Wall time, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return self._monotonic

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, at: datetime) -> None:
        """Set the wall clock alone, as somebody who sets the date."""
        self._now = at
