"""What people say of flags, and the integrity score that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.clock import Clock
from core.domain.errors import InvalidInput, NotFound
from core.domain.health import HealthReport
from core.domain.integrity import FlagSpan, IntegrityReport
from core.domain.review import FlagComment, FlagReview, Verdict
from core.proctoring.integrity import IntegrityParams, score_integrity
from core.services.health_report import read_health
from core.storage.database import Database
from core.storage.flag_reviews import FlagReviewRepo
from core.storage.logs import LogRepo
from core.storage.watch import FlagRepo

REVIEWED, COMMENTED = "flag_reviewed", "flag_commented"
"""Kinds of log line; they name the flag by id and hold nothing anybody wrote."""


@dataclass(frozen=True, slots=True)
class ReviewLimits:
    """How much people may write about a flag."""

    max_comment_chars: int = 2000
    """Of a candidate's comment."""
    max_note_chars: int = 2000
    """Of a reviewer's note."""
    max_name_chars: int = 80
    """Of a reviewer's name."""


class FlagReviewService:
    """Decisions on flags, comments on them, and the score. Safe to call from any thread.

    Args:
        database: Where flags, decisions and comments are.
        clock: Gives the time of each.
        params: Knobs of the score.
        limits: How much people may write.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        params: IntegrityParams | None = None,
        limits: ReviewLimits | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._params = params or IntegrityParams()
        self.limits = limits or ReviewLimits()

    def decide(self, flag_id: int, verdict: Verdict, note: str, reviewer: str) -> FlagReview:
        """Confirm or dismiss a flag, or take that back with ``Verdict.OPEN``.

        Args:
            flag_id: The flag.
            verdict: What the reviewer says.
            note: Why; may be empty.
            reviewer: Who says so.

        Raises:
            InvalidInput: No name, or a name or note that is too long.
            NotFound: No flag has this id.
        """
        note, reviewer = note.strip(), " ".join(reviewer.split())
        if not reviewer:
            raise InvalidInput("reviewer", "Your name is missing.", "Type it above; it is kept with each decision.")
        _check_length("reviewer", "name", reviewer, self.limits.max_name_chars)
        _check_length("note", "note", note, self.limits.max_note_chars)
        now = self._clock.now()
        with self._database.transaction() as tx:
            repo = FlagReviewRepo(tx)
            session_id = repo.session_of(flag_id)
            review_id = repo.decide(flag_id, verdict, note, reviewer, now)
            detail = {"flag_id": flag_id, "review_id": review_id, "verdict": verdict.value}
            LogRepo(tx).add(session_id, REVIEWED, detail, now)
        return FlagReview(flag_id, verdict, note, reviewer, now)

    def comment(self, session_id: str, flag_id: int, text: str) -> FlagComment:
        """Keep what the candidate says of a flag in place of what was said before; empty takes it back.

        Raises:
            InvalidInput: Too long.
            NotFound: This interview has no such flag.
        """
        text = text.strip()
        _check_length("comment", "comment", text, self.limits.max_comment_chars)
        now = self._clock.now()
        with self._database.transaction() as tx:
            repo = FlagReviewRepo(tx)
            if repo.session_of(flag_id) != session_id:
                raise NotFound("This flag does not exist.", "Reload the page.")
            comment_id = repo.comment(flag_id, text, now)
            LogRepo(tx).add(session_id, COMMENTED, {"flag_id": flag_id, "comment_id": comment_id}, now)
        return FlagComment(flag_id, text, now)

    def reviews(self, session_id: str) -> list[FlagReview]:
        """All decisions on an interview's flags, oldest first; the latest of a flag counts."""
        with self._database.reading() as tx:
            return FlagReviewRepo(tx).reviews(session_id)

    def integrity(self, session_id: str, health: HealthReport | None = None) -> IntegrityReport:
        """The score as it stands after the decisions made so far.

        Args:
            session_id: The interview.
            health: When its monitor saw, where that is at hand already; else it is read.

        Raises:
            NotFound: Unknown interview.
        """
        with self._database.reading() as tx:
            health = health or read_health(tx, session_id)
            flags, reviews = FlagRepo(tx).list(session_id), FlagReviewRepo(tx).reviews(session_id)
        spans = [FlagSpan(f.id, f.kind, f.severity, f.started_at, f.ended_at) for f in flags]
        return score_integrity(spans, dismissed_of(reviews), health, self._params)


def dismissed_of(reviews: Sequence[FlagReview]) -> set[int]:
    """Ids of the flags whose latest decision is that they do not count. Oldest decision first."""
    latest = {review.flag_id: review.verdict for review in reviews}
    return {flag_id for flag_id, verdict in latest.items() if verdict is Verdict.DISMISSED}


def _check_length(field: str, name: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InvalidInput(
            field, f"The {name} is too long: {len(text):,} characters.", f"Shorten it to {limit:,} or less."
        )
