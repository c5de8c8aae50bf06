"""The recruiter's desk: find interviews, read one, take it away as a ZIP."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from core.domain.errors import NotFound
from core.domain.interview import Consent
from core.domain.transcript import FinalSegment
from core.services.recordings import RecordingStore
from core.services.redecoding import EVENT as DECODED_AGAIN
from core.services.redecoding import FROM_LIVE
from core.storage.attempts import AttemptRepo
from core.storage.blobs import BlobStore
from core.storage.consents import ConsentRepo
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.people import CandidateRepo
from core.storage.questions import QuestionRepo
from core.storage.records import (
    AttemptRow,
    CandidateListing,
    CandidateRow,
    FlagRow,
    InterviewRow,
    LogRow,
    QuestionRow,
    RecordingRow,
    SnapshotRow,
)
from core.storage.watch import FlagRepo, SnapshotRepo


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

    def is_from_live(self, segment: FinalSegment) -> bool:
        """Whether this was taken from the live words because the recording has a gap there."""
        return segment.engine.endswith(FROM_LIVE)

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
class InterviewFile:
    """Everything known of one interview."""

    candidate: CandidateRow
    interview: InterviewRow
    questions: list[QuestionFile]
    consents: list[Consent]
    logs: list[LogRow]
    flags: list[FlagRow]
    snapshots: list[SnapshotRow]


class DeskService:
    """Reads for recruiters. Safe to call from any thread."""

    def __init__(self, database: Database, blobs: BlobStore, recordings: RecordingStore) -> None:
        self._database = database
        self._blobs = blobs
        self._recordings = recordings

    def search(self, text: str = "", limit: int = 50, offset: int = 0) -> tuple[list[CandidateListing], int]:
        """Interviews, newest first, whose name, e-mail, subject or id contains ``text``; and how many in all."""
        with self._database.reading() as tx:
            return CandidateRepo(tx).search(text, limit, offset), CandidateRepo(tx).count(text)

    def open_file(self, session_id: str) -> InterviewFile:
        """Everything of one interview.

        Raises:
            NotFound: Unknown session.
        """
        with self._database.reading() as tx:
            interview = InterviewRepo(tx).get(session_id)
            attempts, logs = AttemptRepo(tx), LogRepo(tx).list(session_id)
            notes = _notes(logs)
            questions = [
                QuestionFile(q, [_attempt_file(attempts, a, notes) for a in attempts.list(q.id)])
                for q in QuestionRepo(tx).list(session_id)
            ]
            return InterviewFile(
                candidate=CandidateRepo(tx).by_session(session_id),
                interview=interview,
                questions=questions,
                consents=ConsentRepo(tx).list(session_id),
                logs=logs,
                flags=FlagRepo(tx).list(session_id),
                snapshots=SnapshotRepo(tx).list(session_id),
            )

    def picture(self, blob_key: str) -> bytes | None:
        """A stored picture, or None when it is gone."""
        try:
            return self._blobs.get(blob_key)
        except NotFound:
            return None

    def sound(self, attempt_id: int) -> bytes | None:
        """An attempt's sound as FLAC, or None when there is none or it is gone."""
        try:
            return self._recordings.sound(attempt_id)
        except NotFound:
            return None

    def package(self, session_id: str) -> bytes:
        """A ZIP with ``interview.json``, transcripts as text, recordings and snapshots.

        Missing media are named in ``missing.txt`` rather than left out silently.
        """
        file = self.open_file(session_id)
        out, missing = io.BytesIO(), []
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("interview.json", json.dumps(_as_json(file), indent=2, ensure_ascii=False, default=_plain))
            archive.writestr("transcript.txt", transcript_text(file))
            keys = [r.blob_key for q in file.questions for a in q.attempts for r in a.recordings]
            for key in keys + [s.blob_key for s in file.snapshots]:
                try:
                    archive.writestr(key.split("/", 1)[1], self._blobs.get(key))
                except NotFound:
                    missing.append(key)
            if missing:
                archive.writestr("missing.txt", "\n".join(missing) + "\n")
        return out.getvalue()


def transcript_text(file: InterviewFile) -> str:
    """Questions and answers as plain text."""
    lines: list[str] = []
    for q in file.questions:
        answer = q.question.answer if q.question.submitted_at else "(not answered)"
        lines += [f"Question {q.question.position + 1}: {q.question.question}", "", answer or "(empty)", ""]
        for gap in q.attempts[-1].attempt.gaps if q.attempts else ():
            lines += [f"[{gap.start_s:.1f} s to {gap.end_s:.1f} s of the recording: {gap.reason}]", ""]
        lines.append("")
    return "\n".join(lines)


def _attempt_file(attempts: AttemptRepo, attempt: AttemptRow, notes: Mapping[int, str]) -> AttemptFile:
    return AttemptFile(
        attempt,
        attempts.segments(attempt.id),
        attempts.recordings(attempt.id),
        attempts.live_segments(attempt.id),
        notes.get(attempt.id, ""),
    )


def _notes(logs: Sequence[LogRow]) -> dict[int, str]:
    """By attempt, what the latest decoding from the recording has to say."""
    entries = [entry.detail for entry in logs if entry.kind == DECODED_AGAIN]
    return {int(detail["attempt_id"]): str(detail.get("reason", "")) for detail in entries}


def _as_json(file: InterviewFile) -> dict[str, object]:
    data = asdict(file)
    data["interview"].pop("token_hash", None)  # opens the interview
    return data


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
