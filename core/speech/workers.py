"""Threads that work for as long as the process lives, whatever happens to one of them."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.domain.clock import Clock

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerParams:
    """Knobs of the workers."""

    count: int = 2
    """Decodes at once: two with a thread each get twice as much done as one with two threads (``docs/speech.md``)."""

    check_every_s: float = 0.5
    """How often the workers are looked after."""

    stuck_after_s: float = 90.0
    """A task that takes longer is believed lost; the longest decode, 30 s of audio on a slow machine, takes 5 s."""


@dataclass(slots=True, eq=False)  # a place is known by identity
class _Worker(Generic[T]):
    thread: threading.Thread | None = None
    task: T | None = None
    since: float = field(default=0.0)


class Workers(Generic[T]):
    """A fixed number of threads, looked after: one that dies or gets stuck is replaced, and its task handed back.

    Args:
        name: Of the threads.
        take: Waits for the next task; None ends the thread that asks.
        do: Carries it out. An exception is logged and costs that task only.
        lost: Gets the task of a thread that died in it or is stuck in it, to be queued again.
        clock: Monotonic time.
        params: Knobs.
    """

    def __init__(
        self,
        name: str,
        take: Callable[[], T | None],
        do: Callable[[T], None],
        lost: Callable[[T], None],
        clock: Clock,
        params: WorkerParams | None = None,
    ) -> None:
        self._name = name
        self._take = take
        self._do = do
        self._lost = lost
        self._clock = clock
        self._params = params or WorkerParams()
        self._lock = threading.Lock()
        self._workers: list[_Worker[T]] = []
        self._closing = threading.Event()
        self._keeper: threading.Thread | None = None
        self.replaced = 0
        """Threads that had to be replaced."""

    @property
    def running(self) -> bool:
        """Started and not stopped."""
        return self._keeper is not None

    def start(self) -> None:
        """Start the threads; a second call does nothing."""
        with self._lock:
            if self._keeper is not None:
                return
            self._closing.clear()
            self._workers = [_Worker() for _ in range(max(1, self._params.count))]
            for worker in self._workers:
                self._launch(worker)
            self._keeper = threading.Thread(target=self._keep, name=f"{self._name}-keeper", daemon=True)
            self._keeper.start()

    def stop(self, timeout_s: float) -> bool:
        """Wait until each thread got None from ``take``, which the caller sees to.

        Returns:
            True when all ended in time; the threads are daemons and do not hold up the process after it.
        """
        self._closing.set()
        deadline = time.monotonic() + timeout_s
        with self._lock:
            keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.join(max(0.0, deadline - time.monotonic()))
        while self._join(deadline):
            if not self.check():  # else one died in its task, which its successor does
                return True
        return False

    def check(self) -> bool:
        """Replace threads that died or are stuck; called regularly while running.

        Returns:
            Whether there were any.
        """
        now = self._clock.monotonic()
        before = self.replaced
        with self._lock:
            for place, worker in enumerate(self._workers):
                thread, task = worker.thread, worker.task
                alive = thread is not None and thread.is_alive()
                stuck = task is not None and now - worker.since > self._params.stuck_after_s
                if (alive and not stuck) or (not alive and task is None and self._closing.is_set()):
                    continue
                self.replaced += 1
                _log.error("a worker %s and is replaced", "is stuck" if alive else "died")
                # The old one, should it come back, finds itself replaced and ends.
                successor: _Worker[T] = _Worker()
                self._workers[place] = successor
                if task is not None:
                    self._hand_back(task)  # before the successor looks for work: when closing, it ends without any
                self._launch(successor)
        return self.replaced > before

    def _hand_back(self, task: T) -> None:
        try:
            self._lost(task)
        except Exception:  # the keeper must outlive it
            _log.exception("a lost task was not taken back")

    def _join(self, deadline: float) -> bool:
        """Wait for all threads; False when some are alive at the deadline."""
        with self._lock:
            threads = [worker.thread for worker in self._workers if worker.thread is not None]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _launch(self, worker: _Worker[T]) -> None:
        worker.thread = threading.Thread(target=self._run, args=(worker,), name=self._name, daemon=True)
        worker.thread.start()

    def _run(self, worker: _Worker[T]) -> None:
        while worker in self._workers and (task := self._take()) is not None:
            worker.since = self._clock.monotonic()
            worker.task = task
            try:
                self._do(task)
            except Exception:  # the last line of defence: a worker outlives every bug of one task
                _log.exception("a task failed")
            worker.task = None

    def _keep(self) -> None:
        while not self._closing.wait(self._params.check_every_s):
            self.check()
