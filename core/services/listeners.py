"""Who hears whose voice: an endpoint hears only those who agreed to a text that names it."""

import logging

from core.domain.errors import NotFound, StorageUnavailable
from core.domain.interview import ConsentKind
from core.privacy.consent import names_recipient
from core.speech.service import TranscriptionService
from core.storage.attempts import AttemptRepo
from core.storage.consents import ConsentRepo
from core.storage.database import Database, Transaction
from core.storage.questions import QuestionRepo

_LOG = logging.getLogger(__name__)


class Listeners:
    """Picks the transcription service of an interview. Safe to call from any thread.

    The one for those who were not asked has no way to the endpoint at all. When what was agreed to cannot be read, it
    is taken too: a voice that was sent cannot be called back.

    Args:
        database: Where consents are.
        usual: Hears as the settings say.
        here: Hears on this machine only; None when nothing is ever sent, so that ``usual`` does.
        host: Where ``usual`` may send voices.
    """

    def __init__(
        self, database: Database, usual: TranscriptionService, here: TranscriptionService | None = None, host: str = ""
    ) -> None:
        self._database = database
        self._usual = usual
        self._here = here
        self._host = host

    def start(self) -> None:
        """Start the services; returns at once."""
        for service in self._services():
            service.start()

    def stop(self) -> None:
        """Decode the utterances that wait, then end the workers."""
        for service in self._services():
            service.stop()

    def of_session(self, session_id: str) -> TranscriptionService:
        """Who may hear this interview."""
        if self._here is None:
            return self._usual
        try:
            with self._database.reading() as tx:
                named = self._is_named(tx, session_id)
        except StorageUnavailable as error:
            _LOG.error("consent not read, the voice stays here: %s", type(error).__name__)
            named = False
        return self._usual if named else self._here

    def of_attempt(self, attempt_id: int) -> TranscriptionService:
        """Who may hear this attempt; one that is not there any more is heard here, if at all."""
        if self._here is None:
            return self._usual
        try:
            with self._database.reading() as tx:
                session_id = QuestionRepo(tx).get(AttemptRepo(tx).get(attempt_id).question_id).session_id
        except (NotFound, StorageUnavailable):
            return self._here
        return self.of_session(session_id)

    def _is_named(self, tx: Transaction, session_id: str) -> bool:
        consent = ConsentRepo(tx).latest(session_id, ConsentKind.AUDIO)
        return consent is not None and consent.granted and names_recipient(consent.text, self._host)

    def _services(self) -> list[TranscriptionService]:
        return [self._usual] if self._here is None else [self._usual, self._here]
