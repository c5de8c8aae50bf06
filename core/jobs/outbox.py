"""The way to promise work."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from core.domain.clock import Clock
from core.domain.job import JobState
from core.storage.database import Transaction
from core.storage.jobs import JobRepo, after_commit


class Outbox:
    """Queues jobs inside the caller's transaction: the work is promised exactly when what needs it is committed.

    Safe to use from any thread.

    Args:
        clock: Wall time.
        wake: Called after the commit, on its thread; must return at once.
    """

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._wake = wake

    def add(self, tx: Transaction, kind: str, key: str, payload: Mapping[str, Any], *, delay_s: float = 0.0) -> bool:
        """Promise a job.

        Args:
            tx: The caller's unit of work.
            kind: Names its handler.
            key: Names the work; the same key is queued once, ever.
            payload: Plain JSON: ids, no words of a candidate.
            delay_s: Seconds before which it is not begun.

        Returns:
            True when queued, False when the key was known.
        """
        now = self._clock.now()
        added = JobRepo(tx).add(kind, key, payload, now + timedelta(seconds=delay_s), now)
        if added:
            after_commit(tx, self._wake)
        return added

    def restart(self, tx: Transaction, key: str) -> bool:
        """Give a job that was given up all its tries again; False when it is not given up."""
        restarted = JobRepo(tx).restart(key, self._clock.now())
        if restarted:
            after_commit(tx, self._wake)
        return restarted

    def restart_all(self, tx: Transaction, limit: int = 1000) -> int:
        """The same for all that were given up; returns how many."""
        return sum(self.restart(tx, job.key) for job in JobRepo(tx).list(JobState.FAILED, limit))
