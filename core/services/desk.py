"""The recruiter's desk: find interviews, read one, take it away as a ZIP."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.domain.delivery import DeliveryFigures
from core.domain.errors import NotFound
from core.domain.interview import Consent
from core.domain.sound import SOUND_UNITS
from core.domain.transcript import CaptionQuality, FinalSegment
from core.services.delivery import DeliveryService
from core.services.recordings import RecordingStore
from core.services.redecoding import EVENT as DECODED_AGAIN
from core.services.redecoding import FROM_LIVE
from core.services.sound_record import sound_alerts
from core.speech.board import FAILED
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

_THEIR_OWN = ("candidate", "consents", "questions", "sound_alerts")


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

    def __init__(
        self, database: Database, blobs: BlobStore, recordings: RecordingStore, delivery: DeliveryService
    ) -> None:
        self._database = database
        self._delivery = delivery
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

        The JSON holds for each attempt its segments with word times and engine, gaps, caption quality and delivery
        figures (null where there are none, or must not be), and the sound alerts of the interview.
        Missing media are named in ``missing.txt`` rather than left out silently.

        Raises:
            NotFound: Unknown session.
        """
        file = self.open_file(session_id)
        out, missing = io.BytesIO(), []
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("interview.json", _dump(_as_json(file, self._figures(file))))
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

    def own_copy(self, session_id: str) -> bytes:
        """What is known of a candidate, as JSON for that candidate: no token, nothing a reviewer wrote.

        Raises:
            NotFound: Unknown session.
        """
        file = self.open_file(session_id)
        data = _as_json(file, self._figures(file))
        return _dump({key: data[key] for key in _THEIR_OWN}).encode()

    def _figures(self, file: InterviewFile) -> dict[int, DeliveryFigures | None]:
        ids = [a.attempt.id for q in file.questions for a in q.attempts]
        return {attempt_id: self._delivery.figures(attempt_id) for attempt_id in ids}


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
        attempts.captions(attempt.id),
    )


def _notes(logs: Sequence[LogRow]) -> dict[int, str]:
    """By attempt, what the latest decoding from the recording has to say."""
    entries = [entry.detail for entry in logs if entry.kind == DECODED_AGAIN]
    return {int(detail["attempt_id"]): str(detail.get("reason", "")) for detail in entries}


def _as_json(file: InterviewFile, figures: Mapping[int, DeliveryFigures | None]) -> dict[str, Any]:
    data: dict[str, Any] = asdict(file)
    data["interview"].pop("token_hash", None)  # opens the interview
    data["sound_alerts"] = [asdict(alert) | {"unit": SOUND_UNITS[alert.kind]} for alert in sound_alerts(file.logs)]
    for attempt in (attempt for question in data["questions"] for attempt in question["attempts"]):
        found = figures[attempt["attempt"]["id"]]
        attempt["delivery"] = None if found is None else asdict(found)
    return data


def _dump(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
