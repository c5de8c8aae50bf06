"""Invite links made by the recruiter."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain.interview import InterviewPlan
from core.storage.codec import decode, encode
from core.storage.records import InviteRow
from core.storage.tables import Invite


class InviteRepo:
    """Invites within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, plan: InterviewPlan, token_hash: str, at: datetime, deadline_at: datetime | None = None) -> InviteRow:
        """Store a new invite; its subject is the plan's."""
        row = Invite(
            subject=plan.subject, plan=encode(plan), token_hash=token_hash, deadline_at=deadline_at, created_at=at
        )
        self._session.add(row)
        self._session.flush()
        return _record(row)

    def by_token_hash(self, token_hash: str) -> InviteRow | None:
        """The invite a link stands for, used or not."""
        row = self._session.scalar(select(Invite).where(Invite.token_hash == token_hash))
        return None if row is None else _record(row)

    def use(self, invite_id: int, session_id: str) -> bool:
        """Bind the invite to an interview.

        Returns:
            True for the first interview only; False when the link was used before or does not exist.
        """
        done = self._session.execute(
            update(Invite)
            .where(Invite.id == invite_id, Invite.session_id.is_(None))
            .values(session_id=session_id)
            .returning(Invite.id)
        ).first()
        return done is not None

    def list(self, limit: int = 100, offset: int = 0) -> list[InviteRow]:
        """Invites, newest first."""
        order = select(Invite).order_by(Invite.created_at.desc(), Invite.id.desc()).limit(limit).offset(offset)
        return [_record(row) for row in self._session.scalars(order)]


def _record(row: Invite) -> InviteRow:
    return InviteRow(
        id=row.id,
        subject=row.subject,
        plan=decode(InterviewPlan, row.plan),
        deadline_at=row.deadline_at,
        token_hash=row.token_hash,
        created_at=row.created_at,
        session_id=row.session_id,
    )
