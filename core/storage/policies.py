"""Policies of the monitor as edited in this installation. Rows are only added; the latest of a name counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage.records import PolicyRow, record_of
from core.storage.watch_tables import PolicyEntry


class PolicyRepo:
    """Policies within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, name: str, data: Mapping[str, Any], at: datetime) -> int:
        """Store a version of a policy; returns its id. Empty ``data`` says that the name is not used any more."""
        row = PolicyEntry(name=name, data=dict(data), created_at=at)
        self._session.add(row)
        self._session.flush()
        return row.id

    def latest(self) -> list[PolicyRow]:
        """The version of each name that counts, by name."""
        newest = select(func.max(PolicyEntry.id)).group_by(PolicyEntry.name)
        rows = self._session.scalars(select(PolicyEntry).where(PolicyEntry.id.in_(newest)).order_by(PolicyEntry.name))
        return [record_of(PolicyRow, row) for row in rows]

    def versions(self, name: str) -> list[PolicyRow]:
        """All versions of a name, newest first."""
        wanted = select(PolicyEntry).where(PolicyEntry.name == name).order_by(PolicyEntry.id.desc())
        return [record_of(PolicyRow, row) for row in self._session.scalars(wanted)]
