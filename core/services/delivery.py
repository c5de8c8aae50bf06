"""Delivery figures of an attempt: computed after the answer is safe, kept beside it, shown to recruiters."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.domain.clock import Clock
from core.domain.delivery import DeliveryFigures
from core.domain.errors import NotFound
from core.domain.interview import ConsentKind
from core.domain.transcript import Gap
from core.media.audio import SAMPLE_RATE, Samples
from core.privacy.consent import NAMES_DELIVERY
from core.services.recordings import RecordingStore
from core.speech.delivery import DeliveryParams, measure_delivery
from core.storage.attempts import AttemptRepo
from core.storage.consents import ConsentRepo
from core.storage.database import Database, Transaction
from core.storage.deliveries import DeliveryRepo
from core.storage.questions import QuestionRepo
from core.storage.records import RecordingRow


class DeliveryService:
    """Computes and reads delivery figures. Safe to call from any thread; ``compute`` blocks for seconds.

    Args:
        database: Where attempts and figures are.
        recordings: Where the sound is.
        clock: Wall time.
        enabled: False: nothing is computed and nothing stored is handed out (``DELIVERY_METRICS``).
        language: Spoken in the interviews.
        params: Knobs.
    """

    def __init__(
        self,
        database: Database,
        recordings: RecordingStore,
        clock: Clock,
        *,
        enabled: bool = True,
        language: str = "en",
        params: DeliveryParams | None = None,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._clock = clock
        self._params = params
        self._language = language
        self.enabled = enabled

    def handle(self, payload: Mapping[str, Any]) -> None:
        """The job ``delivery``: compute the figures of ``payload["attempt_id"]``. Doing it twice comes to the same.

        Raises:
            StorageUnavailable: Worth another try.
            ModelUnavailable: A model is missing.
        """
        try:
            self.compute(int(payload["attempt_id"]))
        except NotFound:  # deleted since: nothing is left to describe
            return

    def compute(self, attempt_id: int) -> DeliveryFigures | None:
        """Measure an attempt and store the figures in place of earlier ones.

        Returns:
            The figures; None when delivery is not measured here, or the candidate did not agree to that.

        Raises:
            NotFound: No attempt has this id.
            StorageUnavailable: Nothing was stored.
            ModelUnavailable: A model is missing.
        """
        if not self.enabled or not self._agreed(attempt_id):
            return None
        with self._database.reading() as tx:
            attempts = AttemptRepo(tx)
            segments, parts = attempts.segments(attempt_id), attempts.recordings(attempt_id)
        samples, gaps = self._load(parts)
        figures = measure_delivery(samples, segments, gaps, self._params, self._language)
        with self._database.transaction() as tx:
            DeliveryRepo(tx).save(attempt_id, figures, self._clock.now())
        return figures

    def figures(self, attempt_id: int) -> DeliveryFigures | None:
        """What was computed; None when it was not, not yet, or must not be shown.

        Raises:
            NotFound: No attempt has this id.
            StorageUnavailable: It cannot be read.
        """
        if not self.enabled or not self._agreed(attempt_id):
            return None
        with self._database.reading() as tx:
            return DeliveryRepo(tx).get(attempt_id)

    def agreed(self, session_id: str) -> bool:
        """Whether the candidate let a program prepare scores, and the text agreed to named how answers are given."""
        with self._database.reading() as tx:
            return _agreed(tx, session_id)

    def _agreed(self, attempt_id: int) -> bool:
        with self._database.reading() as tx:
            question = QuestionRepo(tx).get(AttemptRepo(tx).get(attempt_id).question_id)
            return _agreed(tx, question.session_id)

    def _load(self, parts: Sequence[RecordingRow]) -> tuple[Samples, list[Gap]]:
        """The sound of all parts, one behind the other, and its holes in seconds of the whole."""
        samples: list[Samples] = [np.zeros(0, np.int16)]
        gaps: list[Gap] = []
        offset_s = 0.0
        for part in parts:
            sound = self._recordings.load(part)
            gaps += [Gap(g.start_s + offset_s, g.end_s + offset_s, g.reason) for g in sound.gaps]
            samples.append(sound.samples)
            offset_s += sound.samples.size / SAMPLE_RATE
        return np.concatenate(samples), gaps


def _agreed(tx: Transaction, session_id: str) -> bool:
    latest = ConsentRepo(tx).latest(session_id, ConsentKind.SCORING)
    return latest is not None and latest.granted and latest.version in NAMES_DELIVERY
