"""How well faces are counted, where heads point, and what a frame costs.

``python -m benchmarks.faces --manifest FILE [--light F] --out F.json``. The manifest is a CSV with ``path`` (beside
it), ``n_faces`` and ``label``; ``boxes_xywh`` (JSON) and ``group`` are optional. ``--light 0.1`` first dims each
picture to a tenth, with sensor noise of sigma 4. Pictures go one by one through the live pipeline, each as the first
of somebody; times are CPU times of one thread, of frames of 640x480.
"""

import argparse
import csv
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.proctoring.analyst import Analyst
from core.proctoring.equipment import make_analyst
from core.proctoring.faces import FaceDetector, overlap
from core.proctoring.picture import as_bgr
from core.proctoring.pose import PoseParams, pose_from_points

Image = NDArray[np.uint8]

NOISE_SIGMA = 4.0
TIMED_PEOPLE = 12
WARM_UP_FRAMES, TIMED_FRAMES = 14, 20
SAME_BOX_IOU = 0.3
TURNS = {"turned-left": -1, "profile-left": -1, "turned-right": 1, "profile-right": 1}
"""Left and right as seen in the picture."""


@dataclass(slots=True)
class Tally:
    """What was counted over some pictures."""

    n: int = 0
    right_class: int = 0
    true: int = 0
    found: int = 0
    matched: int = 0
    singles: int = 0
    singles_seen: int = 0
    turns: list[bool] = field(default_factory=list)

    def add(self, faces: int, found: int, matched: int, *, too_dark: bool) -> None:
        """One picture."""
        self.n += 1
        self.right_class += min(faces, 2) == min(found, 2)
        self.true, self.found, self.matched = self.true + faces, self.found + found, self.matched + matched
        if faces == 1:
            self.singles += 1
            self.singles_seen += found > 0 or too_dark

    def share(self, part: int, whole: int) -> float | None:
        """A share, or None of nothing."""
        return round(part / whole, 4) if whole else None


def read_rows(manifest: Path) -> list[dict[str, str]]:
    """The manifest's rows."""
    csv.field_size_limit(sys.maxsize)
    with manifest.open(newline="") as file:
        return list(csv.DictReader(file))


def dim(image: Image, light: float, rng: np.random.Generator) -> Image:
    """The picture at a share of its brightness, with sensor noise."""
    if light >= 1.0:
        return image
    noise = rng.normal(0.0, NOISE_SIGMA, image.shape)
    return np.clip(image.astype(np.float32) * light + noise, 0, 255).astype(np.uint8)


def as_frame(image: Image) -> Image:
    """The picture in a 640x480 frame, its proportions kept."""
    height, width = image.shape[:2]
    scale = min(640 / width, 480 / height)
    small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
    frame = np.full((480, 640, 3), 90, np.uint8)
    y, x = (480 - small.shape[0]) // 2, (640 - small.shape[1]) // 2
    frame[y : y + small.shape[0], x : x + small.shape[1]] = small
    return frame


def matches(true: list[Any], found: Iterable[Any]) -> int:
    """How many true boxes are met by found ones, each once."""
    left, hits = [np.array(box, float) for box in found], 0
    for box in true:
        best = max(left, key=lambda other: overlap(np.array(box, float), other), default=None)
        if best is not None and overlap(np.array(box, float), best) >= SAME_BOX_IOU:
            hits += 1
            left = [other for other in left if other is not best]
    return hits


def count_faces(rows: list[dict[str, str]], folder: Path, light: float, analyst: Analyst) -> dict[str, Any]:
    """All pictures through the pipeline."""
    rng = np.random.default_rng(0)
    total, groups = Tally(), defaultdict(Tally)
    finder: FaceDetector = analyst.faces
    unreadable = []
    for row in rows:
        image = cv2.imread(str(folder / row["path"]))
        if image is None:
            unreadable.append(row["path"])
            continue
        picture = dim(as_bgr(image), light, rng)
        signal = analyst.analyse(picture, 0.0, analyst.new_person(faces_only=True))
        boxes = json.loads(row.get("boxes_xywh") or row.get("boxes") or "[]")
        faces = int(row["n_faces"])
        matched = matches(boxes, signal.boxes) if boxes else min(faces, signal.count)
        for tally in (total, *([groups[row["group"]]] if row.get("group") else [])):
            tally.add(faces, signal.count, matched, too_dark=signal.too_dark)
        if row["label"] in TURNS:
            found = finder.find(picture).faces
            yaw = pose_from_points(found[0], PoseParams()).yaw_deg if found else 0.0
            total.turns.append(yaw * TURNS[row["label"]] > 0)
    return {
        "n": total.n, "count_accuracy": total.share(total.right_class, total.n),
        "face_precision": total.share(total.matched, total.found),
        "face_recall": total.share(total.matched, total.true),
        "turn_sign_accuracy": total.share(sum(total.turns), len(total.turns)),
        "seen_or_dark": total.share(total.singles_seen, total.singles), "unreadable": unreadable,
        "by_group": {
            name: {
                "n": t.n, "count_accuracy": t.share(t.right_class, t.n), "face_recall": t.share(t.matched, t.true),
                "seen_or_dark": t.share(t.singles_seen, t.singles),
            }
            for name, t in sorted(groups.items())
        },
    }  # fmt: skip


def time_frames(rows: list[dict[str, str]], folder: Path, light: float, analyst: Analyst) -> dict[str, Any]:
    """CPU milliseconds of a frame: with one face as a person's session goes on, and where a second pass is needed."""
    rng, usual, escalated = np.random.default_rng(1), [], []
    singles = [row for row in rows if row["n_faces"] == "1"]
    for row in singles[:: max(1, len(singles) // TIMED_PEOPLE)][:TIMED_PEOPLE]:
        image = cv2.imread(str(folder / row["path"]))
        frame = None if image is None else as_frame(dim(as_bgr(image), light, rng))
        if frame is None or analyst.faces.find(frame).passes > 1:
            continue
        person, spent = analyst.new_person(), []
        for n in range(WARM_UP_FRAMES + TIMED_FRAMES):
            noisy = cv2.add(frame, rng.integers(0, 4, frame.shape, dtype=np.uint8))
            begun = time.process_time()
            analyst.analyse(noisy, n * 0.5, person)
            spent.append(time.process_time() - begun)
        usual.append(1000 * statistics.fmean(spent[WARM_UP_FRAMES:]))
    for row in rows[:: max(1, len(rows) // 60)]:
        image = cv2.imread(str(folder / row["path"]))
        frame = None if image is None else as_frame(dim(as_bgr(image), light, rng))
        if frame is None or analyst.faces.find(frame).passes == 1:
            continue
        person = analyst.new_person()
        analyst.analyse(frame, 0.0, person)
        begun = time.process_time()
        analyst.analyse(cv2.add(frame, 1), 0.5, person)
        escalated.append(1000 * (time.process_time() - begun))
    return {
        "ms_per_frame": round(statistics.median(usual), 2) if usual else None,
        "ms_escalated": round(statistics.median(escalated), 2) if escalated else None,
    }


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--light", type=float, default=1.0)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rows, folder, analyst = read_rows(args.manifest), args.manifest.parent, make_analyst()
    report = count_faces(rows, folder, args.light, analyst) | time_frames(rows, folder, args.light, analyst)
    report["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    args.out.write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
