"""Sound alerts of running interviews: found where the sound arrives, written down on a thread of their own."""

import logging
import queue
import threading
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from core.domain.clock import Clock
from core.domain.errors import InterviewError
from core.domain.sound import LOG_PREFIX, SOUND_UNITS, SoundAlert, SoundAlertKind
from core.media.level import LevelFrame
from core.services.flag_book import FlagBook
from core.services.live_room import LiveRoom
from core.services.noise_flags import NoiseFlags
from core.services.voice_watch import VoiceWatch
from core.speech.sound_alerts import AlertChanged, SoundAlertParams, SoundAlerts
from core.storage.database import Database
from core.storage.logs import LogRepo

_LOG = logging.getLogger(__name__)
_LISTENER = "sound alerts"


@dataclass(frozen=True, slots=True)
class SoundWatchParams:
    """Knobs of the watch."""

    gap_s: float = 3.0
    """Without sound for this long, what is open ends where the sound ended."""
    forget_s: float = 60.0
    """Without sound for this long, the room is left; a page that comes back attends it again."""
    look_every_s: float = 1.0
    """How often it is looked for such gaps, and a refused database is asked again."""
    max_waiting: int = 1000
    """Lines kept while the database refuses; the oldest go first."""


class _Attended:
    """One room: its machines, and what is open. Guarded by its own lock."""

    def __init__(self, room: LiveRoom, params: SoundAlertParams | None, now: float) -> None:
        self.room = room
        self.alerts = SoundAlerts(params)
        self.open: dict[SoundAlertKind, SoundAlert] = {}
        self.lock = threading.Lock()
        self.latest_s = 0.0
        self.latest_at = now


class SoundWatch:
    """Keeps the alerts of all rooms. Safe to call from any thread.

    Frames come on the room's intake thread, which only runs the machines and enqueues; the database may be locked
    for seconds, and sound must not wait for it.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        params: SoundWatchParams | None = None,
        alert_params: SoundAlertParams | None = None,
        voices: VoiceWatch | None = None,
    ) -> None:
        self.voices = voices or VoiceWatch(database, clock)
        """Hears who speaks in the rooms that are attended."""
        self._noise_flags = NoiseFlags(database, FlagBook(database, clock))
        self._database = database
        self._clock = clock
        self._params = params or SoundWatchParams()
        self._alert_params = alert_params
        self._rooms: dict[str, _Attended] = {}
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[tuple[str, SoundAlert] | None] = queue.SimpleQueue()
        self._waiting: deque[tuple[str, SoundAlert]] = deque(maxlen=self._params.max_waiting)
        self._thread: threading.Thread | None = None
        self._closed = False

    def attend(self, room: LiveRoom) -> None:
        """Listen to a room from now on, page or no page; a second call does nothing."""
        self.voices.attend(room)
        with self._lock:
            known = self._rooms.get(room.session_id)
            if self._closed or (known is not None and known.room is room):
                return
            attended = self._rooms[room.session_id] = _Attended(room, self._alert_params, self._clock.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sound-watch", daemon=True)
                self._thread.start()
        if known is not None:
            self._end(known)
        room.level.listen(_LISTENER, lambda frame: self._hear(attended, frame))

    def rest(self, session_id: str) -> None:
        """Listen no more: a pause, or the end. What is open ends now."""
        self.voices.rest(session_id)
        with self._lock:
            attended = self._rooms.pop(session_id, None)
        if attended is not None:
            attended.room.level.unlisten(_LISTENER)
            self._end(attended)

    def active(self, session_id: str) -> tuple[SoundAlert, ...]:
        """Alerts that are open now."""
        with self._lock:
            attended = self._rooms.get(session_id)
        if attended is None:
            return ()
        with attended.lock:
            return tuple(attended.open.values())

    def look(self) -> None:
        """End the alerts of rooms whose sound has stopped; runs each second by itself."""
        with self._lock:
            rooms = list(self._rooms.values())
        for attended in rooms:
            gap_s = self._clock.monotonic() - attended.latest_at
            if gap_s > self._params.forget_s:
                self.rest(attended.room.session_id)
            elif gap_s > self._params.gap_s:
                self._end(attended)

    def close(self) -> None:
        """End and write down everything; nothing is listened to afterwards."""
        with self._lock:
            self._closed = True
            names = list(self._rooms)
        for session_id in names:
            self.rest(session_id)
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(5.0)
        self.voices.close()

    def _hear(self, attended: _Attended, frame: LevelFrame) -> None:
        now = self._clock.monotonic()
        if now - attended.latest_at > self._params.gap_s:
            self._end(attended)
        with attended.lock:
            attended.latest_at, attended.latest_s = now, frame.end_s
            changes = attended.alerts.observe(frame, recording=attended.room.target is not None)
            self._keep(attended, changes, age_s=0.0)

    def _end(self, attended: _Attended) -> None:
        with attended.lock:
            self._keep(attended, attended.alerts.close(), self._clock.monotonic() - attended.latest_at)

    def _keep(self, attended: _Attended, changes: list[AlertChanged], age_s: float) -> None:
        """Note changes; the latest frame arrived ``age_s`` ago, and sound seconds count back from there."""
        if not changes:
            return
        latest = self._clock.now() - timedelta(seconds=age_s)
        for change in changes:
            known = attended.open.get(change.kind)
            ago = timedelta(seconds=attended.latest_s - change.started_s)
            started = known.started_at if known is not None else latest - ago
            ended = None
            if change.ended_s is not None:
                ended = latest - timedelta(seconds=attended.latest_s - change.ended_s)
            alert = SoundAlert(change.kind, started, ended, change.measured)
            if ended is None:
                attended.open[change.kind] = alert
            else:
                attended.open.pop(change.kind, None)
            self._queue.put((attended.room.session_id, alert))

    def _run(self) -> None:
        while True:
            try:
                item = self._queue.get(timeout=self._params.look_every_s)
            except queue.Empty:
                self.look()
                self._look_at_noise()
                self._write()
                continue
            if item is None:
                self._write()
                return
            self._waiting.append(item)
            if item[1].kind is SoundAlertKind.NOISE and item[1].ended_at is not None:
                self._noise_flags.look(*item, self._clock.now())
            if self._queue.empty():
                self._write()

    def _look_at_noise(self) -> None:
        """Noise that goes on becomes a flag; runs on the watch's own thread."""
        with self._lock:
            rooms = list(self._rooms.items())
        for session_id, attended in rooms:
            with attended.lock:
                alert = attended.open.get(SoundAlertKind.NOISE)
            if alert is not None:
                self._noise_flags.look(session_id, alert, self._clock.now())

    def _write(self) -> None:
        """Runs on the watch's own thread."""
        while self._waiting:
            session_id, alert = self._waiting[0]
            detail: dict[str, object] = {"from": alert.started_at.isoformat()}
            if alert.ended_at is not None:
                detail["to"] = alert.ended_at.isoformat()
            detail |= {"measured": round(alert.measured, 4), "unit": SOUND_UNITS[alert.kind]}
            try:
                with self._database.transaction() as tx:
                    LogRepo(tx).add(session_id, LOG_PREFIX + alert.kind.value, detail, self._clock.now())
            except InterviewError as error:
                _LOG.error("a sound alert could not be stored: %s", type(error).__name__)
                if error.retryable:
                    return
            self._waiting.popleft()
