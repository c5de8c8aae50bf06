"""What was seen, written down as it happens."""

import logging
from collections import deque
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.health import MonitorSource
from core.domain.watch import Flag, Snapshot
from core.services.flag_book import FlagBook
from core.services.monitor_health import MonitorHealth
from core.storage.blobs import BlobStore
from core.storage.database import Database
from core.storage.watch import SnapshotRepo

_LOG = logging.getLogger(__name__)

RETRY_S = 5.0
"""Wait before a database that refused the end of a flag is asked again."""
MAX_WAITING = 100
"""Flags that wait for it; the oldest go first."""


class SessionMonitor:
    """Stores flags and snapshots of one interview. Called on the monitor's thread.

    A full disk or a locked database must not stop the monitor, so failures are logged and the next snapshot
    is tried again.
    """

    def __init__(
        self, session_id: str, database: Database, blobs: BlobStore, clock: Clock, health: MonitorHealth
    ) -> None:
        self._health = health
        self._session_id = session_id
        self._database = database
        self._blobs = blobs
        self._book = FlagBook(database, clock)
        self._clock = clock
        self._open: dict[tuple[str, datetime], int] = {}
        self._waiting: deque[tuple[int, Flag]] = deque(maxlen=MAX_WAITING)
        self._retry_at = 0.0

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """Keep a flag as soon as it opens, with its picture."""
        picture = self._store_or_none(snapshot) if snapshot is not None else None
        flag_id = self._book.open(self._session_id, flag, picture)
        if flag_id is not None:
            self._open[flag.kind.value, flag.started_at] = flag_id

    def flag_closed(self, flag: Flag) -> None:
        """Complete a flag with its end, strength and pictures."""
        flag_id = self._open.pop((flag.kind.value, flag.started_at), None)
        if flag_id is None:  # the database refused when it opened, or such flags are not raised here
            self._book.open(self._session_id, flag)
        elif not self._book.close(self._session_id, flag_id, flag):
            self._waiting.append((flag_id, flag))
            self._retry_at = self._clock.monotonic() + RETRY_S

    def snapshot(self, snapshot: Snapshot) -> None:
        """Keep a routine picture."""
        self._store_or_none(snapshot)

    def seen(self) -> None:
        """A picture could be judged: the camera sees."""
        self._health.beat(self._session_id, MonitorSource.CAMERA)

    def alive(self) -> None:
        """The worker has come to this candidate, whatever there was to see."""
        self._health.beat(self._session_id, MonitorSource.WORKER)
        while self._waiting and self._clock.monotonic() >= self._retry_at:
            if self._book.close(self._session_id, *self._waiting[0]):
                self._waiting.popleft()
            else:
                self._retry_at = self._clock.monotonic() + RETRY_S

    def _store_or_none(self, snapshot: Snapshot) -> int | None:
        try:
            return self._store(snapshot)
        except InterviewError as error:
            _LOG.error("a snapshot could not be stored: %s", type(error).__name__)
            return None

    def _store(self, snapshot: Snapshot) -> int:
        stamp = snapshot.at.strftime("%Y%m%dT%H%M%S%f")
        key = f"{self._session_id}/snapshots/{stamp}.jpg"
        self._blobs.put(key, snapshot.jpeg)
        with self._database.transaction() as tx:
            return SnapshotRepo(tx).add(self._session_id, snapshot.at, snapshot.reason, key, snapshot.faces)


class PracticeMonitor:
    """Watches without keeping anything: the device check."""

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """Not kept."""

    def flag_closed(self, flag: Flag) -> None:
        """Not kept."""

    def snapshot(self, snapshot: Snapshot) -> None:
        """Not kept."""

    def seen(self) -> None:
        """Not kept."""

    def alive(self) -> None:
        """Not kept."""
