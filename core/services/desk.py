"""The recruiter's desk: find interviews, read one, take it away as a ZIP."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from core.domain.delivery import DeliveryFigures
from core.domain.errors import NotFound
from core.services.delivery import DeliveryService
from core.services.flag_review import FlagReviewService
from core.services.flag_sound import FlagClip, FlagSound
from core.services.health_report import read_health
from core.services.interview_file import AttemptFile, InterviewFile, QuestionFile
from core.services.interview_json import as_json, dump, own_json, transcript_text
from core.services.recordings import RecordingStore
from core.services.redecoding import EVENT as DECODED_AGAIN
from core.storage.attempts import AttemptRepo
from core.storage.blobs import BlobStore
from core.storage.consents import ConsentRepo
from core.storage.database import Database
from core.storage.flag_reviews import FlagReviewRepo
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.people import CandidateRepo
from core.storage.questions import QuestionRepo
from core.storage.records import AttemptRow, CandidateListing, FlagRow, LogRow
from core.storage.watch import FlagRepo, SnapshotRepo


class DeskService:
    """Reads for recruiters. Safe to call from any thread."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        recordings: RecordingStore,
        delivery: DeliveryService,
        reviews: FlagReviewService,
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._reviews = reviews
        self._flag_sound = FlagSound(recordings)
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
                reviews=FlagReviewRepo(tx).reviews(session_id),
                comments=FlagReviewRepo(tx).comments(session_id),
                health=read_health(tx, session_id),
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

    def is_heard(self, file: InterviewFile, flag: FlagRow) -> bool:
        """Whether any of a flag's time was recorded; cheap."""
        return self._flag_sound.is_recorded(file, flag)

    def flag_sound(self, file: InterviewFile, flag: FlagRow) -> FlagClip | None:
        """The sound recorded while a flag lasted, with a margin; None when there was none."""
        return self._flag_sound.cut(file, flag)

    def package(self, session_id: str) -> bytes:
        """A ZIP with ``interview.json``, transcripts as text, recordings and snapshots.

        The JSON holds for each attempt its segments with word times and engine, gaps, caption quality and delivery
        figures (null where there are none, or must not be), the sound alerts of the interview, each flag with its
        severity, evidence, decisions and comments, and the integrity score with its arithmetic.
        Missing media are named in ``missing.txt`` rather than left out silently.

        Raises:
            NotFound: Unknown session.
        """
        file = self.open_file(session_id)
        out, missing = io.BytesIO(), []
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "interview.json",
                dump(as_json(file, self._figures(file), self._reviews.integrity(session_id, file.health))),
            )
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

        Flags come with their comments and whether a person set them aside.

        Raises:
            NotFound: Unknown session.
        """
        file = self.open_file(session_id)
        return dump(own_json(file, self._figures(file))).encode()

    def _figures(self, file: InterviewFile) -> dict[int, DeliveryFigures | None]:
        ids = [a.attempt.id for q in file.questions for a in q.attempts]
        return {attempt_id: self._delivery.figures(attempt_id) for attempt_id in ids}


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
