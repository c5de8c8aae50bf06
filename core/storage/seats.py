"""Seats: which page holds an interview. One at a time."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from core.storage.records import SeatRow, record_of
from core.storage.tables import Seat


class SeatRepo:
    """Seats within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, session_id: str) -> SeatRow | None:
        """Who holds the interview; whether ``seen_at`` is too old is for the caller to say."""
        row = self._session.get(Seat, session_id, populate_existing=True)
        return None if row is None else record_of(SeatRow, row)

    def take(self, session_id: str, seat_id: str, now: datetime) -> SeatRow:
        """Hand the interview to this page, whoever held it."""
        row = self._session.get(Seat, session_id, populate_existing=True, with_for_update=True)
        if row is None:
            row = Seat(session_id=session_id)
            self._session.add(row)
        row.seat_id, row.taken_at, row.seen_at = seat_id, now, now
        self._session.flush()
        return record_of(SeatRow, row)

    def touch(self, session_id: str, seat_id: str, now: datetime) -> bool:
        """Give a sign of life.

        Returns:
            True while the seat is still this page's, False when another took it or none holds it.
        """
        ours = self._session.execute(
            update(Seat)
            .where(Seat.session_id == session_id, Seat.seat_id == seat_id)
            .values(seen_at=now)
            .returning(Seat.session_id)
        ).first()
        return ours is not None

    def release(self, session_id: str, seat_id: str) -> None:
        """Leave the seat, if it is this page's."""
        self._session.execute(delete(Seat).where(Seat.session_id == session_id, Seat.seat_id == seat_id))
