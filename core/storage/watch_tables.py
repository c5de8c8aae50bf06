"""The tables of what was seen: pictures, flags, what people said of them, and when the monitor saw at all."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.health import MonitorSource
from core.domain.policy import Severity
from core.domain.review import Verdict
from core.domain.watch import FlagKind
from core.storage.base import Base, session_fk
from core.storage.columns import IdList


class SnapshotEntry(Base):
    """A picture kept as evidence; the JPEG is a blob."""

    __tablename__ = "snapshots"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = session_fk()
    taken_at: Mapped[datetime]
    reason: Mapped[str]
    blob_key: Mapped[str]
    faces: Mapped[int | None]


class FlagEntry(Base):
    """A claim of the monitor; open while ``ended_at`` is null."""

    __tablename__ = "flags"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = session_fk()
    kind: Mapped[FlagKind]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    strength: Mapped[float]
    reason: Mapped[str]
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshots.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    severity: Mapped[Severity] = mapped_column(default=Severity.MEDIUM)
    evidence: Mapped[list[int]] = mapped_column(IdList(), default=list)
    health: Mapped[dict[str, Any]] = mapped_column(default=dict)


class FlagReviewEntry(Base):
    """A reviewer's word on a flag. Rows are only added; the latest of a flag counts."""

    __tablename__ = "flag_reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[Verdict]
    note: Mapped[str] = mapped_column(default="")
    reviewer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class FlagCommentEntry(Base):
    """What the candidate says about a flag. Rows are only added; the latest of a flag counts."""

    __tablename__ = "flag_comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    created_at: Mapped[datetime]


class SeenSpanEntry(Base):
    """A span in which a source was seeing, drawn out by heartbeats: a killed process leaves it as long as it was."""

    __tablename__ = "seen_spans"
    __table_args__ = (Index(None, "session_id", "source"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("interviews.session_id", ondelete="CASCADE"))
    source: Mapped[MonitorSource]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class PolicyEntry(Base):
    """A monitor's policy as edited here. Rows are only added; the latest of a name counts."""

    __tablename__ = "policies"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
