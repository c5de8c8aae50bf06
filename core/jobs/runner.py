"""Runs the outbox on a few threads of this process."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.domain.clock import Clock
from core.domain.errors import InterviewError, StorageUnavailable
from core.domain.job import JobState
from core.jobs.backoff import BackoffParams, backoff_s
from core.jobs.lease import Lease
from core.storage.database import Database
from core.storage.jobs import JobRepo
from core.storage.records import JobRow

_LOG = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], None]
"""Does one job, given its payload; doing it twice must come to the same as once.

An ``InterviewError`` says itself whether it is worth another try (``retryable``); any other exception is tried again.
"""


@dataclass(frozen=True, slots=True)
class JobParams:
    """Knobs of a runner."""

    workers: int = 2
    """Threads. 0 runs nothing here; jobs wait for another process."""

    max_tries: int = 8
    """Tries before a job is given up. A try that ended with its process counts: a job that kills it must end."""

    lease_s: float = 120.0
    """After this long without a renewal another runner may take the job."""

    renew_every_s: float = 30.0
    """Seconds between two renewals while a handler runs."""

    poll_s: float = 15.0
    """Longest wait before looking again: for jobs of other processes, and for a database that was away."""

    backoff: BackoffParams = field(default_factory=BackoffParams)
    """Waits between tries."""


class JobRunner:
    """Claims due jobs and runs their handlers, at least once each. Public methods may be called from any thread.

    A job belongs to one run at a time by a lease in the database, renewed while its handler runs. After a crash the
    next ``start`` on the same machine takes back at once what its dead process held; other machines wait for the lease.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        params: JobParams | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Nothing runs until ``start`` or ``run_due``.

        Args:
            database: Where the jobs are.
            clock: Wall time.
            params: Knobs.
            chance: Uniform in 0 to 1, for the jitter.
        """
        self._database = database
        self._clock = clock
        self._params = params or JobParams()
        self._chance = chance
        self._handlers: dict[str, Handler] = {}
        self._wake = threading.Condition()
        self._wakes = 0
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._running: dict[str, int] = {}  # lease name to job id

    def register(self, kind: str, handler: Handler) -> None:
        """Say who does jobs of a kind; before ``start``. Kinds without a handler are left alone."""
        self._handlers[kind] = handler

    def start(self) -> None:
        """Take back what dead processes of this machine held, then start the threads. A second call does nothing."""
        if self._threads:
            return
        self._stopping.clear()
        try:
            self.take_back()
        except StorageUnavailable as error:  # their leases run out by themselves
            _LOG.error("orphaned jobs wait for their leases: %s", type(error).__name__)
        if self._params.workers <= 0:
            return
        self._threads = [
            threading.Thread(target=self._work, name=f"jobs-{n}", daemon=True) for n in range(self._params.workers)
        ]
        self._threads.append(threading.Thread(target=self._keep_leases, name="jobs-leases", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Begin no further job and wait for those under way.

        Args:
            timeout_s: Longest wait in seconds. A job that takes longer goes on, on a daemon thread, as long as the
                process lives; if it does not finish, it is run again after the next start.

        Returns:
            True when every thread has ended.
        """
        self._stopping.set()
        self.wake()
        threads, self._threads = self._threads, []
        deadline = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def wake(self) -> None:
        """Look for due jobs now; to be called after the commit that added one."""
        with self._wake:
            self._wakes += 1
            self._wake.notify_all()

    def run_due(self) -> int:
        """Run, on this thread, what is due until nothing is; returns how many runs there were."""
        done = 0
        while (job := self._claim()) is not None:
            self._run(job)
            done += 1
        return done

    def take_back(self) -> int:
        """Make jobs due again that are leased to a dead process of this machine; returns how many."""
        with self._database.transaction() as tx:
            jobs, now = JobRepo(tx), self._clock.now()
            leases = [(job, Lease.parse(job.leased_to)) for job in jobs.list(JobState.RUNNING)]
            gone = [job for job, lease in leases if lease is not None and lease.is_orphan()]
            return sum(jobs.release(job.id, job.leased_to, now) for job in gone)

    def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        with self._database.reading() as tx:
            return JobRepo(tx).counts()

    def _work(self) -> None:
        while not self._stopping.is_set():
            with self._wake:
                seen = self._wakes
            try:
                job = self._claim()
                if job is not None:
                    self._run(job)
                    continue
                wait_s = self._until_next_s()
            except Exception as error:  # a database that is away; a worker outlives it
                _LOG.error("jobs wait: %s", type(error).__name__)
                wait_s = self._params.poll_s
            self._pause(seen, wait_s)

    def _pause(self, seen: int, at_most_s: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._wakes != seen or self._stopping.is_set(), at_most_s)

    def _claim(self) -> JobRow | None:
        kinds, now = tuple(self._handlers), self._clock.now()
        with self._database.reading() as tx:  # nothing due is the rule: no writer is held up for it
            due_at = JobRepo(tx).next_at(kinds)
        if due_at is None or due_at > now:
            return None
        lease, until = Lease.new().name, now + timedelta(seconds=self._params.lease_s)
        with self._database.transaction() as tx:
            return JobRepo(tx).claim(kinds, lease, until, now)

    def _until_next_s(self) -> float:
        with self._database.reading() as tx:
            due_at = JobRepo(tx).next_at(tuple(self._handlers))
        if due_at is None:
            return self._params.poll_s
        return min(self._params.poll_s, max(0.05, (due_at - self._clock.now()).total_seconds()))

    def _run(self, job: JobRow) -> None:
        if job.tries > self._params.max_tries:
            self._close(job, "The process ended each time this was tried.", lasting=True)
            return
        self._running[job.leased_to] = job.id
        try:
            self._handlers[job.kind](job.payload)
        except InterviewError as error:
            self._close(job, f"{type(error).__name__}: {error.message}", lasting=not error.retryable)
        except Exception as error:  # the type only: a message may quote what it choked on
            _LOG.error("job %s %d failed: %s", job.kind, job.id, type(error).__name__)
            self._close(job, type(error).__name__)
        else:
            self._close(job)
        finally:
            self._running.pop(job.leased_to, None)

    def _close(self, job: JobRow, error: str = "", *, lasting: bool = False) -> None:
        """Store how a run ended. When the database refuses, the lease runs out and the job is run again."""
        now = self._clock.now()
        wait = timedelta(seconds=backoff_s(job.tries, self._chance(), self._params.backoff))
        try:
            with self._database.transaction() as tx:
                jobs = JobRepo(tx)
                if not error:
                    kept = jobs.finish(job.id, job.leased_to, now)
                elif self._stopping.is_set():  # what it needs may have stopped already: that says nothing of the job
                    kept = jobs.retry(job.id, job.leased_to, now, error)
                elif lasting or job.tries >= self._params.max_tries:
                    kept = jobs.give_up(job.id, job.leased_to, now, error)
                else:
                    kept = jobs.retry(job.id, job.leased_to, now + wait, error)
        except StorageUnavailable as trouble:
            _LOG.error("the end of job %s %d was not stored: %s", job.kind, job.id, type(trouble).__name__)
            return
        if not kept:
            _LOG.warning("job %s %d lost its lease while it ran", job.kind, job.id)

    def _keep_leases(self) -> None:
        while not self._stopping.wait(self._params.renew_every_s) or self._running:
            self.renew()
            if self._stopping.is_set():
                time.sleep(min(1.0, self._params.renew_every_s))

    def renew(self) -> None:
        """Extend the leases of what runs here; called by a thread of its own."""
        until = self._clock.now() + timedelta(seconds=self._params.lease_s)
        for lease, job_id in self._running.copy().items():
            try:
                with self._database.transaction() as tx:
                    JobRepo(tx).renew(job_id, lease, until)
            except StorageUnavailable as error:
                _LOG.error("a lease was not renewed: %s", type(error).__name__)
