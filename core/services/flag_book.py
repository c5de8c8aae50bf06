"""Where every flag is written down, whoever raised it: camera, sound or page."""

import logging
from datetime import datetime, timedelta

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.watch import Flag
from core.proctoring.policy import policy_of
from core.storage.database import Database, Transaction
from core.storage.interviews import InterviewRepo
from core.storage.watch import FlagRepo, SnapshotRepo

_LOG = logging.getLogger(__name__)

MAX_EVIDENCE = 8
"""Pictures linked to one flag; of more, an even choice."""
_MARGIN = timedelta(seconds=1)


class FlagBook:
    """Flags of all interviews. Safe to call from any thread.

    A full disk or a locked database must not stop a monitor: failures are logged and nothing is raised.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(self, session_id: str, flag: Flag, snapshot_id: int | None = None) -> int | None:
        """Write a claim down.

        Args:
            session_id: The interview.
            flag: Open, or with its end when it is over already.
            snapshot_id: The picture of the moment it was settled.

        Returns:
            The id to close it by; None when this interview does without such flags, or the database refused.
        """
        try:
            with self._database.transaction() as tx:
                return self.add(tx, session_id, flag, snapshot_id)
        except InterviewError as error:
            _LOG.error("a flag could not be stored: %s", type(error).__name__)
            return None

    def add(self, tx: Transaction, session_id: str, flag: Flag, snapshot_id: int | None = None) -> int | None:
        """As ``open``, within the caller's transaction; storage errors are the caller's."""
        plan = InterviewRepo(tx).get(session_id).plan
        if flag.kind.value in plan.rules_off:
            return None
        flags = FlagRepo(tx)
        flag_id = flags.open(
            session_id,
            flag.kind,
            flag.started_at,
            flag.strength,
            flag.reason,
            self._clock.now(),
            snapshot_id,
            severity=policy_of(plan).severity_of(flag.kind),
            health=flag.health,
        )
        if flag.ended_at is not None:
            flags.close(flag_id, flag.ended_at, flag.strength)
        return flag_id

    def close(self, session_id: str, flag_id: int, flag: Flag) -> bool:
        """Complete a claim with its end, strength, last sentence and the pictures that show it.

        Returns:
            False when the database refused; the same call may be made again.
        """
        if flag.ended_at is None:
            return True
        try:
            with self._database.transaction() as tx:
                seen = _pictures(tx, session_id, flag.started_at, flag.ended_at)
                FlagRepo(tx).close(
                    flag_id, flag.ended_at, flag.strength, flag.reason, evidence=seen, health=flag.health
                )
        except InterviewError as error:
            _LOG.error("a flag could not be completed: %s", type(error).__name__)
            return not error.retryable
        return True


def _pictures(tx: Transaction, session_id: str, started_at: datetime, ended_at: datetime) -> list[int]:
    """Ids of the snapshots taken in a span, first to last."""
    ids = [shot.id for shot in SnapshotRepo(tx).list(session_id) if started_at - _MARGIN <= shot.taken_at <= ended_at]
    if len(ids) <= MAX_EVIDENCE:
        return ids
    return [ids[round(n * (len(ids) - 1) / (MAX_EVIDENCE - 1))] for n in range(MAX_EVIDENCE)]
