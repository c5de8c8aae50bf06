"""How often an honest person is flagged: the camera's whole pipeline on people who do nothing wrong.

``python -m benchmarks.honest --minutes 20 [--manifest FILE] --out F.json``. People are photographs of one face (the
manifest's rows with ``n_faces`` 1 and label frontal or webcam, else the development packages' one) that blink, nod,
glance, talk, look away for up to 1.8 s, scratch themselves, drink, lean, sit differently, in light that changes; see
``benchmarks/acting.py``. Each has a session and a baseline of their own. Whatever flag is raised is a false one.
``--pictures DIR`` keeps the frames before each, to look at why.
"""

import argparse
import json
import logging
import math
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.acting import HonestActor
from benchmarks.scenes import honest_frames
from benchmarks.stills import Still, load_stills
from core import bootstrap
from core.domain.watch import Flag, Snapshot, WatchView
from core.media.video import LatestFrame
from core.settings import Settings

FPS = 2.0
PERSON_MINUTES = 3.0
"""About so long is one person watched."""
LATE_S = 0.04
"""From a frame's arrival to the worker's look at it."""


class Hours:
    """A clock that is moved by hand (``core.domain.clock.Clock``)."""

    def __init__(self) -> None:
        self._now, self._monotonic = datetime(2026, 11, 8, 9, 30, tzinfo=UTC), 1000.0

    def now(self) -> datetime:
        """UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds."""
        return self._monotonic

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


class Findings:
    """Keeps what the watch tells (``WatchSink``), and the frames that led to it."""

    def __init__(self, clock: Hours, who: str, actor: HonestActor, pictures: Path | None) -> None:
        self._clock, self._begun, self._who, self._actor, self._pictures = clock, clock.now(), who, actor, pictures
        self.flags: list[dict[str, Any]] = []
        self.blind_s = 0.0
        self.frames: list[np.ndarray] = []
        """The last ones, oldest first."""

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        """A false flag."""
        second, noticed = self._second(flag.started_at), self._second(self._clock.now())
        acts = sorted({act for t in np.arange(second, noticed + 0.1, 0.5) for act in self._actor.doing(float(t), 1.0)})
        self.flags.append(
            {
                "kind": flag.kind.value, "second": round(second, 1), "noticed": round(noticed, 1), "ended": None,
                "person": self._who, "strength": round(flag.strength, 2), "reason": flag.reason, "doing": acts,
            }
        )  # fmt: skip
        if self._pictures is not None and self.frames:
            small = [cv2.resize(f, (320, 240), interpolation=cv2.INTER_AREA) for f in self.frames]
            small += [np.zeros_like(small[0])] * (-len(small) % 4)
            sheet = np.vstack([np.hstack(small[i : i + 4]) for i in range(0, len(small), 4)])
            name = f"{flag.kind.value}-{Path(self._who).stem[-12:]}-{second:.0f}s.jpg"
            cv2.imwrite(str(self._pictures / name.replace(" ", "-")), sheet)

    def flag_closed(self, flag: Flag) -> None:
        """Its end."""
        for row in self.flags:
            if row["kind"] == flag.kind.value and row["ended"] is None and flag.ended_at is not None:
                row["ended"], row["reason"] = round(self._second(flag.ended_at), 1), flag.reason

    def snapshot(self, snapshot: Snapshot) -> None:
        """Not needed."""

    def blind(self, started_at: datetime, ended_at: datetime) -> None:
        """A span in which nothing was seen."""
        self.blind_s += (ended_at - started_at).total_seconds()

    def __getattr__(self, name: str) -> Any:
        """Whatever else a sink may be told is not about flags."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def _second(self, at: datetime) -> float:
        return (at - self._begun).total_seconds()


def watch_one(still: Still, minutes: float, seed: int, pictures: Path | None) -> tuple[Findings, dict[str, Any]]:
    """One person's session through the watcher as the application wires it."""
    clock = Hours()
    actor, frames = honest_frames(still, minutes * 60, FPS, seed)
    found = Findings(clock, still.name, actor, pictures)
    watcher = bootstrap._watcher(Settings(), clock)  # as the application does, model files and all
    mailbox = LatestFrame(clock)
    watcher.add("honest", mailbox, found)
    views: list[WatchView] = []
    busy = 0.0
    for _, frame in frames:
        if frame is not None:
            found.frames = [*found.frames[-11:], frame]
            mailbox.push(av.VideoFrame.from_ndarray(frame, format="bgr24"))
        clock.move(LATE_S)
        begun = time.process_time()
        watcher.work_once()
        busy += time.process_time() - begun
        views.append(watcher.view("honest"))
        clock.move(1 / FPS - LATE_S)
    watcher.remove("honest")
    seconds = len(views) / FPS
    return found, {
        "seconds": seconds, "seeing": sum(v.seeing for v in views) / len(views),
        "too_dark": sum(v.too_dark for v in views) / len(views),
        "one_face": sum(v.faces == 1 for v in views) / len(views),
        "calibrated": sum(v.calibrated for v in views) / len(views), "ms": 1000 * busy / max(1, mailbox.received),
        "statuses": {s.signal.value: s.reason or s.measured for s in views[-1].statuses},
    }  # fmt: skip


def measure(minutes: float, stills: list[Still], seed: int, pictures: Path | None) -> dict[str, Any]:
    """Share the minutes out and gather what was raised."""
    order = [stills[i] for i in np.random.default_rng(seed).permutation(len(stills))]
    sessions = max(min(len(stills), 5), math.ceil(minutes / PERSON_MINUTES))
    flags, rows = [], []
    for n in range(sessions):
        still = order[n % len(order)]
        found, row = watch_one(still, minutes / sessions, seed * 1000 + n, pictures)
        flags += [flag | {"session": n} for flag in found.flags]
        rows.append(row | {"person": still.name, "false_flags": len(found.flags), "blind_s": round(found.blind_s, 1)})
    watched = sum(row["seconds"] for row in rows) / 60

    def mean(key: str) -> float:
        return round(sum(row[key] * row["seconds"] for row in rows) / (watched * 60), 4)

    statuses = rows[-1]["statuses"]
    return {
        "minutes": round(watched, 2), "people": len({row["person"] for row in rows}), "sessions": sessions,
        "false_flags": len(flags), "false_flags_per_20_min": round(20 * len(flags) / watched, 2),
        "by_kind": dict(Counter(flag["kind"] for flag in flags)), "flags": flags, "seeing": mean("seeing"),
        "one_face": mean("one_face"), "too_dark": mean("too_dark"), "calibrated": mean("calibrated"),
        "ms_per_frame": round(mean("ms"), 1), "signals": statuses,
        "by_session": [
            {k: round(v, 3) if isinstance(v, float) else v for k, v in row.items() if k != "statuses"} for row in rows
        ],
    }  # fmt: skip


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=Path)
    args = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    if args.pictures is not None:
        args.pictures.mkdir(parents=True, exist_ok=True)
    report = measure(args.minutes, load_stills(args.manifest), args.seed, args.pictures)
    args.out.write_text(json.dumps(report, indent=1))
    print(json.dumps({k: v for k, v in report.items() if k not in ("flags", "by_session")}, indent=1))
    for flag in report["flags"]:
        print(f"{flag['kind']} at {flag['second']} s, {flag['person']}: {flag['reason']} {flag['doing']}")


if __name__ == "__main__":
    main()
