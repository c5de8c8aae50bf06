"""Heartbeats of the monitor, kept as spans in which each source was seeing.

What is stored is seeing, not blindness: a killed process leaves the spans as long as they were, and the gap needs
nobody to note it.
"""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.health import HealthReport, MonitorSource
from core.domain.seen_line import DrawnSpan, SeenLine
from core.services.health_report import read_health
from core.services.live_room import LiveRoom
from core.storage.database import Database
from core.storage.seen_spans import SeenSpan, SeenSpanRepo

_LOG = logging.getLogger(__name__)
_LISTENER = "monitor health"


@dataclass(frozen=True, slots=True)
class HealthParams:
    """Knobs of the heartbeats."""

    write_every_s: float = 3.0
    """How often the spans of all interviews are written, in one transaction."""
    camera_gap_s: float = 3.0
    """Pictures that could be judged may come this far apart; more is a gap."""
    microphone_gap_s: float = 3.0
    """Sound may stop this long; more is a gap."""
    page_gap_s: float = 12.0
    """The page's guard may be silent this long; more is a gap."""
    worker_gap_s: float = 3.0
    """The worker may be away from a candidate this long; more is a gap."""
    forget_s: float = 60.0
    """A line without a beat for this long is written and let go of; the next beat begins a new one."""
    max_waiting: int = 1000
    """Spans of one line kept while the database refuses; the oldest go first."""

    def gap_s(self, source: MonitorSource) -> float:
        """Longest silence of a source that is no gap."""
        return {
            MonitorSource.CAMERA: self.camera_gap_s,
            MonitorSource.MICROPHONE: self.microphone_gap_s,
            MonitorSource.PAGE: self.page_gap_s,
            MonitorSource.WORKER: self.worker_gap_s,
        }[source]


_Key = tuple[str, MonitorSource]


@dataclass(slots=True)
class _Kept:
    """A line, and which of its spans are not yet stored as they are."""

    line: SeenLine
    beat_at: float
    changed: list[DrawnSpan] = field(default_factory=list)
    ids: list[tuple[DrawnSpan, int]] = field(default_factory=list)
    """Of the spans that may still grow and were stored once."""

    def id_of(self, span: DrawnSpan) -> int | None:
        return next((n for known, n in self.ids if known is span), None)


class MonitorHealth:
    """Takes heartbeats of all interviews. Safe to call from any thread.

    A beat only notes the time in memory. One thread of its own writes; a database that refuses is asked again, and
    no beat is lost meanwhile, for the spans in memory go on growing.
    """

    def __init__(self, database: Database, clock: Clock, params: HealthParams | None = None) -> None:
        self._database = database
        self._clock = clock
        self._params = params or HealthParams()
        self._kept: dict[_Key, _Kept] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def beat(self, session_id: str, source: MonitorSource, at: datetime | None = None) -> None:
        """Say that a source is seeing.

        Args:
            session_id: The interview.
            source: What sees.
            at: When, UTC; now when left out.
        """
        with self._lock:
            if self._stop.is_set():
                return
            kept = self._kept.get((session_id, source))
            if kept is None:
                kept = self._kept[session_id, source] = _Kept(SeenLine(self._params.gap_s(source)), 0.0)
            kept.beat_at = self._clock.monotonic()
            span = kept.line.beat(at or self._clock.now())
            if span is not None and not any(known is span for known in kept.changed):
                kept.changed.append(span)
                del kept.changed[: -self._params.max_waiting]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="monitor-health", daemon=True)
                self._thread.start()

    def attend(self, room: LiveRoom) -> None:
        """Take the sound that arrives in a room for the heartbeat of the microphone."""
        session_id = room.session_id
        room.level.listen(_LISTENER, lambda frame: self.beat(session_id, MonitorSource.MICROPHONE))

    def write(self) -> bool:
        """Store what changed; runs every few seconds by itself.

        Returns:
            False when the database refused; everything is still there for the next time.
        """
        with self._writing:
            with self._lock:
                items = [(kept, span, key) for key, kept in self._kept.items() for span in kept.changed]
                rows = [SeenSpan(kept.id_of(span), *key, span.frozen) for kept, span, key in items]
            if rows:
                try:
                    with self._database.transaction() as tx:
                        ids = SeenSpanRepo(tx).write(rows)
                except InterviewError as error:
                    _LOG.error("the monitor's health could not be stored: %s", type(error).__name__)
                    return False
                with self._lock:
                    for (kept, span, _), row, row_id in zip(items, rows, ids, strict=True):
                        _settle(kept, span, row, row_id)
            self._forget()
            return True

    def report(self, session_id: str) -> HealthReport:
        """The health of an interview as far as it is stored, which is up to the last seconds.

        Raises:
            NotFound: Unknown interview.
        """
        with self._database.reading() as tx:
            return read_health(tx, session_id)

    def close(self) -> None:
        """Write the last; beats are not taken afterwards."""
        with self._lock:
            self._stop.set()
            thread = self._thread
        if thread is not None:
            thread.join(5.0)
        self._try_to_write()

    def _forget(self) -> None:
        now = self._clock.monotonic()
        with self._lock:
            old = [
                key
                for key, kept in self._kept.items()
                if not kept.changed and now - kept.beat_at > self._params.forget_s
            ]
            for key in old:
                del self._kept[key]

    def _run(self) -> None:
        while not self._stop.wait(self._params.write_every_s):
            self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except Exception as error:  # what is unforeseen must end neither the writing nor the closing of the house
            _LOG.error("the monitor's health was not stored: %s", type(error).__name__)


def _settle(kept: _Kept, span: DrawnSpan, row: SeenSpan, row_id: int | None) -> None:
    """Note that a span was stored as it was when ``row`` was made; what grew since stays to be written."""
    if row_id is None or span.frozen == row.span:
        kept.changed = [other for other in kept.changed if other is not span]
    growing = [kept.line.current, *kept.changed]
    known = [*(pair for pair in kept.ids if pair[0] is not span), *([(span, row_id)] if row_id is not None else [])]
    kept.ids = [pair for pair in known if any(pair[0] is other for other in growing)]
