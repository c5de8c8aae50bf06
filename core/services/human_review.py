"""Interviews the policy ended, and the person who must look at each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import InvalidInput
from core.domain.human_review import ENDED_BY_POLICY, REVIEW_DONE, REVIEW_DUE
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.records import LogRow

MAX_NOTE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class PolicyEnd:
    """An ending by policy.

    Attributes:
        at: When, UTC.
        policy: Name of the policy.
        reason: In plain words.
        count: How often the page had been left.
        warnings: How often that was warned about before.
        reviewed_at: When a person looked at it, UTC; None while that is due.
        reviewer: Who did.
        note: What they wrote.
    """

    at: datetime
    policy: str
    reason: str
    count: int
    warnings: int
    reviewed_at: datetime | None = None
    reviewer: str = ""
    note: str = ""


def policy_end(logs: Iterable[LogRow]) -> PolicyEnd | None:
    """How the policy ended an interview, from its log; None when it did not."""
    entries = list(logs)
    ended = next((entry for entry in entries if entry.kind == ENDED_BY_POLICY), None)
    if ended is None:
        return None
    done = [entry for entry in entries if entry.kind == REVIEW_DONE]
    told = ended.detail
    return PolicyEnd(
        ended.created_at,
        str(told.get("policy", "")),
        str(told.get("reason", "")),
        int(told.get("count", 0)),
        int(told.get("warnings", 0)),
        done[-1].created_at if done else None,
        str(done[-1].detail.get("reviewer", "")) if done else "",
        str(done[-1].detail.get("note", "")) if done else "",
    )


class HumanReviews:
    """Says that a person has looked. Safe to call from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def done(self, session_id: str, reviewer: str, note: str) -> None:
        """Write down that somebody looked at an interview the policy ended; each call is kept, the latest is shown.

        Raises:
            NotFound: Unknown interview.
            InvalidInput: No name or no note, a note that is too long, or nothing to review.
        """
        reviewer, note = " ".join(reviewer.split()), note.strip()
        if not reviewer:
            raise InvalidInput("reviewer", "Your name is missing.", "Write who has looked at this.")
        if not note:
            raise InvalidInput("note", "A sentence on what you found is missing.", "Write what was decided and why.")
        if len(note) > MAX_NOTE_CHARS:
            raise InvalidInput("note", f"The note is longer than {MAX_NOTE_CHARS:,} characters.", "Shorten it.")
        with self._database.transaction() as tx:
            InterviewRepo(tx).get(session_id)
            if not LogRepo(tx).count(session_id, (REVIEW_DUE,)):
                raise InvalidInput("review", "No review is due for this interview.", "Reload the page.")
            LogRepo(tx).add(session_id, REVIEW_DONE, {"reviewer": reviewer, "note": note}, self._clock.now())
