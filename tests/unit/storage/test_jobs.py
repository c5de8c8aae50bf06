"""The outbox's rows: queued once, leased to one run, given up, started again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.errors import NotFound
from core.domain.job import JobState
from core.storage.database import Database, Transaction
from core.storage.jobs import JobRepo, after_commit
from core.storage.records import JobRow

S = timedelta(seconds=1)


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as tx:
        yield tx


@pytest.fixture
def jobs(tx: Transaction) -> JobRepo:
    return JobRepo(tx)


def claimed(jobs: JobRepo, now: datetime, lease: str = "a", kinds: tuple[str, ...] = ("x",)) -> JobRow | None:
    return jobs.claim(kinds, lease, now + 60 * S, now)


@pytest.fixture
def running(jobs: JobRepo, now: datetime) -> JobRow:
    jobs.add("x", "k", {"id": 7}, now, now)
    job = claimed(jobs, now)
    assert job is not None
    return job


def test_a_job_comes_back_as_it_was_queued(jobs: JobRepo, now: datetime) -> None:
    jobs.add("x", "k", {"id": 7}, now + S, now)
    job = jobs.find("k")
    assert job is not None
    assert (job.kind, job.payload, job.state, job.due_at, job.tries) == ("x", {"id": 7}, JobState.WAITING, now + S, 0)


def test_the_same_key_is_queued_once(jobs: JobRepo, now: datetime) -> None:
    assert [jobs.add("x", "k", {"id": n}, now, now) for n in range(2)] == [True, False]
    assert jobs.counts()[JobState.WAITING] == 1


def test_a_key_that_is_done_is_not_queued_again(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    jobs.finish(running.id, "a", now)
    assert not jobs.add("x", "k", {}, now, now)


def test_a_job_goes_with_a_transaction_that_is_rolled_back(database: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError), database.transaction() as tx:
        JobRepo(tx).add("x", "k", {}, now, now)
        raise RuntimeError
    with database.reading() as tx:
        assert JobRepo(tx).find("k") is None


def test_a_known_key_leaves_the_rest_of_the_transaction_alone(database: Database, now: datetime) -> None:
    with database.transaction() as tx:
        JobRepo(tx).add("x", "k", {}, now, now)
    with database.transaction() as tx:
        JobRepo(tx).add("x", "other", {}, now, now)
        JobRepo(tx).add("x", "k", {}, now, now)
    with database.reading() as tx:
        assert JobRepo(tx).find("other") is not None


def test_the_longest_due_is_claimed_first(jobs: JobRepo, now: datetime) -> None:
    jobs.add("x", "late", {}, now - S, now)
    jobs.add("x", "later", {}, now, now)
    jobs.add("x", "first", {}, now - 2 * S, now)
    got = [claimed(jobs, now, lease) for lease in "abc"]
    assert [job.key for job in got if job] == ["first", "late", "later"]


def test_a_job_not_yet_due_is_left(jobs: JobRepo, now: datetime) -> None:
    jobs.add("x", "k", {}, now + S, now)
    assert claimed(jobs, now) is None


def test_a_job_of_another_kind_is_left(jobs: JobRepo, now: datetime) -> None:
    jobs.add("y", "k", {}, now, now)
    assert claimed(jobs, now) is None


def test_nobody_without_a_handler_gets_a_job(jobs: JobRepo, now: datetime) -> None:
    jobs.add("x", "k", {}, now, now)
    assert claimed(jobs, now, kinds=()) is None


def test_a_claim_counts_a_try(running: JobRow) -> None:
    assert (running.state, running.tries, running.leased_to) == (JobState.RUNNING, 1, "a")


def test_a_leased_job_is_not_claimed_again(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    assert claimed(jobs, now + 59 * S, "b") is None


def test_a_job_whose_lease_ran_out_is_claimed_again(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    again = claimed(jobs, now + 60 * S, "b")
    assert again is not None and (again.id, again.tries, again.leased_to) == (running.id, 2, "b")


def test_a_renewed_lease_holds_longer(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    assert jobs.renew(running.id, "a", now + 120 * S)
    assert claimed(jobs, now + 60 * S, "b") is None


@pytest.mark.parametrize("change", ["renew", "finish", "retry", "give_up", "release"])
def test_a_run_that_lost_its_lease_changes_nothing(jobs: JobRepo, running: JobRow, now: datetime, change: str) -> None:
    claimed(jobs, now + 60 * S, "b")
    before = jobs.get(running.id)
    more = ("error",) if change in ("retry", "give_up") else ()
    assert not getattr(jobs, change)(running.id, "a", now, *more)
    assert jobs.get(running.id) == before


def test_a_finished_job_is_done(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    assert jobs.finish(running.id, "a", now + S)
    job = jobs.get(running.id)
    assert (job.state, job.finished_at, job.leased_to) == (JobState.DONE, now + S, "")


def test_a_job_to_be_tried_again_waits_with_its_error(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    jobs.retry(running.id, "a", now + 5 * S, "ProviderFailed")
    job = jobs.get(running.id)
    assert (job.state, job.due_at, job.error, job.tries) == (JobState.WAITING, now + 5 * S, "ProviderFailed", 1)


def test_a_job_given_up_is_not_claimed(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    jobs.give_up(running.id, "a", now, "NotFound")
    assert claimed(jobs, now + 1000 * S, "b") is None


def test_a_job_given_up_can_be_started_again_with_all_its_tries(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    jobs.give_up(running.id, "a", now, "NotFound")
    assert jobs.restart("k", now + S)
    job = jobs.get(running.id)
    assert (job.state, job.tries, job.due_at, job.finished_at) == (JobState.WAITING, 0, now + S, None)


@pytest.mark.parametrize("end", ["finish", "nothing"])
def test_only_a_job_given_up_can_be_started_again(jobs: JobRepo, running: JobRow, now: datetime, end: str) -> None:
    if end == "finish":
        jobs.finish(running.id, "a", now)
    assert not jobs.restart("k", now)


def test_a_job_that_is_let_go_is_due_at_once(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    jobs.release(running.id, "a", now)
    again = claimed(jobs, now, "b")
    assert again is not None and again.tries == 2


def test_states_are_counted(jobs: JobRepo, running: JobRow, now: datetime) -> None:
    jobs.add("y", "other", {}, now, now)
    assert jobs.counts() == {
        JobState.WAITING: 1, JobState.RUNNING: 1, JobState.DONE: 0, JobState.FAILED: 0,
    }  # fmt: skip


def test_the_next_time_is_that_of_the_first_due_or_lease_that_ends(
    jobs: JobRepo, running: JobRow, now: datetime
) -> None:
    assert jobs.next_at(("x",)) == now + 60 * S
    jobs.add("x", "sooner", {}, now + 7 * S, now)
    assert jobs.next_at(("x",)) == now + 7 * S
    assert jobs.next_at(("y",)) is None


def test_an_unknown_job_is_not_found(jobs: JobRepo) -> None:
    with pytest.raises(NotFound):
        jobs.get(1)


def test_a_commit_is_told(database: Database) -> None:
    told: list[int] = []
    with database.transaction() as tx:
        after_commit(tx, lambda: told.append(1))
        assert told == []
    assert told


def test_a_rollback_is_not_told(database: Database) -> None:
    told: list[int] = []
    with pytest.raises(RuntimeError), database.transaction() as tx:
        after_commit(tx, lambda: told.append(1))
        raise RuntimeError
    assert told == []


WHAT = st.sampled_from(["add", "claim", "renew", "finish", "retry", "give_up"])
STEPS = st.lists(st.tuples(WHAT, st.integers(0, 3), st.integers(0, 90)), max_size=40)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_job_is_ever_held_by_two_runs_nor_lost(database: Database, now: datetime, steps: list) -> None:
    with database.transaction() as tx:
        jobs, at, held, added = JobRepo(tx), now, dict[str, tuple[JobRow, datetime]](), 0
        for n, (step, which, seconds) in enumerate(steps):
            at += seconds * S
            lease = f"lease-{which}"
            if step == "add":
                added += jobs.add("x", f"k{which}", {}, at, at)
            elif step == "claim" and lease not in held:
                job = jobs.claim(("x",), lease, at + 60 * S, at)
                if job is not None:
                    assert all(j.id != job.id or until <= at for j, until in held.values()), n
                    held = {k: v for k, v in held.items() if v[0].id != job.id} | {lease: (job, at + 60 * S)}
            elif lease in held:
                job = held[lease][0]
                if step == "renew":
                    assert jobs.renew(job.id, lease, at + 60 * S)
                    held[lease] = job, at + 60 * S
                elif step in ("finish", "retry", "give_up"):
                    more = () if step == "finish" else ("why",)
                    assert getattr(jobs, step)(job.id, lease, at, *more)
                    del held[lease]
        assert sum(jobs.counts().values()) == added
        assert jobs.counts()[JobState.RUNNING] == len(held)
        tx.rollback()
