"""All open live rooms of the process."""

import threading
from collections.abc import Callable

from core.domain.clock import Clock
from core.media.recorder import RecordedAudio
from core.proctoring.watcher import Watcher
from core.services.listeners import Listeners
from core.services.live_room import LiveRoom
from core.services.recording_target import RecordingTarget


class LiveRooms:
    """All open rooms of the process, by session id."""

    def __init__(
        self,
        listeners: Listeners,
        watcher: Watcher,
        clock: Clock,
        opened: Callable[[LiveRoom], None] = lambda room: None,
    ) -> None:
        """No room is open yet.

        Args:
            listeners: Who hears what is said.
            watcher: Who watches the cameras.
            clock: Of the house.
            opened: Told of each new room before anything arrives in it.
        """
        self._listeners = listeners
        self._opened = opened
        self._watcher = watcher
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, LiveRoom] = {}

    def open(self, session_id: str) -> LiveRoom:
        """The room of a session, made when it does not exist."""
        with self._lock:
            if session_id not in self._rooms:
                hears = self._listeners.of_session(session_id)
                room = self._rooms[session_id] = LiveRoom(session_id, hears, self._watcher, self._clock)
                self._opened(room)
            return self._rooms[session_id]

    def find(self, session_id: str) -> LiveRoom | None:
        """The room of a session, if open."""
        with self._lock:
            return self._rooms.get(session_id)

    def close(self, session_id: str) -> tuple[RecordingTarget, RecordedAudio | None] | None:
        """Close a room; returns its unfinished recording, if any."""
        with self._lock:
            room = self._rooms.pop(session_id, None)
        return room.close() if room is not None else None

    def forget(self, session_id: str) -> None:
        """Watch the candidate no more, and forget the face of the start: the interview is over."""
        self._watcher.forget(session_id)

    def idle(self, after_s: float) -> list[str]:
        """Sessions whose room has had neither sound nor picture for this long."""
        now = self._clock.monotonic()
        with self._lock:
            return [k for k, room in self._rooms.items() if now - room.last_sign > after_s]

    def open_ids(self) -> list[str]:
        """Sessions with an open room."""
        with self._lock:
            return list(self._rooms)
