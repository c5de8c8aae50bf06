"""How long to wait before the next try."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackoffParams:
    """Knobs of the wait between two tries."""

    first_s: float = 5.0
    """Longest wait after the first failure."""

    growth: float = 2.0
    """Factor from one try to the next."""

    cap_s: float = 600.0
    """No wait is longer."""

    jitter: float = 0.5
    """Share of the wait left to chance, so that what failed together is not tried together; 0 to 1."""


def backoff_s(tries: int, chance: float, params: BackoffParams) -> float:
    """Seconds to wait.

    Args:
        tries: Tries that failed, from 1.
        chance: Uniform in 0 to 1.
        params: Knobs.

    Returns:
        ``min(cap, first * growth ** (tries - 1))``, less up to its jittered share.
    """
    wait = params.first_s
    for _ in range(tries - 1):  # not a power: a large number of tries must not overflow
        if wait >= params.cap_s:
            break
        wait *= params.growth
    return min(wait, params.cap_s) * (1 - params.jitter * chance)
