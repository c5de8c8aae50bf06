"""What was seen and what the page reported, written down as it happens."""

import logging
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.watch import LEAVING_THE_PAGE, Flag, PageEventKind, Snapshot
from core.storage.blobs import BlobStore
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.watch import FlagRepo, SnapshotRepo

_LOG = logging.getLogger(__name__)


class SessionMonitor:
    """Stores flags and snapshots of one interview. Called on the monitor's thread.

    A full disk or a locked database must not stop the monitor, so failures are logged and the next snapshot
    is tried again.
    """

    def __init__(self, session_id: str, database: Database, blobs: BlobStore, clock: Clock) -> None:
        self._session_id = session_id
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._open: dict[tuple[str, datetime], int] = {}

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """Keep a flag as soon as it opens, with its picture."""
        picture = self._store_or_none(snapshot) if snapshot is not None else None
        try:
            with self._database.transaction() as tx:
                flag_id = FlagRepo(tx).open(
                    self._session_id, flag.kind, flag.started_at, flag.strength, flag.reason, self._clock.now(), picture
                )
            self._open[flag.kind.value, flag.started_at] = flag_id
        except InterviewError as error:
            _LOG.error("a flag could not be stored: %s", type(error).__name__)

    def flag_closed(self, flag: Flag) -> None:
        """Complete a flag with its end and strength."""
        flag_id = self._open.pop((flag.kind.value, flag.started_at), None)
        if flag_id is None or flag.ended_at is None:
            return
        try:
            with self._database.transaction() as tx:
                FlagRepo(tx).close(flag_id, flag.ended_at, flag.strength, flag.reason)
        except InterviewError as error:
            _LOG.error("a flag could not be completed: %s", type(error).__name__)

    def snapshot(self, snapshot: Snapshot) -> None:
        """Keep a routine picture."""
        self._store_or_none(snapshot)

    def blind(self, started_at: datetime, ended_at: datetime) -> None:
        """Note a span in which nothing was seen: unknown, not clean."""
        detail = {"from": started_at.isoformat(), "to": ended_at.isoformat()}
        with self._database.transaction() as tx:
            LogRepo(tx).add(self._session_id, "camera_blind", detail, ended_at)

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


class PageMonitor:
    """Logs what the page reports and counts "1 of n". Safe to call from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def record(self, session_id: str, events: list[tuple[PageEventKind, int]]) -> str:
        """Log page events.

        Args:
            session_id: The interview.
            events: Kind and, for the clipboard, length in characters. The text itself is never sent.

        Returns:
            The warning to show, or an empty string.
        """
        warning = ""
        with self._database.transaction() as tx:
            logs = LogRepo(tx)
            limit = InterviewRepo(tx).get(session_id).plan.page_warnings
            for kind, length in events:
                detail: dict[str, object] = {"length": length} if length else {}
                if kind in LEAVING_THE_PAGE:
                    count = logs.count(session_id, LEAVING_THE_PAGE) + 1
                    detail["count"] = count
                    warning = _warning(kind, count, limit)
                elif kind is PageEventKind.PASTE:
                    warning = "You pasted text. This is noted with your answer."
                logs.add(session_id, kind.value, detail, self._clock.now())
        return warning


def _warning(kind: PageEventKind, count: int, limit: int) -> str:
    what = {
        PageEventKind.HIDDEN: "You left this tab",
        PageEventKind.BLUR: "You switched to another window",
        PageEventKind.FULLSCREEN_EXIT: "You left full screen",
    }[kind]
    if count <= limit:
        return f"{what}. {count} of {limit}. Please stay on this page until you are done."
    return f"{what}. This was noted; a person will look at it. Your interview goes on."


class PracticeMonitor:
    """Watches without keeping anything: the device check."""

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """Not kept."""

    def flag_closed(self, flag: Flag) -> None:
        """Not kept."""

    def snapshot(self, snapshot: Snapshot) -> None:
        """Not kept."""

    def blind(self, started_at: datetime, ended_at: datetime) -> None:
        """Not kept."""
