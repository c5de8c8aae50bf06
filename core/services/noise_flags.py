"""Noise that lasts, from an alert for the candidate to a flag for the reviewer."""

import logging
from dataclasses import dataclass
from datetime import datetime

from core.domain.errors import StorageUnavailable
from core.domain.sound import SoundAlert
from core.domain.watch import FlagKind
from core.services.flag_book import FlagBook
from core.services.sound_flags import SoundFlags, SoundTerms, sound_terms
from core.storage.database import Database

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NoiseFlagParams:
    """Knobs."""

    lasting_s: float = 20.0
    """How long noise must last to be a flag; a lorry, a vacuum cleaner next door and a kettle are alerts only."""


class NoiseFlags:
    """Used by one thread at a time; it reads and writes the database."""

    def __init__(self, database: Database, book: FlagBook, params: NoiseFlagParams | None = None) -> None:
        self._database = database
        self._book = book
        self._params = params or NoiseFlagParams()
        self._flags: dict[str, SoundFlags] = {}

    def look(self, session_id: str, alert: SoundAlert, now: datetime) -> None:
        """Take an alert of noise as it stands: again and again while it lasts, and when it has ended.

        Args:
            session_id: The interview.
            alert: Of noise.
            now: Wall time, UTC.
        """
        flags = self._flags.get(session_id)
        lasted_s = ((alert.ended_at or now) - alert.started_at).total_seconds()
        if flags is None:
            terms = self._terms(session_id) if lasted_s >= self._params.lasting_s else None
            if terms is None or not terms.allowed or lasted_s < self._params.lasting_s * terms.window_factor:
                return
            flags = self._flags[session_id] = SoundFlags(session_id, self._book)
            if alert.ended_at is None:
                flags.tell(FlagKind.SUSTAINED_NOISE, alert.started_at, None, 1.0, alert.measured, lasted_s=lasted_s)
        if alert.ended_at is not None:
            del self._flags[session_id]
            flags.tell(FlagKind.SUSTAINED_NOISE, alert.started_at, alert.ended_at, 1.0, alert.measured)

    def _terms(self, session_id: str) -> SoundTerms | None:
        try:
            return sound_terms(self._database, session_id)
        except StorageUnavailable as error:  # asked again at the next look
            _LOG.error("what may be noted of the sound cannot be read: %s", type(error).__name__)
            return None
