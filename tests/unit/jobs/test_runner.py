"""At least once, one run at a time, with waits that grow and an end."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes.clock import ManualClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import PARAMS

from core.domain.clock import AnchoredClock
from core.domain.errors import NotFound, ProviderFailed
from core.domain.job import JobState
from core.jobs.lease import Lease
from core.jobs.outbox import Outbox
from core.jobs.runner import JobParams, JobRunner
from core.storage.database import Database
from core.storage.jobs import JobRepo
from core.storage.records import JobRow

Promise = Callable[..., None]


@pytest.fixture
def promise(database: Database, outbox: Outbox) -> Promise:
    def promise(key: str = "k", kind: str = "x", **payload: object) -> None:
        with database.transaction() as tx:
            outbox.add(tx, kind, key, payload)

    return promise


@pytest.fixture
def job(database: Database) -> Callable[[], JobRow]:
    def job() -> JobRow:
        with database.reading() as tx:
            found = JobRepo(tx).find("k")
        assert found is not None
        return found

    return job


class Failing:
    """A handler that raises a number of times."""

    def __init__(self, error: BaseException, times: int = 1_000_000) -> None:
        self.error, self.left, self.calls = error, times, 0

    def __call__(self, payload: Mapping[str, Any]) -> None:
        self.calls += 1
        if self.left > 0:
            self.left -= 1
            raise self.error


def test_a_handler_is_given_the_payload(runner: JobRunner, promise: Promise) -> None:
    got: list[Mapping[str, Any]] = []
    runner.register("x", got.append)
    promise(attempt_id=7)
    runner.run_due()
    assert got == [{"attempt_id": 7}]


def test_a_job_that_is_done_is_not_run_again(runner: JobRunner, promise: Promise) -> None:
    runner.register("x", lambda payload: None)
    promise()
    assert [runner.run_due(), runner.run_due()] == [1, 0]


def test_an_unknown_kind_waits_for_its_handler(runner: JobRunner, promise: Promise) -> None:
    promise()
    assert runner.run_due() == 0
    runner.register("x", lambda payload: None)
    assert runner.run_due() == 1


def test_waits_grow_and_the_last_try_gives_up(
    runner: JobRunner, promise: Promise, clock: ManualClock, job: Callable[[], JobRow]
) -> None:
    failing = Failing(ProviderFailed("No answer."))
    runner.register("x", failing)
    promise()
    waits = []
    while job().state is not JobState.FAILED:
        begun = clock.now()
        runner.run_due()
        waits.append((job().due_at - begun).total_seconds())
        clock.tick(waits[-1])
    assert (waits[:2], failing.calls) == ([5.0, 10.0], PARAMS.max_tries)


def test_nothing_is_tried_again_before_its_time(runner: JobRunner, promise: Promise, clock: ManualClock) -> None:
    runner.register("x", Failing(ProviderFailed("No answer.")))
    promise()
    runner.run_due()
    clock.tick(4.9)
    assert runner.run_due() == 0


def test_a_job_that_fails_once_is_done_at_the_second_try(
    runner: JobRunner, promise: Promise, clock: ManualClock, job: Callable[[], JobRow]
) -> None:
    runner.register("x", Failing(ProviderFailed("No answer."), times=1))
    promise()
    runner.run_due()
    clock.tick(5)
    runner.run_due()
    assert (job().state, job().error) == (JobState.DONE, "")


def test_a_lasting_error_gives_up_at_once(runner: JobRunner, promise: Promise, job: Callable[[], JobRow]) -> None:
    runner.register("x", Failing(NotFound("It is gone.")))
    promise()
    runner.run_due()
    assert (job().state, job().error) == (JobState.FAILED, "NotFound: It is gone.")


def test_of_an_unexpected_error_only_the_type_is_kept(
    runner: JobRunner, promise: Promise, job: Callable[[], JobRow]
) -> None:
    runner.register("x", Failing(ValueError("could not convert 'what the candidate said'")))
    promise()
    runner.run_due()
    assert (job().state, job().error) == (JobState.WAITING, "ValueError")


def test_one_failing_job_does_not_hold_up_another(runner: JobRunner, promise: Promise) -> None:
    runner.register("x", Failing(ValueError()))
    runner.register("y", lambda payload: None)
    promise("k", "x")
    promise("other", "y")
    runner.run_due()
    assert runner.counts()[JobState.DONE] == 1


def test_a_job_whose_process_ended_is_run_again_after_its_lease(
    runner: JobRunner, promise: Promise, clock: ManualClock, job: Callable[[], JobRow]
) -> None:
    runner.register("x", Failing(SystemExit(), times=1))
    promise()
    with pytest.raises(SystemExit):
        runner.run_due()
    assert (job().state, runner.run_due()) == (JobState.RUNNING, 0)
    clock.tick(PARAMS.lease_s)
    runner.run_due()
    assert job().state is JobState.DONE


def test_a_job_that_ends_its_process_each_time_is_given_up(
    runner: JobRunner, promise: Promise, clock: ManualClock, job: Callable[[], JobRow]
) -> None:
    failing = Failing(SystemExit())
    runner.register("x", failing)
    promise()
    for _ in range(PARAMS.max_tries):
        with pytest.raises(SystemExit):
            runner.run_due()
        clock.tick(PARAMS.lease_s)
    runner.run_due()
    assert (job().state, failing.calls) == (JobState.FAILED, PARAMS.max_tries)


def test_a_start_takes_back_what_a_dead_process_held(
    database: Database, clock: ManualClock, runner: JobRunner, promise: Promise, job: Callable[[], JobRow]
) -> None:
    promise()
    dead = Lease(Lease.new().host, os.getpid(), "an earlier process", "r").name
    with database.transaction() as tx:
        JobRepo(tx).claim(("x",), dead, clock.now().replace(year=2030), clock.now())
    assert runner.take_back() == 1
    assert job().state is JobState.WAITING


def test_a_start_leaves_what_a_living_run_holds(
    database: Database, clock: ManualClock, runner: JobRunner, promise: Promise
) -> None:
    promise()
    with database.transaction() as tx:
        JobRepo(tx).claim(("x",), Lease.new().name, clock.now().replace(year=2030), clock.now())
    assert runner.take_back() == 0


def test_a_lease_is_renewed_while_the_handler_runs(
    runner: JobRunner, promise: Promise, clock: ManualClock, job: Callable[[], JobRow]
) -> None:
    seen: list[float] = []

    def handle(payload: object) -> None:
        clock.tick(40)
        runner.renew()
        until = job().leased_until
        assert until is not None
        seen.append((until - clock.now()).total_seconds())

    runner.register("x", handle)
    promise()
    runner.run_due()
    assert seen == [PARAMS.lease_s]


def test_a_run_that_lost_its_lease_does_not_end_the_job_of_another(
    database: Database, clock: ManualClock, runner: JobRunner, promise: Promise, job: Callable[[], JobRow]
) -> None:
    def too_long(payload: object) -> None:
        clock.tick(PARAMS.lease_s)
        with database.transaction() as tx:
            JobRepo(tx).claim(("x",), "another run", clock.now().replace(year=2030), clock.now())

    runner.register("x", too_long)
    promise()
    runner.run_due()
    assert (job().state, job().leased_to) == (JobState.RUNNING, "another run")


@pytest.fixture
def two_runners(database: Database, data_dir: Path) -> Iterator[list[JobRunner]]:
    """Two runners of their own on one file, as two processes would have."""
    second = Database("", data_dir)
    second.open()
    runners = [JobRunner(d, AnchoredClock(), JobParams(workers=2, poll_s=0.05)) for d in (database, second)]
    yield runners
    for runner in runners:
        assert runner.stop(30)
    second.close()


def test_two_runners_run_each_job_once_and_never_at_the_same_time(
    database: Database, two_runners: list[JobRunner]
) -> None:
    jobs, lock, done = 40, threading.Lock(), threading.Event()
    inside, runs, doubled = Counter[int](), Counter[int](), list[int]()

    def handle(payload: Mapping[str, Any]) -> None:
        number = payload["n"]
        with lock:
            inside[number] += 1
            if inside[number] > 1:
                doubled.append(number)
        with lock:
            inside[number] -= 1
            runs[number] += 1
            if len(runs) == jobs:
                done.set()

    for runner in two_runners:
        runner.register("x", handle)
        runner.start()
    for n in range(jobs):
        with database.transaction() as tx:
            Outbox(AnchoredClock(), two_runners[0].wake).add(tx, "x", f"k{n}", {"n": n})
    assert done.wait(60)
    assert (doubled, set(runs.values())) == ([], {1})


def test_a_started_runner_is_woken_by_a_promise(database: Database) -> None:
    ran = threading.Event()
    runner = JobRunner(database, AnchoredClock(), JobParams(poll_s=3600))
    runner.register("x", lambda payload: ran.set())
    runner.start()
    with database.transaction() as tx:
        Outbox(AnchoredClock(), runner.wake).add(tx, "x", "k", {})
    assert ran.wait(60)
    assert runner.stop(60)


def test_a_stop_waits_for_what_is_under_way_and_begins_nothing_more(database: Database) -> None:
    begun, go = threading.Event(), threading.Event()
    runner = JobRunner(database, AnchoredClock(), JobParams(workers=1))

    def handle(payload: object) -> None:
        begun.set()
        assert go.wait(60)

    runner.register("x", handle)
    with database.transaction() as tx:
        for n in range(2):
            Outbox(AnchoredClock(), runner.wake).add(tx, "x", f"k{n}", {})
    runner.start()
    assert begun.wait(60)
    assert not runner.stop(0.05)
    go.set()
    assert wait_for(lambda: runner.counts()[JobState.DONE] == 1)
    assert runner.counts()[JobState.WAITING] == 1


def test_what_fails_while_the_house_closes_is_tried_after_the_next_start(
    runner: JobRunner, promise: Promise, job: Callable[[], JobRow]
) -> None:
    def handle(payload: object) -> None:
        runner.stop(0)
        raise NotFound("The part it needs has stopped.")

    runner.register("x", handle)
    promise()
    runner._run(runner._claim())  # type: ignore[arg-type]
    assert job().state is JobState.WAITING


def test_without_workers_nothing_is_run_here(database: Database, clock: ManualClock) -> None:
    runner = JobRunner(database, clock, JobParams(workers=0))
    runner.register("x", lambda payload: None)
    runner.start()
    with database.transaction() as tx:
        Outbox(clock, runner.wake).add(tx, "x", "k", {})
    assert (runner.stop(), runner.counts()[JobState.WAITING]) == (True, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outcomes=st.lists(st.sampled_from(["ok", "again", "never", "crash"]), max_size=8))
def test_every_job_comes_to_an_end_whatever_its_handler_does(database: Database, outcomes: list[str]) -> None:
    clock = ManualClock()
    runner = JobRunner(database, clock, PARAMS)
    script, key = list(outcomes), os.urandom(8).hex()

    def handle(payload: object) -> None:
        what = script.pop(0) if script else "ok"
        if what != "ok":
            raise {"again": ProviderFailed("x"), "never": NotFound("x"), "crash": SystemExit()}[what]

    runner.register(key, handle)
    with database.transaction() as tx:
        Outbox(clock, runner.wake).add(tx, key, key, {})
    for _ in range(PARAMS.max_tries + 1):
        with suppress(SystemExit):
            runner.run_due()
        clock.tick(max(PARAMS.lease_s, PARAMS.backoff.cap_s))
    with database.reading() as tx:
        found = JobRepo(tx).find(key)
    assert found is not None
    early = outcomes[: PARAMS.max_tries]
    first_end = next((o for o in early if o in ("ok", "never")), "ok" if len(early) < PARAMS.max_tries else "never")
    assert found.state is (JobState.DONE if first_end == "ok" else JobState.FAILED)


def wait_for(condition: Callable[[], bool]) -> bool:
    pause = threading.Event()
    return any(condition() or pause.wait(0.02) for _ in range(3000))
