"""Attempts at a question: drafts, what was heard, and the audio."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.transcript import CaptionQuality, FinalSegment, Gap, TranscriptSource
from core.storage.codec import decode, encode
from core.storage.records import AttemptRow, RecordingRow, record_of
from core.storage.tables import Attempt, Recording, Segment


class AttemptRepo:
    """Attempts within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_or_add(self, question_id: int, number: int, at: datetime) -> AttemptRow:
        """The attempt with this number (from 1), started at ``at`` if it is new."""
        wanted = select(Attempt).where(Attempt.question_id == question_id, Attempt.number == number)
        row = self._session.scalar(wanted)
        if row is None:
            row = Attempt(
                question_id=question_id, number=number, started_at=at, draft="", draft_edited=False, transcript=""
            )
            self._session.add(row)
            self._session.flush()
        return record_of(AttemptRow, row)

    def get(self, attempt_id: int) -> AttemptRow:
        """One attempt.

        Raises:
            NotFound: No attempt has this id.
        """
        return record_of(AttemptRow, self._row(attempt_id))

    def recorded_live(self) -> list[AttemptRow]:
        """Attempts that have a recording and whose transcript is still the live one, oldest first."""
        wanted = select(Attempt).where(
            Attempt.transcript_source == TranscriptSource.LIVE,
            select(Recording.id).where(Recording.attempt_id == Attempt.id).exists(),
        )
        return [record_of(AttemptRow, row) for row in self._session.scalars(wanted.order_by(Attempt.id))]

    def list(self, question_id: int) -> list[AttemptRow]:
        """All attempts at the question, in order."""
        order = select(Attempt).where(Attempt.question_id == question_id).order_by(Attempt.number)
        return [record_of(AttemptRow, row) for row in self._session.scalars(order)]

    def find(self, question_id: int, number: int) -> AttemptRow | None:
        """The attempt with this number, if it was begun."""
        found = select(Attempt).where(Attempt.question_id == question_id, Attempt.number == number)
        row = self._session.scalar(found)
        return None if row is None else record_of(AttemptRow, row)

    def latest_number(self, question_id: int) -> int:
        """Number of the newest attempt at a question, 0 when there is none."""
        return self._session.scalar(select(func.max(Attempt.number)).where(Attempt.question_id == question_id)) or 0

    def save_draft(self, attempt_id: int, text: str, edited: bool, captions_seen: int = 0) -> None:
        """Keep what stands in the answer box, so that a refresh or another device finds it.

        Raises:
            NotFound: No attempt has this id.
        """
        row = self._row(attempt_id)
        row.draft, row.draft_edited, row.draft_captions_seen = text, edited, captions_seen
        self._session.flush()

    def add_segment(self, attempt_id: int, segment: FinalSegment, at: datetime) -> bool:
        """Store a finished utterance and renew the attempt's transcript.

        Returns:
            True when stored; False when this number was stored before, which then stays as it is.

        Raises:
            NotFound: No attempt has this id.
        """
        attempt = self._row(attempt_id)
        known = self._segments(attempt_id, TranscriptSource.LIVE)
        if any(old.number == segment.number for old in known):
            return False
        self._session.add(_row_of(attempt_id, TranscriptSource.LIVE, segment, at))
        if attempt.transcript_source is TranscriptSource.LIVE:
            attempt.transcript = _join(sorted([*known, segment], key=lambda s: s.number))
        self._session.flush()
        return True

    def replace_transcript(
        self, attempt_id: int, segments: Sequence[FinalSegment], gaps: Sequence[Gap], at: datetime
    ) -> None:
        """Make what was decoded from the recording the transcript that counts; the live one is kept beside it.

        Doing it again replaces the earlier one.

        Raises:
            NotFound: No attempt has this id.
        """
        attempt = self._row(attempt_id)
        kind = TranscriptSource.RECORDING
        self._session.execute(delete(Segment).where(Segment.attempt_id == attempt_id, Segment.source == kind))
        self._session.add_all([_row_of(attempt_id, kind, segment, at) for segment in segments])
        attempt.transcript, attempt.transcript_source, attempt.gaps = _join(segments), kind, tuple(gaps)
        self._session.flush()

    def save_gaps(self, attempt_id: int, gaps: Sequence[Gap]) -> None:
        """Keep which spans of the sound cannot be read, and leave the transcript as it is.

        Raises:
            NotFound: No attempt has this id.
        """
        self._row(attempt_id).gaps = tuple(gaps)
        self._session.flush()

    def segments(self, attempt_id: int) -> tuple[FinalSegment, ...]:
        """Utterances of the transcript that counts, in order: of the recording once that was decoded, else live."""
        wanted = select(Attempt.transcript_source).where(Attempt.id == attempt_id)
        return self._segments(attempt_id, self._session.scalar(wanted) or TranscriptSource.LIVE)

    def live_segments(self, attempt_id: int) -> tuple[FinalSegment, ...]:
        """Utterances as heard while the candidate spoke, in order."""
        return self._segments(attempt_id, TranscriptSource.LIVE)

    def save_captions(self, attempt_id: int, quality: CaptionQuality) -> None:
        """Keep what the captions of an attempt were worth.

        Raises:
            NotFound: No attempt has this id.
        """
        self._row(attempt_id).captions = encode(quality)
        self._session.flush()

    def captions(self, attempt_id: int) -> CaptionQuality | None:
        """What :meth:`save_captions` kept; None when the attempt was not captioned.

        Raises:
            NotFound: No attempt has this id.
        """
        data = self._row(attempt_id).captions
        return decode(CaptionQuality, data) if data else None

    def _segments(self, attempt_id: int, source: TranscriptSource) -> tuple[FinalSegment, ...]:
        wanted = select(Segment).where(Segment.attempt_id == attempt_id, Segment.source == source)
        return tuple(record_of(FinalSegment, row) for row in self._session.scalars(wanted.order_by(Segment.number)))

    def end(self, attempt_id: int, at: datetime) -> None:
        """Remember when the attempt ended; the first call counts.

        Raises:
            NotFound: No attempt has this id.
        """
        row = self._row(attempt_id)
        row.ended_at = row.ended_at or at
        self._session.flush()

    def add_recording(
        self,
        attempt_id: int,
        part: int,
        blob_key: str,
        duration_s: float,
        samples: int,
        sha256: str,
        started_at: datetime,
    ) -> RecordingRow:
        """Store one part of the audio. The same ``blob_key`` again replaces its figures (a repaired file)."""
        row = self._session.scalar(select(Recording).where(Recording.blob_key == blob_key))
        if row is None:
            row = Recording(attempt_id=attempt_id, blob_key=blob_key)
            self._session.add(row)
        row.part, row.duration_s, row.samples, row.sha256, row.started_at = (
            part, duration_s, samples, sha256, started_at,
        )  # fmt: skip
        self._session.flush()
        return record_of(RecordingRow, row)

    def recordings(self, attempt_id: int) -> tuple[RecordingRow, ...]:
        """All parts of the attempt's audio, in order."""
        order = select(Recording).where(Recording.attempt_id == attempt_id).order_by(Recording.part, Recording.id)
        return tuple(record_of(RecordingRow, row) for row in self._session.scalars(order))

    def _row(self, attempt_id: int) -> Attempt:
        row = self._session.get(Attempt, attempt_id, populate_existing=True, with_for_update=True)
        if row is None:
            raise NotFound("This attempt does not exist.", "Reload the page.")
        return row


def _row_of(attempt_id: int, source: TranscriptSource, segment: FinalSegment, at: datetime) -> Segment:
    return Segment(
        attempt_id=attempt_id,
        source=source,
        number=segment.number,
        text=segment.text,
        start_s=segment.start_s,
        end_s=segment.end_s,
        confidence=segment.confidence,
        engine=segment.engine,
        words=segment.words,
        created_at=at,
    )


def _join(segments: Sequence[FinalSegment]) -> str:
    return " ".join(s.text for s in segments if s.text)
