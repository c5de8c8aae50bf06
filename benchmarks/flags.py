"""Which scripted events of a clip are flagged, how late, and what is flagged beside them.

``python -m benchmarks.flags --clip FILE --truth FILE.json [--rules a,b] --out F.json``. The clip plays at 15 frames a
second into the live pipeline, which looks at two of them. Truth: ``segments`` with ``start``, ``end`` (seconds) and
``label``. A flag meets a segment when it overlaps it; onset delay is what passes from the segment's begin to the
notice, beyond the rule's own window. Looking down is matched as single episodes: the flag itself needs three.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.honest import Hours
from core.domain.watch import Flag, FlagKind, Snapshot
from core.media.video import LatestFrame
from core.proctoring.candidate import CandidateParams, CandidateWatch
from core.proctoring.episodes import EpisodeParams
from core.proctoring.equipment import make_analyst
from core.proctoring.rulebook import WINDOWS
from core.proctoring.rules import Closed, Opened

FPS, ANALYSED_FPS = 15.0, 2.0
DOWN_EPISODE = "looking_down"
KIND_OF = {
    "no_face": FlagKind.NO_FACE.value, "two_faces": FlagKind.MULTIPLE_FACES.value,
    "look_left": FlagKind.LOOKING_AWAY.value, "look_right": FlagKind.LOOKING_AWAY.value,
    "look_down": DOWN_EPISODE, "dark": FlagKind.CAMERA_COVERED.value, "frozen": FlagKind.CAMERA_FROZEN.value,
    "identity_change": FlagKind.DIFFERENT_PERSON.value,
}  # fmt: skip
"""Labels of the truth that are events; the others are not."""
WINDOW_S = {kind.value: window.window_s for kind, window in WINDOWS.items()} | {
    DOWN_EPISODE: EpisodeParams().episode.window_s,
    # The repeat is known with its second picture only: the rule's window leaves that step out.
    FlagKind.CAMERA_FROZEN.value: WINDOWS[FlagKind.CAMERA_FROZEN].window_s + 1 / ANALYSED_FPS,
}


@dataclass(slots=True)
class Claim:
    """A flag, or one episode of looking down; seconds of the clip."""

    kind: str
    start: float
    noticed: float
    end: float


class Findings:
    """Keeps what the watch tells (``WatchSink``)."""

    def __init__(self, clock: Hours) -> None:
        self._clock, self._begun = clock, clock.now()
        self.claims: list[Claim] = []

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """A claim."""
        start, now = (flag.started_at - self._begun).total_seconds(), self._second()
        self.claims.append(Claim(flag.kind.value, start, now, float("inf")))

    def flag_closed(self, flag: Flag) -> None:
        """Its end."""
        assert flag.ended_at is not None
        for claim in self.claims:
            if claim.kind == flag.kind.value and claim.end == float("inf"):
                claim.end = (flag.ended_at - self._begun).total_seconds()

    def episodes(self, changes: list[Any], zero: float) -> None:
        """Single glances down, in monotonic seconds from ``zero``."""
        for change in changes:
            match change:
                case Opened(started_at=started):
                    self.claims.append(Claim(DOWN_EPISODE, started - zero, self._second(), float("inf")))
                case Closed(ended_at=ended):
                    self.claims[max(i for i, c in enumerate(self.claims) if c.kind == DOWN_EPISODE)].end = ended - zero

    def snapshot(self, snapshot: Snapshot) -> None:
        """Not needed."""

    def alive(self) -> None:
        """Not needed."""

    def seen(self) -> None:
        """Not needed."""

    def _second(self) -> float:
        return (self._clock.now() - self._begun).total_seconds()


def frames_of(clip: Path) -> Iterator[np.ndarray]:
    """Pictures of a clip in order."""
    video = cv2.VideoCapture(str(clip))
    try:
        while True:
            read, frame = video.read()
            if not read:
                return
            yield frame
    finally:
        video.release()


def watch(clip: Path) -> list[Claim]:
    """Play the clip into the pipeline."""
    clock, analyst = Hours(), make_analyst()
    found, mailbox, zero = Findings(clock), LatestFrame(clock), clock.monotonic()
    candidate = CandidateWatch(mailbox, found, CandidateParams(), clock)
    due = 0.0
    for frame in frames_of(clip):
        mailbox.push(av.VideoFrame.from_ndarray(frame, format="bgr24"))
        if clock.monotonic() - zero >= due - 1e-6:
            candidate.tick(analyst)
            if candidate.rules.down is not None:
                found.episodes(candidate.rules.down.episodes, zero)
            due += 1 / ANALYSED_FPS
        clock.move(1 / FPS)
    candidate.close()
    if candidate.rules.down is not None:
        found.episodes(candidate.rules.down.episodes, zero)
    return found.claims


def expected_events(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events of the truth, neighbours of one kind joined."""
    events: list[dict[str, Any]] = []
    for segment in segments:
        kind = KIND_OF.get(segment["label"])
        if kind is None:
            continue
        if events and events[-1]["kind"] == kind and segment["start"] - events[-1]["end"] < 1e-6:
            events[-1]["end"] = segment["end"]
        else:
            events.append({"kind": kind, "time": segment["start"], "end": segment["end"]})
    return events


def judge(segments: list[dict[str, Any]], claims: list[Claim], rules: set[str]) -> dict[str, Any]:
    """Claims against the truth."""
    expected = [e for e in expected_events(segments) if not rules or e["kind"] in rules]
    claims = [c for c in claims if not rules or c.kind in rules]
    found, missed, delays, used = [], [], [], set()
    for event in expected:
        met = [c for c in claims if c.kind == event["kind"] and c.start < event["end"] and c.end > event["time"]]
        used |= {id(c) for c in met}
        if not met:
            missed.append({"kind": event["kind"], "time": event["time"]})
            continue
        first = min(met, key=lambda c: c.noticed)
        delay = max(0.0, first.noticed - event["time"] - WINDOW_S[event["kind"]])
        delays.append(delay)
        found.append({"kind": event["kind"], "time": round(first.start, 2), "onset_delay_s": round(delay, 2)})
    false = [{"kind": c.kind, "time": round(c.start, 2)} for c in claims if id(c) not in used]
    return {
        "expected": [{"kind": e["kind"], "time": e["time"]} for e in expected], "found": found, "missed": missed,
        "false_flags": false, "onset_delay_p95_s": round(float(np.percentile(delays, 95)), 2) if delays else None,
        "claims": [asdict(c) | {"end": None if c.end == float("inf") else round(c.end, 2)} for c in claims],
    }  # fmt: skip


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--rules", default="")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    segments = json.loads(args.truth.read_text())["segments"]
    rules = {name.strip() for name in args.rules.split(",") if name.strip()}
    report = judge(segments, watch(args.clip), rules)
    args.out.write_text(json.dumps(report, indent=1))
    print(json.dumps({k: v for k, v in report.items() if k != "claims"}, indent=1))


if __name__ == "__main__":
    main()
