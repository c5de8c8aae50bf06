"""Where a recording belongs."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NUMBERS_A_PART = 10_000
"""Segments of the n-th part of an attempt, from 0, are numbered from n times this: what a restart has to write down of
an earlier part fits between."""


@dataclass(frozen=True, slots=True)
class RecordingTarget:
    """Where the words and the sound of one recording belong.

    Attributes:
        attempt_id: Attempt in the database; 0 in practice.
        path: File the sound is written to as it arrives; None keeps no sound (practice).
        started_at: When it began, UTC.
        first_number: Number of the first segment heard.
        offset_s: Seconds already recorded of this attempt.
    """

    attempt_id: int
    path: Path | None
    started_at: datetime
    first_number: int = 0
    offset_s: float = 0.0
