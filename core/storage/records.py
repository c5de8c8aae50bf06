"""What repositories hand out: frozen values, safe to keep and to pass between threads after the session is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from core.domain.flow import FlowState, Phase
from core.domain.interview import AnswerEnding, AnswerMode, InterviewPlan
from core.domain.job import JobState
from core.domain.policy import Severity
from core.domain.transcript import Gap, TranscriptSource
from core.domain.watch import FlagKind

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


def record_of(kind: type[R], row: object) -> R:
    """Copy the columns of a table row that ``kind`` has as fields. All datetimes are aware, UTC."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """Who is interviewed."""

    id: int
    name: str
    email: str
    subject: str
    session_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of a policy; empty ``data`` where the name is not used any more."""

    id: int
    name: str
    data: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CandidateListing:
    """A line of the recruiter's list."""

    candidate: CandidateRow
    phase: Phase
    completed_at: datetime | None
    questions: int
    answered: int
    flags: int
    review_due: bool = False
    """The policy ended the interview and nobody has looked at it yet."""


@dataclass(frozen=True, slots=True)
class InterviewRow:
    """One interview. ``version`` is what ``InterviewRepo.save_state`` compares."""

    session_id: str
    plan: InterviewPlan
    state: FlowState
    version: int
    token_hash: str
    token_revoked_at: datetime | None
    question_source: str
    deadline_at: datetime | None
    created_at: datetime
    completed_at: datetime | None
    invite_id: int | None


@dataclass(frozen=True, slots=True)
class InviteRow:
    """An invite link; ``session_id`` is the interview it was used for."""

    id: int
    subject: str
    plan: InterviewPlan
    deadline_at: datetime | None
    token_hash: str
    created_at: datetime
    session_id: str | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question as put, and its answer once ``submitted_at`` is set."""

    id: int
    session_id: str
    position: int
    question: str
    answer: str | None
    is_followup: bool
    created_at: datetime
    subject: str
    bank_id: str
    difficulty: int
    asked_at: datetime | None
    submitted_at: datetime | None
    ending: AnswerEnding | None
    edited: bool
    mode: AnswerMode | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try at a question. ``transcript`` is its segments joined, ``draft`` what stands in the answer box.

    Segments numbered below ``draft_captions_seen`` are in the draft already.
    """

    id: int
    question_id: int
    number: int
    started_at: datetime
    ended_at: datetime | None
    draft: str
    draft_edited: bool
    draft_captions_seen: int
    transcript: str
    transcript_source: TranscriptSource
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A piece of an attempt's audio. ``samples`` at 16 kHz mono unless the blob says otherwise."""

    id: int
    attempt_id: int
    part: int
    blob_key: str
    duration_s: float
    samples: int
    sha256: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A picture kept as evidence; None faces means nobody counted."""

    id: int
    session_id: str
    taken_at: datetime
    reason: str
    blob_key: str
    faces: int | None


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A claim of the monitor; open while ``ended_at`` is None. ``strength`` 0 to 1."""

    id: int
    session_id: str
    kind: FlagKind
    started_at: datetime
    ended_at: datetime | None
    strength: float
    reason: str
    snapshot_id: int | None
    created_at: datetime
    severity: Severity
    evidence: list[int]
    """Ids of the snapshots that show it."""
    health: dict[str, str]
    """How well the monitor saw meanwhile, in plain words by name."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """Something that happened; ``detail`` is plain JSON."""

    id: int
    session_id: str
    kind: str
    detail: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SeatRow:
    """Who holds the interview, and when that page last gave a sign."""

    session_id: str
    seat_id: str
    taken_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class JobRow:
    """Promised work. ``leased_to`` names the one run that holds it; ``tries`` counts runs begun, this one too."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    state: JobState
    tries: int
    due_at: datetime
    leased_until: datetime | None
    leased_to: str
    error: str
    created_at: datetime
    finished_at: datetime | None
