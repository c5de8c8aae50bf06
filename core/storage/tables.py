"""The tables. Used inside this folder only; what leaves it are the frozen records of ``records.py``."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.flow import Phase
from core.domain.interview import AnswerEnding, AnswerMode, ConsentKind
from core.domain.job import JobState
from core.domain.transcript import Gap, TranscriptSource, Word
from core.storage.base import Base, session_fk
from core.storage.columns import GapList, WordList


class Invite(Base):
    """A link made by the recruiter; ``session_id`` is set once it was used."""

    __tablename__ = "invites"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    plan: Mapped[dict[str, Any]]
    deadline_at: Mapped[datetime | None]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    session_id: Mapped[str | None] = mapped_column(unique=True)


class Interview(Base):
    """One interview: its rules and where it stands. ``version`` counts state changes (compare-and-set)."""

    __tablename__ = "interviews"
    session_id: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[dict[str, Any]]
    state: Mapped[dict[str, Any]]
    phase: Mapped[Phase] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(unique=True)
    token_revoked_at: Mapped[datetime | None]
    question_source: Mapped[str] = mapped_column(default="")
    deadline_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    invite_id: Mapped[int | None] = mapped_column(ForeignKey("invites.id", ondelete="SET NULL"))


class Candidate(Base):
    """Who is interviewed. The key to the interview is checked at commit, so either row may be added first."""

    __tablename__ = "candidates"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    session_id: Mapped[str] = mapped_column(
        ForeignKey("interviews.session_id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"), unique=True
    )
    created_at: Mapped[datetime] = mapped_column(index=True)


class QuestionEntry(Base):
    """A question as put, and the committed answer."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("session_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = session_fk()
    position: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str | None]
    is_followup: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    subject: Mapped[str]
    bank_id: Mapped[str] = mapped_column(default="")
    difficulty: Mapped[int]
    asked_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    ending: Mapped[AnswerEnding | None]
    edited: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[AnswerMode | None]


class Attempt(Base):
    """One try at a question: what is being written, and what was heard."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("question_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    number: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    draft: Mapped[str] = mapped_column(default="")
    draft_edited: Mapped[bool] = mapped_column(default=False)
    draft_captions_seen: Mapped[int] = mapped_column(default=0)
    transcript: Mapped[str] = mapped_column(default="")
    transcript_source: Mapped[TranscriptSource] = mapped_column(default=TranscriptSource.LIVE)
    gaps: Mapped[tuple[Gap, ...]] = mapped_column(GapList(), default=())
    captions: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Segment(Base):
    """A finished utterance within an attempt; the live ones stay when the recording was decoded once more."""

    __tablename__ = "segments"
    __table_args__ = (UniqueConstraint("attempt_id", "source", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    source: Mapped[TranscriptSource] = mapped_column(default=TranscriptSource.LIVE)
    number: Mapped[int]
    text: Mapped[str]
    start_s: Mapped[float]
    end_s: Mapped[float]
    confidence: Mapped[float | None]
    engine: Mapped[str] = mapped_column(default="")
    words: Mapped[tuple[Word, ...]] = mapped_column(WordList(), default=())
    created_at: Mapped[datetime]


class Delivery(Base):
    """How an attempt was spoken: measured figures with their units, as JSON. Descriptive only."""

    __tablename__ = "deliveries"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Job(Base):
    """Work promised in the transaction that made it necessary, and done by ``core.jobs`` at least once.

    ``key`` names the work: the same work is queued once. No foreign key: a job may outlive what it was about.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "state", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    leased_to: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Recording(Base):
    """A piece of an attempt's audio; a reconnect starts a new part."""

    __tablename__ = "recordings"
    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), index=True)
    part: Mapped[int]
    blob_key: Mapped[str] = mapped_column(unique=True)
    duration_s: Mapped[float]
    samples: Mapped[int]
    sha256: Mapped[str]
    started_at: Mapped[datetime]


class ConsentEntry(Base):
    """One item agreed to or declined. Rows are only added; the latest of a kind counts."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = session_fk()
    kind: Mapped[ConsentKind]
    granted: Mapped[bool]
    text: Mapped[str]
    version: Mapped[str]
    created_at: Mapped[datetime]


class LogEntry(Base):
    """Something that happened. No key to interviews: events of the installation (session '') are kept here too."""

    __tablename__ = "logs"
    __table_args__ = (Index(None, "session_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str]
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Seat(Base):
    """The one live page of an interview."""

    __tablename__ = "seats"
    session_id: Mapped[str] = mapped_column(ForeignKey("interviews.session_id", ondelete="CASCADE"), primary_key=True)
    seat_id: Mapped[str]
    taken_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Fact(Base):
    """A small fact of this installation."""

    __tablename__ = "facts"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
