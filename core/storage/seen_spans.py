"""When each source of the monitor was seeing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain.health import MonitorSource, Span
from core.storage.tables import Interview
from core.storage.watch_tables import SeenSpanEntry


@dataclass(frozen=True, slots=True)
class SeenSpan:
    """A span as it is now. ``id`` is None until it was stored once."""

    id: int | None
    session_id: str
    source: MonitorSource
    span: Span


class SeenSpanRepo:
    """Spans seen within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def write(self, spans: Sequence[SeenSpan]) -> list[int | None]:
        """Store new spans and draw known ones out.

        A span of an interview that is not there, or no longer, is left out: one deleted interview must not keep the
        spans of the others from being written.

        Returns:
            The id of each span, in order; None for one that was left out.
        """
        there = self._there({item.session_id for item in spans})
        return [self._write(item) if item.session_id in there else None for item in spans]

    def list(self, session_id: str) -> list[SeenSpan]:
        """All spans of the interview, by beginning. Those of one source may overlap when two processes wrote them."""
        wanted = select(SeenSpanEntry).where(SeenSpanEntry.session_id == session_id)
        rows = self._session.scalars(wanted.order_by(SeenSpanEntry.started_at, SeenSpanEntry.id))
        return [SeenSpan(r.id, r.session_id, r.source, Span(r.started_at, r.ended_at)) for r in rows]

    def _there(self, session_ids: Iterable[str]) -> set[str]:
        return set(self._session.scalars(select(Interview.session_id).where(Interview.session_id.in_(session_ids))))

    def _write(self, item: SeenSpan) -> int:
        times = {"started_at": item.span.started_at, "ended_at": item.span.ended_at}
        if item.id is not None:
            wanted = update(SeenSpanEntry).where(SeenSpanEntry.id == item.id).values(times)
            if self._session.execute(wanted.returning(SeenSpanEntry.id)).first() is not None:
                return item.id
        # New, or the database was put back to an earlier state meanwhile.
        row = SeenSpanEntry(session_id=item.session_id, source=item.source, **times)
        self._session.add(row)
        self._session.flush()
        return row.id
