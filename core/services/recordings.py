"""Sound of the answers: from the file written live to the blob store, and back."""

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.domain.errors import InterviewError, NotFound
from core.domain.transcript import Gap
from core.media.audio import SAMPLE_RATE, Samples
from core.media.encoding import encode_flac
from core.media.recorder import load_pcm
from core.media.salvage import salvage_flac
from core.services.promises import Promises
from core.storage.attempts import AttemptRepo
from core.storage.blobs import BlobStore
from core.storage.database import Database
from core.storage.questions import QuestionRepo
from core.storage.records import RecordingRow

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"[^.]+\.\d{1,18}\.\d{1,9}\.\d{1,15}\.pcm")
MISSING = "This part of the recording is missing from the store."
DAMAGED = "The recording is damaged here and cannot be read."


@dataclass(frozen=True, slots=True)
class PartSound:
    """One part of an attempt's sound, as far as it can be read.

    Attributes:
        samples: int16, mono, 16 kHz, shape (n,); silence where it cannot be read.
        gaps: What cannot be read; times from the start of the part.
    """

    samples: Samples
    gaps: tuple[Gap, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing of it can be read."""
        return sum(round((g.end_s - g.start_s) * SAMPLE_RATE) for g in self.gaps) >= self.samples.size


class RecordingStore:
    """Keeps recordings. While an answer runs its sound is a raw file in the spool; afterwards a FLAC blob.

    The spool's file names carry everything needed to file them after a crash:
    ``session.attempt.part.started-ms.pcm``. Safe to call from any thread.
    """

    def __init__(self, database: Database, blobs: BlobStore, spool: Path, promises: Promises) -> None:
        self._database = database
        self._blobs = blobs
        self._spool = spool
        self._promises = promises

    def new_path(self, session_id: str, attempt_id: int, started_at: datetime) -> Path:
        """Where the next part of an attempt is written."""
        started_ms = int(started_at.timestamp() * 1000)
        part = self.next_part(session_id, attempt_id)
        return self._spool / f"{session_id}.{attempt_id}.{part}.{started_ms}.pcm"

    def next_part(self, session_id: str, attempt_id: int) -> int:
        """Number of the next part of an attempt; counts parts filed and parts still in the spool."""
        with self._database.reading() as tx:
            filed = len(AttemptRepo(tx).recordings(attempt_id))
        return filed + len(list(self._spool.glob(f"{session_id}.{attempt_id}.*.pcm")))

    def file(self, path: Path) -> bool:
        """Move a closed sound file into the blob store.

        The raw file goes only after the row is committed. When the store refuses (full disk, locked database)
        the file stays in the spool and is filed at the next start: an answer never waits for its sound. So does a
        file whose interview is not in the database (a new one was begun): its numbers may be somebody else's there.

        Returns:
            Whether it was filed.
        """
        session_id, attempt_id, part, started_ms, _ = path.name.split(".")
        try:
            samples = load_pcm(path)
            if len(samples):
                self._check_owner(session_id, int(attempt_id))
                started_at = datetime.fromtimestamp(int(started_ms) / 1000, UTC)
                self.add(session_id, int(attempt_id), int(part), samples, started_at)
            path.unlink(missing_ok=True)
        except (InterviewError, OSError) as error:
            _LOG.error("a recording stays in the spool: %s", type(error).__name__)
            return False
        return True

    def recover(self) -> int:
        """File what a killed process left behind; to be called at start, before any room is open.

        Returns:
            How many files were filed.
        """
        return sum(self.file(path) for path in sorted(self._spool.glob("*.pcm")) if _NAME.fullmatch(path.name))

    def add(self, session_id: str, attempt_id: int, part: int, samples: Samples, started_at: datetime) -> None:
        """Store one part of an attempt's sound, int16 mono 16 kHz, as FLAC.

        Sound filed after the answer was submitted has it decoded once more: the transcript is that of all parts.

        Raises:
            StorageUnavailable: Nothing was stored.
        """
        key = f"{session_id}/recordings/{attempt_id}-{part}.flac"
        sha256 = self._blobs.put(key, encode_flac(samples))
        with self._database.transaction() as tx:
            AttemptRepo(tx).add_recording(
                attempt_id,
                part=part,
                blob_key=key,
                duration_s=len(samples) / SAMPLE_RATE,
                samples=len(samples),
                sha256=sha256,
                started_at=started_at,
            )
            if AttemptRepo(tx).get(attempt_id).ended_at is not None:
                self._promises.redecode(tx, attempt_id)

    def _check_owner(self, session_id: str, attempt_id: int) -> None:
        with self._database.reading() as tx:
            question = QuestionRepo(tx).get(AttemptRepo(tx).get(attempt_id).question_id)
        if question.session_id != session_id:
            raise NotFound("This recording belongs to no interview in the database.")

    def load(self, part: RecordingRow) -> PartSound:
        """One part as samples; what is missing, truncated or damaged is a marked gap, never an error.

        Raises:
            StorageUnavailable: The store could not be reached.
        """
        try:
            data, reason = self._blobs.get(part.blob_key), DAMAGED
        except NotFound:
            data, reason = b"", MISSING
        found = salvage_flac(data, part.samples)
        return PartSound(
            found.samples, tuple(Gap(start / SAMPLE_RATE, end / SAMPLE_RATE, reason) for start, end in found.holes)
        )

    def sound(self, attempt_id: int) -> bytes | None:
        """Everything recorded of one attempt, as one FLAC file, 16 kHz mono; None when nothing was.

        What cannot be read is silence, so that times stay right.

        Raises:
            NotFound: All of it is gone from the store, or damaged.
        """
        with self._database.reading() as tx:
            parts = AttemptRepo(tx).recordings(attempt_id)
        if not parts:
            return None
        if len(parts) == 1:
            blob = self._blobs.get(parts[0].blob_key)
            if hashlib.sha256(blob).hexdigest() == parts[0].sha256:
                return blob
        sounds = [self.load(part) for part in parts]
        if all(sound.is_empty for sound in sounds):
            raise NotFound("Nothing of this recording can be read any more.")
        return encode_flac(np.concatenate([sound.samples for sound in sounds]))
