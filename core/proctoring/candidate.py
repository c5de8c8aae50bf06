"""The watch over one candidate: frames in, flags, pictures and blind spans out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.domain.clock import Clock
from core.domain.signals import FrameSignal, SignalStatus
from core.domain.watch import Flag, FlagKind, Snapshot, WatchView
from core.media.video import LatestFrame, VideoFrame
from core.proctoring.frame_rate import FrameRate
from core.proctoring.options import WatchOptions
from core.proctoring.person import AnalystParams, Person
from core.proctoring.reasons import reason_for
from core.proctoring.rulebook import Rulebook, RuleParams
from core.proctoring.rules import Change, Closed, Opened
from core.proctoring.snapshots import SnapshotParams, encode_snapshot

_LOG = logging.getLogger(__name__)

ROUTINE = "routine"
"""``Snapshot.reason`` of a picture nothing special caused; the others carry the kind of their flag."""


class Detector(Protocol):
    """What measures frames; see ``Analyst``."""

    def analyse(self, image: Any, at: float, person: Person) -> FrameSignal:
        """Measure an HxWx3 BGR picture of this person that arrived at monotonic second ``at``."""
        ...

    def statuses(self) -> tuple[SignalStatus, ...]:
        """What is measured, and why the rest is not."""
        ...


class WatchSink(Protocol):
    """Where findings of one candidate go.

    Called on the watcher's worker thread, by ``remove`` and ``stop`` on the caller's, never twice at a time.
    What it raises is logged and goes no further.
    """

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """A claim holds from now on; the picture is of the frame that settled it."""
        ...

    def flag_closed(self, flag: Flag) -> None:
        """The claim with the same kind and ``started_at`` has ended."""
        ...

    def snapshot(self, snapshot: Snapshot) -> None:
        """A routine picture."""
        ...

    def alive(self) -> None:
        """The worker looked after this candidate just now, whatever it saw."""
        ...

    def seen(self) -> None:
        """A frame light enough to be judged was analysed just now."""
        ...


@dataclass(frozen=True, slots=True)
class CandidateParams:
    """Knobs of the watch over one candidate."""

    stale_s: float = 1.0
    """A frame older than this is dropped: better none than one from the past."""
    blind_s: float = 3.0
    """The monitor counts as blind when it has analysed nothing for longer than this."""
    rules: RuleParams = field(default_factory=RuleParams)
    """When a condition becomes a claim."""
    analyst: AnalystParams = field(default_factory=AnalystParams)
    """What is remembered of a person between frames."""
    snapshots: SnapshotParams = field(default_factory=SnapshotParams)
    """Pictures that are kept."""


class CandidateWatch:
    """Rules, pictures and blind spans of one candidate.

    Not thread-safe but for ``view``: the caller sees to it that ``tick`` and ``close`` never overlap.
    """

    def __init__(
        self,
        frames: LatestFrame,
        sink: WatchSink,
        params: CandidateParams,
        clock: Clock,
        options: WatchOptions | None = None,
        person: Person | None = None,
    ) -> None:
        options = options or WatchOptions()
        self._frames, self._sink, self._params, self._clock = frames, sink, params, clock
        self._rules = Rulebook(params.rules, options)
        self._person = person or Person(params.analyst, faces_only=options.faces_only)
        self._rate = FrameRate()
        self._open: dict[FlagKind, Flag] = {}
        self._statuses: tuple[SignalStatus, ...] = ()
        self._signal: FrameSignal | None = None
        self._seen_at = clock.monotonic()
        self._next_picture_at = self._seen_at
        self._failing: set[str] = set()

    def tick(self, detector: Detector | None) -> bool:
        """Analyse the newest frame, if there is one to analyse.

        Args:
            detector: None while there is none; every frame is then unknown.

        Returns:
            False when the detector failed on the frame.
        """
        now = self._clock.monotonic()
        self._call("alive", self._sink.alive)
        frame = self._frames.take()
        if frame is None or detector is None or now - frame.arrived_at > self._params.stale_s:
            self._judge(now, None, None)
            return True
        try:
            signal = detector.analyse(frame.image, frame.arrived_at, self._person)
            self._statuses = detector.statuses()
        except Exception as error:
            self._log_once("the face detector", error)
            self._judge(now, None, None)
            return False
        self._signal, self._seen_at = signal, frame.arrived_at
        self._rate.add(frame.arrived_at)
        if not signal.too_dark:
            self._call("seen", self._sink.seen)
        self._judge(frame.arrived_at, signal, frame)
        self._keep_routine_picture(signal, frame)
        return True

    def close(self) -> None:
        """End open flags: the watching is over."""
        for change in self._rules.close():
            self._tell(change, None, None)

    @property
    def person(self) -> Person:
        """What is remembered of the candidate; may be handed to the next watch when this one is closed."""
        return self._person

    @property
    def rules(self) -> Rulebook:
        """The rules of this candidate."""
        return self._rules

    def view(self) -> WatchView:
        """State for the screen. Safe to call from any thread."""
        signal, active, statuses = self._signal, tuple(self._open.copy()), self._statuses
        known = self._person.calibrated
        if signal is None or self._clock.monotonic() - self._seen_at > self._params.blind_s:
            return WatchView(False, None, too_dark=False, active=active, statuses=statuses, calibrated=known)
        faces = None if signal.too_dark else signal.count
        return WatchView(True, faces, signal.too_dark, active, signal, statuses, known)

    def _judge(self, at: float, signal: FrameSignal | None, frame: VideoFrame | None) -> None:
        for change in self._rules.observe(at, signal):
            self._tell(change, signal, frame)

    def _tell(self, change: Change, signal: FrameSignal | None, frame: VideoFrame | None) -> None:
        match change:
            case Opened(kind, started_at, strength, measured):
                lasted = (frame.arrived_at if frame is not None else self._clock.monotonic()) - started_at
                reason = reason_for(kind, lasted, measured, lasting=True)
                flag = Flag(kind, self._wall(started_at), None, strength, reason, self._health(started_at))
                self._open[kind] = flag
                picture = self._picture(signal, frame, kind.value) if signal is not None and frame is not None else None
                self._call("flag_opened", lambda: self._sink.flag_opened(flag, picture))
            case Closed(kind, started_at, ended_at, strength, measured):
                begun = self._open.pop(kind).started_at
                lasted = ended_at - started_at
                reason = reason_for(kind, lasted, measured, lasting=False)
                health = self._health(started_at)
                flag = Flag(kind, begun, begun + timedelta(seconds=lasted), strength, reason, health)
                self._call("flag_closed", lambda: self._sink.flag_closed(flag))

    def _health(self, since: float) -> dict[str, str]:
        """How well the monitor saw since a moment, for the reviewer of a flag."""
        missing = [f"{s.signal.value} ({s.reason})" for s in self._statuses if not s.measured]
        told = {"pictures a second": f"{self._rate.since(since):.1f}"}
        return told | ({"not monitored": "; ".join(missing)} if missing else {})

    def _keep_routine_picture(self, signal: FrameSignal, frame: VideoFrame) -> None:
        every_s = self._params.snapshots.every_s
        if every_s <= 0 or frame.arrived_at < self._next_picture_at:
            return
        picture = self._picture(signal, frame, ROUTINE)
        if picture is not None:
            self._call("snapshot", lambda: self._sink.snapshot(picture))

    def _picture(self, signal: FrameSignal, frame: VideoFrame, reason: str) -> Snapshot | None:
        """A kept picture of any reason puts the next routine one off, so that no frame is kept twice."""
        try:
            jpeg = encode_snapshot(frame.image, self._params.snapshots)
        except Exception as error:
            self._log_once("the snapshot encoder", error)
            return None
        if not jpeg:
            return None
        self._next_picture_at = frame.arrived_at + self._params.snapshots.every_s
        return Snapshot(jpeg, self._wall(frame.arrived_at), reason, None if signal.too_dark else signal.count)

    def _wall(self, at: float) -> datetime:
        return self._clock.now() - timedelta(seconds=self._clock.monotonic() - at)

    def _call(self, what: str, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:
            self._log_once(f"the watch sink ({what})", error)

    def _log_once(self, what: str, error: Exception) -> None:
        """Name and kind only: a message may hold what a candidate typed, and a failure repeats twice a second."""
        key = f"{what}: {type(error).__name__}"
        if key not in self._failing:
            self._failing.add(key)
            _LOG.error("%s failed for one candidate: %s", what, type(error).__name__)
