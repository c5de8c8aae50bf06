"""The jobs' outbox: work promised in the transaction that made it necessary, leased to one runner at a time."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, event, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.job import JobState
from core.storage.records import JobRow, record_of
from core.storage.tables import Job


class JobRepo:
    """Jobs within one unit of work. Belongs to the thread of its session.

    Every change by a runner compares the lease it was given first: a run that lost its lease changes nothing.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, kind: str, key: str, payload: Mapping[str, Any], due_at: datetime, at: datetime) -> bool:
        """Queue a job with the caller's transaction.

        Args:
            kind: Names its handler.
            key: Names the work; the same key is queued once, ever.
            payload: Plain JSON: ids, no words of a candidate.
            due_at: Not to be begun before, UTC.
            at: Now, UTC.

        Returns:
            True when queued, False when the key was known.
        """
        if self.find(key) is not None:
            return False
        try:
            with self._session.begin_nested():  # somebody may have added it since; only this insert is undone then
                self._session.execute(
                    insert(Job).values(
                        kind=kind, key=key, payload=dict(payload), state=JobState.WAITING, tries=0, due_at=due_at,
                        leased_to="", error="", created_at=at,
                    )
                )  # fmt: skip
        except IntegrityError:
            return False
        return True

    def get(self, job_id: int) -> JobRow:
        """One job.

        Raises:
            NotFound: No job has this id.
        """
        row = self._session.get(Job, job_id, populate_existing=True)
        if row is None:
            raise NotFound("This job does not exist.")
        return record_of(JobRow, row)

    def find(self, key: str) -> JobRow | None:
        """The job of this key, if it was ever queued."""
        row = self._session.scalar(select(Job).where(Job.key == key).execution_options(populate_existing=True))
        return None if row is None else record_of(JobRow, row)

    def list(self, state: JobState, limit: int = 100) -> list[JobRow]:
        """Jobs in a state, the one due first at the head."""
        wanted = select(Job).where(Job.state == state).order_by(Job.due_at, Job.id).limit(limit)
        return [record_of(JobRow, row) for row in self._session.scalars(wanted)]

    def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        found = self._session.execute(select(Job.state, func.count()).group_by(Job.state))
        counts = dict.fromkeys(JobState, 0)
        counts.update((state, count) for state, count in found)
        return counts

    def next_at(self, kinds: Collection[str]) -> datetime | None:
        """When the next job of these kinds can be claimed, by its due time or the end of its lease; None: none is."""
        of_kind = Job.kind.in_(list(kinds))
        waiting = select(func.min(Job.due_at)).where(of_kind, Job.state == JobState.WAITING)
        leased = select(func.min(Job.leased_until)).where(of_kind, Job.state == JobState.RUNNING)
        times = [at for at in (self._session.scalar(waiting), self._session.scalar(leased)) if at is not None]
        return min(times, default=None)

    def claim(self, kinds: Collection[str], lease: str, until: datetime, now: datetime) -> JobRow | None:
        """Lease the job that is longest due; one whose lease has run out counts as due.

        Args:
            kinds: Kinds the caller has handlers for; others are left alone.
            lease: Unique name of this run; later calls prove with it that the job is still theirs.
            until: End of the lease, UTC.
            now: Now, UTC.

        Returns:
            The job with ``tries`` one higher, or None when nothing is due.
        """
        if not kinds:
            return None
        due = or_(
            and_(Job.state == JobState.WAITING, Job.due_at <= now),
            and_(Job.state == JobState.RUNNING, Job.leased_until <= now),
        )
        # SKIP LOCKED is for PostgreSQL; on SQLite the transaction itself keeps other writers out.
        wanted = select(Job).where(Job.kind.in_(list(kinds)), due).order_by(Job.due_at, Job.id).limit(1)
        row = self._session.scalar(wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True))
        if row is None:
            return None
        seen = and_(Job.id == row.id, Job.state == row.state, Job.leased_to == row.leased_to, Job.tries == row.tries)
        values = {"state": JobState.RUNNING, "leased_to": lease, "leased_until": until, "tries": row.tries + 1}
        return self.get(row.id) if self._change(seen, values) else None

    def renew(self, job_id: int, lease: str, until: datetime) -> bool:
        """Hold a job for longer; False when the lease is lost."""
        return self._change(_held(job_id, lease), {"leased_until": until})

    def finish(self, job_id: int, lease: str, at: datetime) -> bool:
        """The job is done; False when the lease was lost."""
        return self._let_go(job_id, lease, {"state": JobState.DONE, "finished_at": at, "error": ""})

    def retry(self, job_id: int, lease: str, due_at: datetime, error: str) -> bool:
        """Put it back for a later try; False when the lease was lost. ``error`` holds no words of a candidate."""
        return self._let_go(job_id, lease, {"state": JobState.WAITING, "due_at": due_at, "error": error})

    def give_up(self, job_id: int, lease: str, at: datetime, error: str) -> bool:
        """No further try; False when the lease was lost. ``error`` holds no words of a candidate."""
        return self._let_go(job_id, lease, {"state": JobState.FAILED, "finished_at": at, "error": error})

    def release(self, job_id: int, lease: str, at: datetime) -> bool:
        """Take a job back from a run that is known to be gone; the try it began still counts."""
        return self._let_go(job_id, lease, {"state": JobState.WAITING, "due_at": at})

    def restart(self, key: str, at: datetime) -> bool:
        """Give a given-up job all its tries again; False when it is not given up."""
        failed = and_(Job.key == key, Job.state == JobState.FAILED)
        return self._change(failed, {"state": JobState.WAITING, "tries": 0, "due_at": at, "finished_at": None})

    def _let_go(self, job_id: int, lease: str, values: Mapping[str, Any]) -> bool:
        return self._change(_held(job_id, lease), {"leased_to": "", "leased_until": None, **values})

    def _change(self, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        statement = update(Job).where(which).values(dict(values)).returning(Job.id)
        return self._session.execute(statement.execution_options(synchronize_session=False)).first() is not None


def _held(job_id: int, lease: str) -> ColumnElement[bool]:
    return and_(Job.id == job_id, Job.state == JobState.RUNNING, Job.leased_to == lease)


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Call this, on the committing thread, when the unit of work is committed; perhaps once too often, so be quick."""
    event.listen(session, "after_commit", lambda _session: call())
