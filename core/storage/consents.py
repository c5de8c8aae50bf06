"""Consents, with the very words that were shown."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.interview import Consent, ConsentKind
from core.storage.tables import ConsentEntry


class ConsentRepo:
    """Consents within one unit of work. Rows are only added. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, session_id: str, consent: Consent) -> None:
        """Store one item agreed to or declined."""
        self._session.add(
            ConsentEntry(
                session_id=session_id,
                kind=consent.kind,
                granted=consent.granted,
                text=consent.text,
                version=consent.version,
                created_at=consent.at,
            )
        )
        self._session.flush()

    def list(self, session_id: str) -> list[Consent]:
        """Everything decided in this interview, oldest first."""
        order = select(ConsentEntry).where(ConsentEntry.session_id == session_id).order_by(ConsentEntry.id)
        rows = self._session.scalars(order)
        return [Consent(row.kind, row.granted, row.text, row.version, row.created_at) for row in rows]

    def granted(self, session_id: str, kind: ConsentKind) -> bool:
        """The latest decision on this item; False when none was made."""
        latest = self.latest(session_id, kind)
        return latest is not None and latest.granted

    def latest(self, session_id: str, kind: ConsentKind) -> Consent | None:
        """The latest decision on this item, with the words and the version it was made on; None when none was made."""
        decided = [consent for consent in self.list(session_id) if consent.kind is kind]
        return decided[-1] if decided else None
