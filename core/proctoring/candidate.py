"""The watch over one candidate: frames in, flags, pictures and blind spans out."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.domain.clock import Clock
from core.domain.machine_state import MachineState
from core.domain.signals import FrameSignal
from core.domain.watch import Flag, FlagKind, Snapshot, WatchView
from core.media.video import LatestFrame, VideoFrame
from core.proctoring.reasons import reason_for
from core.proctoring.rules import (
    Change,
    Closed,
    ConditionParams,
    ConditionRule,
    Opened,
    vote_multiple_faces,
    vote_no_face,
)
from core.proctoring.snapshots import SnapshotParams, encode_snapshot

_LOG = logging.getLogger(__name__)

ROUTINE = "routine"
"""``Snapshot.reason`` of a picture nothing special caused; the others carry the kind of their flag."""


class Detector(Protocol):
    """What counts faces; see ``FaceDetector``."""

    def analyse(self, image: Any, at: float) -> FrameSignal:
        """Count the faces of an HxWx3 BGR picture that arrived at monotonic second ``at``."""
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

    def blind(self, started_at: datetime, ended_at: datetime) -> None:
        """Nothing was seen in this span (UTC): unknown, not clean."""
        ...


@dataclass(frozen=True, slots=True)
class CandidateParams:
    """Knobs of the watch over one candidate."""

    stale_s: float = 1.0
    """A frame older than this is dropped: better none than one from the past."""
    blind_s: float = 3.0
    """The monitor counts as blind when it has analysed nothing for longer than this."""
    no_face: ConditionParams = field(default_factory=lambda: ConditionParams(window_s=2.0))
    """Rule of ``no_face``."""
    multiple_faces: ConditionParams = field(default_factory=lambda: ConditionParams(window_s=1.5))
    """Rule of ``multiple_faces``."""
    snapshots: SnapshotParams = field(default_factory=SnapshotParams)
    """Pictures that are kept."""


class CandidateWatch:
    """Rules, pictures and blind spans of one candidate.

    Not thread-safe but for ``view``: the caller sees to it that ``tick`` and ``close`` never overlap.
    """

    def __init__(self, frames: LatestFrame, sink: WatchSink, params: CandidateParams, clock: Clock) -> None:
        self._frames, self._sink, self._params, self._clock = frames, sink, params, clock
        self._rules = (
            (ConditionRule(FlagKind.NO_FACE, params.no_face), vote_no_face),
            (ConditionRule(FlagKind.MULTIPLE_FACES, params.multiple_faces), vote_multiple_faces),
        )
        self._open: dict[FlagKind, Flag] = {}
        self._faces: dict[FlagKind, Counter[int]] = {rule.kind: Counter() for rule, _ in self._rules}
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
        frame = self._frames.take()
        if frame is None or detector is None or now - frame.arrived_at > self._params.stale_s:
            self._judge(now, None, None)
            return True
        try:
            signal = detector.analyse(frame.image, frame.arrived_at)
        except Exception as error:
            self._log_once("the face detector", error)
            self._judge(now, None, None)
            return False
        self._end_blindness(frame.arrived_at)
        self._signal, self._seen_at = signal, frame.arrived_at
        self._judge(frame.arrived_at, signal, frame)
        self._keep_routine_picture(signal, frame)
        return True

    def close(self) -> None:
        """End open flags and report a blind span that still lasts."""
        for rule, _ in self._rules:
            for change in rule.close():
                self._tell(change, None, None)
        self._end_blindness(self._clock.monotonic())

    def view(self) -> WatchView:
        """State for the screen. Safe to call from any thread."""
        signal = self._signal
        seeing = signal is not None and self._clock.monotonic() - self._seen_at <= self._params.blind_s
        if signal is None or not seeing:
            return WatchView(seeing=False, faces=None, too_dark=False, active=tuple(self._open.copy()))
        faces = None if signal.too_dark else signal.count
        return WatchView(True, faces, signal.too_dark, tuple(self._open.copy()))

    def _judge(self, at: float, signal: FrameSignal | None, frame: VideoFrame | None) -> None:
        for rule, vote_of in self._rules:
            vote = vote_of(signal) if signal is not None else None
            if rule.state is MachineState.QUIET:
                self._faces[rule.kind].clear()
            if signal is not None and vote:
                self._faces[rule.kind][signal.count] += 1
            for change in rule.observe(at, vote):
                self._tell(change, signal, frame)

    def _tell(self, change: Change, signal: FrameSignal | None, frame: VideoFrame | None) -> None:
        match change:
            case Opened(kind, started_at, strength):
                lasted = (frame.arrived_at if frame is not None else self._clock.monotonic()) - started_at
                flag = Flag(kind, self._wall(started_at), None, strength, self._reason(kind, lasted, lasting=True))
                self._open[kind] = flag
                picture = self._picture(signal, frame, kind.value) if signal is not None and frame is not None else None
                self._call("flag_opened", lambda: self._sink.flag_opened(flag, picture))
            case Closed(kind, started_at, ended_at, strength):
                begun = self._open.pop(kind).started_at
                ended = begun + timedelta(seconds=ended_at - started_at)
                flag = Flag(kind, begun, ended, strength, self._reason(kind, ended_at - started_at, lasting=False))
                self._faces[kind].clear()
                self._call("flag_closed", lambda: self._sink.flag_closed(flag))

    def _reason(self, kind: FlagKind, seconds: float, *, lasting: bool) -> str:
        usual = self._faces[kind].most_common(1)
        return reason_for(kind, seconds, usual[0][0] if usual else 0, lasting=lasting)

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

    def _end_blindness(self, at: float) -> None:
        if at - self._seen_at > self._params.blind_s:
            started, ended = self._wall(self._seen_at), self._wall(at)
            self._call("blind", lambda: self._sink.blind(started, ended))

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
