"""One worker thread that watches every candidate of the process."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core.domain.clock import Clock
from core.domain.signals import SignalStatus
from core.domain.watch import WatchView
from core.media.video import LatestFrame
from core.proctoring.candidate import CandidateParams, CandidateWatch, Detector, WatchSink
from core.proctoring.options import WatchOptions
from core.proctoring.person import AnalystParams, Person
from core.proctoring.rulebook import RuleParams
from core.proctoring.snapshots import SnapshotParams

__all__ = ["WatchParams", "WatchSink", "Watcher"]

_LOG = logging.getLogger(__name__)
EVERYTHING = WatchOptions()
_UNKNOWN = WatchView(seeing=False, faces=None, too_dark=False)


@dataclass(frozen=True, slots=True)
class WatchParams:
    """Knobs of the monitor."""

    analysed_fps: float = 2.0
    """Frames analysed per candidate and second; the others are dropped."""
    snapshot_every_s: float = 5.0
    """Time between routine pictures; 0 keeps pictures of flags only."""
    stale_s: float = 1.0
    """A frame older than this is dropped."""
    blind_s: float = 3.0
    """Nothing analysed for longer than this is a blind span."""
    retry_s: float = 5.0
    """Wait before a detector that could not be built or failed, or a worker that fell over, is replaced again."""
    remember_s: float = 4 * 3600.0
    """A candidate who is not watched for longer than this is forgotten, unless the interview is over earlier."""
    rules: RuleParams = field(default_factory=RuleParams)
    """When a condition becomes a claim."""
    analyst: AnalystParams = field(default_factory=AnalystParams)
    """What is remembered of a person between frames."""

    def for_candidate(self) -> CandidateParams:
        """The part one candidate's watch needs."""
        pictures = SnapshotParams(every_s=self.snapshot_every_s)
        return CandidateParams(self.stale_s, self.blind_s, self.rules, self.analyst, pictures)


@dataclass(slots=True)
class _Seat:
    """A registered candidate. ``lock`` is held while its watch is used, so that removal never cuts into a tick."""

    watch: CandidateWatch
    due_at: float
    lock: threading.RLock = field(default_factory=threading.RLock)
    closed: bool = False


