"""What the monitor saw: snapshots and flags."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.policy import Severity
from core.domain.watch import FlagKind
from core.storage.records import FlagRow, SnapshotRow, record_of
from core.storage.watch_tables import FlagEntry, SnapshotEntry


class SnapshotRepo:
    """Snapshots within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, session_id: str, taken_at: datetime, reason: str, blob_key: str, faces: int | None) -> int:
        """Store where a picture is kept; returns its id."""
        row = SnapshotEntry(session_id=session_id, taken_at=taken_at, reason=reason, blob_key=blob_key, faces=faces)
        self._session.add(row)
        self._session.flush()
        return row.id

    def list(self, session_id: str) -> list[SnapshotRow]:
        """All snapshots of the interview, oldest first."""
        wanted = select(SnapshotEntry).where(SnapshotEntry.session_id == session_id)
        rows = self._session.scalars(wanted.order_by(SnapshotEntry.taken_at, SnapshotEntry.id))
        return [record_of(SnapshotRow, row) for row in rows]


class FlagRepo:
    """Flags within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(
        self,
        session_id: str,
        kind: FlagKind,
        started_at: datetime,
        strength: float,
        reason: str,
        at: datetime,
        snapshot_id: int | None = None,
        *,
        severity: Severity = Severity.MEDIUM,
        health: Mapping[str, str] | None = None,
    ) -> int:
        """Store a claim that lasts.

        Args:
            session_id: The interview.
            kind: What is claimed.
            started_at: When the condition began, UTC.
            strength: Share of frames that show it so far, 0 to 1.
            reason: One plain sentence.
            at: When it was noticed, UTC.
            snapshot_id: The picture of the moment it was settled.
            severity: By the interview's policy.
            health: How well the monitor saw, in plain words by name.

        Returns:
            The id to close it by.
        """
        row = FlagEntry(
            session_id=session_id,
            kind=kind,
            started_at=started_at,
            strength=strength,
            reason=reason,
            snapshot_id=snapshot_id,
            created_at=at,
            severity=severity,
            evidence=[] if snapshot_id is None else [snapshot_id],
            health=dict(health or {}),
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def close(
        self,
        flag_id: int,
        ended_at: datetime,
        strength: float,
        reason: str = "",
        *,
        evidence: Sequence[int] = (),
        health: Mapping[str, str] | None = None,
    ) -> None:
        """End a claim, with the sentence that now says how long it lasted; a second call changes nothing.

        Args:
            flag_id: From ``open``.
            ended_at: UTC.
            strength: Share of what was measured in the whole span that shows it, 0 to 1.
            reason: One plain sentence; empty leaves what is there.
            evidence: Ids of all snapshots that show it; empty leaves what is there.
            health: How well the monitor saw; None leaves what is there.

        Raises:
            NotFound: No flag has this id.
        """
        row = self._session.get(FlagEntry, flag_id, populate_existing=True)
        if row is None:
            raise NotFound("This flag does not exist.")
        if row.ended_at is None:
            row.ended_at, row.strength = ended_at, strength
            row.reason = reason or row.reason
            row.evidence = list(evidence) or row.evidence
            row.health = row.health if health is None else dict(health)
            self._session.flush()

    def close_all(self, session_id: str, ended_at: datetime) -> int:
        """End every claim still open (the interview ended, or the server was killed); returns how many.

        None ends before it began, whatever the last sign of its page.
        """
        opened_later = FlagEntry.started_at > ended_at
        ended = self._session.scalars(
            update(FlagEntry)
            .where(FlagEntry.session_id == session_id, FlagEntry.ended_at.is_(None))
            .values(ended_at=case((opened_later, FlagEntry.started_at), else_=ended_at))
            .returning(FlagEntry.id)
        )
        return len(ended.all())

    def list(self, session_id: str) -> list[FlagRow]:
        """All flags of the interview, oldest first."""
        wanted = select(FlagEntry).where(FlagEntry.session_id == session_id)
        rows = self._session.scalars(wanted.order_by(FlagEntry.started_at, FlagEntry.id))
        return [record_of(FlagRow, row) for row in rows]
