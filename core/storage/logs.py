"""The log of an interview: what happened, in order."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage.records import LogRow, record_of
from core.storage.tables import LogEntry


class LogRepo:
    """Log entries within one unit of work. Rows are only added. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, session_id: str, kind: str, detail: Mapping[str, Any], at: datetime) -> int:
        """Store an event; returns its id. Values JSON does not know are stored as their text."""
        row = LogEntry(session_id=session_id, kind=kind, detail=dict(detail), created_at=at)
        self._session.add(row)
        self._session.flush()
        return row.id

    def list(self, session_id: str, kinds: Iterable[str] = ()) -> list[LogRow]:
        """Events of the interview in the order they were stored, all kinds or only these."""
        wanted = select(LogEntry).where(LogEntry.session_id == session_id)
        if only := list(kinds):
            wanted = wanted.where(LogEntry.kind.in_(only))
        return [record_of(LogRow, row) for row in self._session.scalars(wanted.order_by(LogEntry.id))]

    def count(self, session_id: str, kinds: Iterable[str]) -> int:
        """How many events of these kinds the interview has."""
        wanted = select(func.count()).where(LogEntry.session_id == session_id, LogEntry.kind.in_(list(kinds)))
        return self._session.scalar(wanted) or 0