class Watcher:
    """Analyses the newest frame of each candidate, a few times a second, on one worker thread.

    Public methods may be called from any thread. When there is too much to do each candidate is looked at less
    often, the longest waiting first; frames are dropped, never queued.
    """

    def __init__(self, make_detector: Callable[[], Detector], params: WatchParams, clock: Clock) -> None:
        """Prepare; nothing runs before ``start``.

        Args:
            make_detector: Builds the detector, on the worker thread.
            params: Knobs.
            clock: Gives the times of everything that is reported.
        """
        self._make_detector, self._params, self._clock = make_detector, params, clock
        self._lock = threading.Lock()
        self._seats: dict[str, _Seat] = {}
        self._left: dict[str, tuple[float, Person]] = {}
        """Candidates who are in a pause or cut off, and since when. In memory only."""
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._detector: Detector | None = None
        self._statuses: tuple[SignalStatus, ...] = ()
        self._retry_at = self._replace_at = float("-inf")

    def start(self) -> None:
        """Start the worker; does nothing when it runs."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Stop the worker and close every watch. A later ``start`` begins anew, without candidates."""
        with self._lock:
            self._stopping = True
            thread, self._thread = self._thread, None
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        for session_id in list(self._seats):
            self.remove(session_id)
        with self._lock:
            self._left.clear()

    def add(self, session_id: str, frames: LatestFrame, sink: WatchSink, options: WatchOptions = EVERYTHING) -> None:
        """Watch a candidate from now on; an earlier watch of the same session is closed first.

        Who was watched before in this session is compared with the start of then: a pause makes nobody somebody else.
        """
        self.remove(session_id)
        with self._lock:
            self._forget_old()
            person = self._left.pop(session_id, (0.0, None))[1]
            if person is not None and person.faces_only == options.faces_only:
                person.come_back()
            else:
                person = None
            watch = CandidateWatch(frames, sink, self._params.for_candidate(), self._clock, options, person)
            self._seats[session_id] = _Seat(watch, self._clock.monotonic())
        self._wake.set()
        self._revive()

    def remove(self, session_id: str) -> None:
        """Stop watching a candidate. Open flags are closed, on this thread, before it returns."""
        with self._lock:
            seat = self._seats.pop(session_id, None)
        if seat is None:
            return
        with seat.lock:
            if not seat.closed:
                seat.closed = True
                seat.watch.close()
        with self._lock:
            self._left[session_id] = self._clock.monotonic(), seat.watch.person

    def forget(self, session_id: str) -> None:
        """As ``remove``, and the face of the start is forgotten: the interview is over."""
        self.remove(session_id)
        with self._lock:
            self._left.pop(session_id, None)

    def view(self, session_id: str) -> WatchView:
        """State of one candidate's watch; not seeing when the session is not registered."""
        self._revive()
        with self._lock:
            seat = self._seats.get(session_id)
        return seat.watch.view() if seat is not None else _UNKNOWN

    @property
    def statuses(self) -> tuple[SignalStatus, ...]:
        """What can be measured on this machine, and why the rest cannot; empty until the models are loaded."""
        return self._statuses

    @property
    def remembered(self) -> int:
        """How many candidates are remembered who are not watched now."""
        with self._lock:
            return len(self._left)

    def work_once(self) -> float:
        """Look at each candidate that is due. For the worker, and for tests with a clock of their own.

        Returns:
            Seconds until the next candidate is due.
        """
        period_s = 1.0 / self._params.analysed_fps
        now = self._clock.monotonic()
        with self._lock:
            due = sorted((s for s in self._seats.values() if s.due_at <= now), key=lambda s: s.due_at)
        for seat in due:
            if self._stopping:
                break
            # From its due time, so that the rhythm holds; from now when too late for that.
            seat.due_at = max(seat.due_at + period_s, now + period_s / 2)
            with seat.lock:
                if not seat.closed and not seat.watch.tick(self._ready_detector()):
                    self._replace_detector()
        with self._lock:
            next_due = min((s.due_at for s in self._seats.values()), default=now + period_s)
        return max(0.0, next_due - self._clock.monotonic())

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        for old in [name for name, (since, _) in self._left.items() if now - since > self._params.remember_s]:
            del self._left[old]

    def _replace_detector(self) -> None:
        """It may be in pieces. One that was built just now is not: then it is the candidate's picture."""
        now = self._clock.monotonic()
        if now >= self._replace_at:
            self._detector, self._replace_at = None, now + self._params.retry_s

    def _ready_detector(self) -> Detector | None:
        now = self._clock.monotonic()
        if self._detector is None and now >= self._retry_at:
            try:
                self._detector = self._make_detector()
                self._statuses = self._detector.statuses()
            except Exception as error:
                self._retry_at = now + self._params.retry_s
                _LOG.error("the face detector cannot be built: %s", type(error).__name__)
        return self._detector

    def _run(self) -> None:
        self._ready_detector()  # the first candidate should not wait for the models
        while not self._stopping:
            self._wake.clear()
            try:
                wait_s = self.work_once()
            except Exception as error:  # nothing above is meant to raise; the others must be watched even so
                _LOG.error("the watch worker fell over and goes on: %s", type(error).__name__)
                self._detector, wait_s = None, self._params.retry_s
            self._wake.wait(wait_s)

    def _revive(self) -> None:
        """A worker that died (a detector can take the thread with it) is started again by whoever looks."""
        thread = self._thread
        if thread is not None and not thread.is_alive() and not self._stopping:
            _LOG.error("the watch worker had died and is started again")
            self.start()
