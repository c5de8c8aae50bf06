import pytest
from fakes.clock import ManualClock

from core.domain.errors import InvalidInput
from core.domain.job import JobState
from core.jobs.outbox import Outbox
from core.jobs.runner import JobRunner
from core.storage.database import Database
from core.storage.jobs import JobRepo


def test_the_same_work_is_promised_once(database: Database, outbox: Outbox) -> None:
    with database.transaction() as tx:
        assert [outbox.add(tx, "x", "k", {}) for _ in range(2)] == [True, False]


def test_a_promise_goes_with_its_transaction(database: Database, outbox: Outbox, runner: JobRunner) -> None:
    with pytest.raises(RuntimeError), database.transaction() as tx:
        outbox.add(tx, "x", "k", {})
        raise RuntimeError
    assert runner.counts()[JobState.WAITING] == 0


def test_a_promise_wakes_after_the_commit_and_not_before(database: Database, clock: ManualClock) -> None:
    seen: list[bool] = []

    def wake() -> None:
        with database.reading() as other:
            seen.append(JobRepo(other).find("k") is not None)

    with database.transaction() as tx:
        Outbox(clock, wake).add(tx, "x", "k", {})
    assert seen == [True]


def test_delayed_work_is_not_done_early(
    database: Database, outbox: Outbox, runner: JobRunner, clock: ManualClock
) -> None:
    runner.register("x", lambda payload: None)
    with database.transaction() as tx:
        outbox.add(tx, "x", "k", {}, delay_s=10)
    clock.tick(9.9)
    assert runner.run_due() == 0
    clock.tick(0.1)
    assert runner.run_due() == 1


def test_all_that_was_given_up_can_be_started_again(database: Database, outbox: Outbox, runner: JobRunner) -> None:
    fails = [True]

    def handle(payload: object) -> None:
        if fails[0]:
            raise InvalidInput("x", "No.")

    runner.register("x", handle)
    with database.transaction() as tx:
        for key in "ab":
            outbox.add(tx, "x", key, {})
    runner.run_due()
    assert runner.counts()[JobState.FAILED] == 2
    fails[0] = False
    with database.transaction() as tx:
        assert outbox.restart_all(tx) == 2
    runner.run_due()
    assert runner.counts()[JobState.DONE] == 2
