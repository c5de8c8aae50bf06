"""One interview as a recruiter or its candidate reads it: everything stored of it, together."""

from dataclasses import dataclass, field

from core.domain.health import HealthReport
from core.domain.interview import Consent
from core.domain.review import FlagComment, FlagReview, Verdict
from core.domain.transcript import CaptionQuality, FinalSegment
from core.services.redecoding import FROM_LIVE
from core.speech.board import FAILED
from core.storage.records import (
    AttemptRow,
    CandidateRow,
    FlagRow,
    InterviewRow,
    LogRow,
    QuestionRow,
    RecordingRow,
    SnapshotRow,
)


@dataclass(frozen=True, slots=True)
class AttemptFile:
    """One attempt with its words and sound."""

    attempt: AttemptRow
    segments: tuple[FinalSegment, ...]
    recordings: tuple[RecordingRow, ...]
    live_segments: tuple[FinalSegment, ...] = ()
    """As heard while the candidate spoke; the same as ``segments`` until the recording was decoded once more."""
    note: str = ""
    """Why the transcript decoded from the recording does not count; empty when it does, or is still to come."""
    captions: CaptionQuality | None = None
    """What the captions were worth while it was spoken; None when there were none."""

    def is_from_live(self, segment: FinalSegment) -> bool:
        """Whether this was taken from the live words because the recording has a gap there."""
        return segment.engine.endswith(FROM_LIVE)

    def is_unheard(self, segment: FinalSegment) -> bool:
        """Whether this is speech that no engine could write down."""
        return segment.engine.startswith(FAILED) and not segment.text

    @property
    def recorded_s(self) -> float:
        """Seconds of sound."""
        return sum(r.duration_s for r in self.recordings)


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """One question with all its attempts; the last attempt is the answer."""

    question: QuestionRow
    attempts: list[AttemptFile]


@dataclass(frozen=True, slots=True)
class FlagFile:
    """One flag with what people said of it.

    Attributes:
        flag: The claim.
        reviews: All decisions, oldest first.
        comment: What the candidate says, with the latest words; None when nothing, or it was taken back.
    """

    flag: FlagRow
    reviews: tuple[FlagReview, ...] = ()
    comment: FlagComment | None = None

    @property
    def verdict(self) -> Verdict:
        """The decision that counts."""
        return self.reviews[-1].verdict if self.reviews else Verdict.OPEN


@dataclass(frozen=True, slots=True)
class InterviewFile:
    """Everything known of one interview."""

    candidate: CandidateRow
    interview: InterviewRow
    questions: list[QuestionFile]
    consents: list[Consent]
    logs: list[LogRow]
    flags: list[FlagRow]
    snapshots: list[SnapshotRow]
    reviews: list[FlagReview] = field(default_factory=list)
    """Decisions on flags, oldest first."""
    comments: list[FlagComment] = field(default_factory=list)
    """The candidate's comments on flags, oldest first."""
    health: HealthReport = field(default_factory=lambda: HealthReport((), (), recorded=False))
    """When the monitor saw, and when it did not."""

    def flag_files(self) -> list[FlagFile]:
        """Each flag with its decisions and the comment that counts, oldest flag first."""
        latest = {comment.flag_id: comment for comment in self.comments}
        return [
            FlagFile(
                flag,
                tuple(review for review in self.reviews if review.flag_id == flag.id),
                comment if (comment := latest.get(flag.id)) and comment.text else None,
            )
            for flag in self.flags
        ]
