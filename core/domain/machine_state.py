"""Where a hysteresis machine stands."""

from enum import StrEnum


class MachineState(StrEnum):
    """From a condition that may be chance to a claim that holds, and back."""

    QUIET = "quiet"
    STARTING = "starting"
    ACTIVE = "active"
    STOPPING = "stopping"
