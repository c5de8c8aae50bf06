"""From a measured value to a claim that holds: quiet, starting, active, stopping. No audio, clock or I/O."""

from dataclasses import dataclass

from core.domain.machine_state import MachineState


@dataclass(frozen=True, slots=True)
class HysteresisParams:
    """Knobs of one machine; ``on`` and ``off`` are in the unit of what is observed, higher is worse."""

    on: float
    """Value from which it is bad."""
    off: float
    """Value below which it is good again; in between nothing changes."""
    start_s: float
    """How long it must be bad before anything is claimed."""
    stop_s: float
    """How long it must be good before the claim ends."""


@dataclass(frozen=True, slots=True)
class Raised:
    """It has been bad for long enough; ``started_s`` is when that began."""

    started_s: float
    worst: float


@dataclass(frozen=True, slots=True)
class Cleared:
    """It is over since ``ended_s``, or can no longer be told."""

    started_s: float
    ended_s: float
    worst: float


AlertChange = Raised | Cleared


class Hysteresis:
    """One condition. Not thread-safe; times must not fall.

    Args:
        params: Knobs.
    """

    def __init__(self, params: HysteresisParams) -> None:
        self._params = params
        self._state = MachineState.QUIET
        self._started_s = self._good_since_s = 0.0
        self._latest_s = float("-inf")
        self._worst = float("-inf")

    @property
    def state(self) -> MachineState:
        """Where the machine stands now."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether a claim is open."""
        return self._state in (MachineState.ACTIVE, MachineState.STOPPING)

    def observe(self, at_s: float, value: float | None) -> AlertChange | None:
        """Take a value.

        Args:
            at_s: When it was measured; an earlier time is read as the latest one seen.
            value: Higher is worse; None (or not a number) when it cannot be told, which ends a claim.

        Returns:
            What changed.
        """
        at_s = self._latest_s = max(at_s, self._latest_s)
        if value is None or value != value:
            return self.close(at_s)
        if not self.active:
            return self._wait(at_s, value)
        if value >= self._params.on:
            self._worst = max(self._worst, value)
            self._state = MachineState.ACTIVE
        elif value < self._params.off and self._state is MachineState.ACTIVE:
            self._state, self._good_since_s = MachineState.STOPPING, at_s
        if self._state is MachineState.STOPPING and at_s - self._good_since_s >= self._params.stop_s:
            return self.close(self._good_since_s)
        return None

    def close(self, at_s: float) -> Cleared | None:
        """End what is open; when it was stopping, at the moment that began."""
        was, self._state = self._state, MachineState.QUIET
        if was not in (MachineState.ACTIVE, MachineState.STOPPING):
            return None
        return Cleared(self._started_s, self._good_since_s if was is MachineState.STOPPING else at_s, self._worst)

    def _wait(self, at_s: float, value: float) -> AlertChange | None:
        if value < self._params.on:
            self._state = MachineState.QUIET
            return None
        if self._state is MachineState.QUIET:
            self._state, self._started_s, self._worst = MachineState.STARTING, at_s, value
        self._worst = max(self._worst, value)
        if at_s - self._started_s < self._params.start_s:
            return None
        self._state = MachineState.ACTIVE
        return Raised(self._started_s, self._worst)
