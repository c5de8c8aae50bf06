"""Threads that die, that hang and that fail; the keeper is called by the test, the clock is moved by it."""

import itertools
import queue
import threading
from collections.abc import Callable, Iterator

import pytest
from fakes.clock import ManualClock

from core.speech.workers import WorkerParams, Workers

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
WAIT_S = 10.0

Task = Callable[[], None]


class Shop:
    """Two workers, a list of tasks, and what became of them. A task is a function without arguments."""

    def __init__(self, count: int = 2) -> None:
        self.clock = ManualClock()
        self.tasks: queue.PriorityQueue[tuple[bool, int, Task | None]] = queue.PriorityQueue()  # None comes last
        self.lost: list[Task] = []
        self.numbers = itertools.count()
        self.workers: Workers[Task] = Workers(
            "shop",
            lambda: self.tasks.get()[2],
            lambda task: task(),
            self._again,
            self.clock,
            WorkerParams(count=count, check_every_s=3600.0, stuck_after_s=90.0),
        )

    def _again(self, task: Task) -> None:
        self.lost.append(task)
        self.do(task)

    def do(self, task: Task | None) -> None:
        self.tasks.put((task is None, next(self.numbers), task))

    def stop(self) -> bool:
        for _ in range(4):
            self.do(None)
        return self.workers.stop(WAIT_S)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    shop.workers.start()
    yield shop
    shop.stop()


class Deadly:
    """A task that ends its thread the first time."""

    def __init__(self) -> None:
        self.died, self.done = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self) -> None:
        if self.died.is_set():
            self.done.set()
            return
        self.thread = threading.current_thread()
        self.died.set()
        raise SystemExit

    def wait_dead(self) -> None:
        assert self.died.wait(WAIT_S)
        assert self.thread is not None
        self.thread.join(WAIT_S)


class Hanging:
    """A task that hangs the first time, until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go, self.came_back, self.done = (threading.Event() for _ in range(4))
        self.thread: threading.Thread | None = None

    def __call__(self) -> None:
        if self.begun.is_set():
            self.done.set()
            return
        self.thread = threading.current_thread()
        self.begun.set()
        self.let_go.wait(WAIT_S)
        self.came_back.set()


def test_a_worker_that_died_is_replaced_and_its_task_handed_back(shop: Shop) -> None:
    task = Deadly()
    shop.do(task)
    task.wait_dead()
    shop.workers.check()
    assert task.done.wait(WAIT_S)
    assert (shop.lost, shop.workers.replaced) == ([task], 1)


def test_all_workers_may_die_at_once(shop: Shop) -> None:
    tasks = [Deadly() for _ in range(2)]
    for task in tasks:
        shop.do(task)
    for task in tasks:
        task.wait_dead()
    shop.workers.check()
    assert all(task.done.wait(WAIT_S) for task in tasks)
    assert shop.workers.replaced == 2


def test_a_stuck_worker_is_abandoned_and_its_task_handed_back(shop: Shop) -> None:
    task = Hanging()
    shop.do(task)
    assert task.begun.wait(WAIT_S)
    shop.clock.tick(89.0)
    shop.workers.check()
    assert shop.lost == []
    shop.clock.tick(2.0)
    shop.workers.check()
    assert task.done.wait(WAIT_S)
    assert shop.lost == [task]
    task.let_go.set()


def test_an_abandoned_worker_that_comes_back_takes_no_further_task(shop: Shop) -> None:
    task = Hanging()
    shop.do(task)
    assert task.begun.wait(WAIT_S)
    shop.clock.tick(91.0)
    shop.workers.check()
    task.let_go.set()
    assert task.thread is not None
    task.thread.join(WAIT_S)
    assert not task.thread.is_alive()
    assert task.came_back.is_set()


def test_a_task_that_fails_costs_itself_only(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("no")

    done = threading.Event()
    for _ in range(4):
        shop.do(fail)
    shop.do(done.set)
    assert done.wait(WAIT_S)
    shop.workers.check()
    assert (shop.lost, shop.workers.replaced) == ([], 0)


def test_a_worker_that_dies_while_all_is_ended_loses_nothing(shop: Shop) -> None:
    """Nobody else is left to do its task then."""
    task = Deadly()
    shop.do(task)
    task.wait_dead()
    assert shop.stop()
    assert task.done.is_set()


def test_what_cannot_be_handed_back_does_not_end_the_keeping(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop()

    def refuse(_task: object) -> None:
        raise ValueError("no")

    shop.workers._lost = refuse  # type: ignore[method-assign]
    shop.workers.start()
    first, second = Deadly(), Deadly()
    shop.do(first)
    first.wait_dead()
    shop.workers.check()
    shop.do(second)
    second.wait_dead()
    shop.workers.check()
    assert shop.workers.replaced == 2
    assert shop.stop()


def test_starting_twice_makes_no_further_threads(shop: Shop) -> None:
    before = threading.active_count()
    shop.workers.start()
    assert threading.active_count() == before


def test_stopped_workers_can_be_started_again(shop: Shop) -> None:
    assert shop.stop()
    assert not shop.workers.running
    while not shop.tasks.empty():
        shop.tasks.get()
    shop.workers.start()
    done = threading.Event()
    shop.do(done.set)
    assert done.wait(WAIT_S)


def test_a_task_that_outlasts_the_wait_is_told() -> None:
    shop = Shop(count=1)
    shop.workers.start()
    task = Hanging()
    shop.do(task)
    assert task.begun.wait(WAIT_S)
    assert not shop.workers.stop(0.0)
    task.let_go.set()
    shop.do(None)


def test_the_keeper_looks_by_itself() -> None:
    shop = Shop()
    shop.workers._params = WorkerParams(check_every_s=0.01)
    shop.workers.start()
    task = Deadly()
    shop.do(task)
    assert task.done.wait(WAIT_S)
    assert shop.stop()
