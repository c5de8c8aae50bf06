"""Made-up webcam video from photographs of one face, with the truth beside it.

``python -m benchmarks.scenes --manifest FILE --out clip.avi --truth clip.json --seed N --script standard`` writes a
clip at 15 fps. ``--script`` is a name (standard, turns, faces, camera) or ``label:seconds,label:seconds,...`` with the
labels one_face, no_face, two_faces, look_left, look_right, look_down, dark, frozen, identity_change. A file named
``.mjpeg`` is plain JPEGs one after the other, as Chromium's fake camera wants them; any other is an AVI of JPEGs.
Where the manifest has real turned pictures of a person, look_left and look_right are cut to them. Without a manifest
the photograph of scikit-image's wheel serves.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.acting import ActParams, HonestActor
from benchmarks.lens import Lens
from benchmarks.puppet import Image, Puppet
from benchmarks.stills import HEIGHT, MARGIN, WIDTH, FaceFinder, Likeness, Still, load_stills, plate_of

FPS = 15
SCRIPTS: dict[str, tuple[tuple[str, float], ...]] = {
    "standard": (
        ("one_face", 12), ("look_left", 4), ("one_face", 6), ("no_face", 5), ("one_face", 6), ("two_faces", 4),
        ("one_face", 6), ("look_right", 4), ("one_face", 6), ("dark", 4), ("one_face", 6), ("look_down", 4),
        ("one_face", 6), ("frozen", 8), ("one_face", 7), ("identity_change", 9), ("one_face", 8),
    ),
    "turns": (
        ("one_face", 12), ("look_left", 4), ("one_face", 5), ("look_right", 4), ("one_face", 5), ("look_down", 3),
        ("one_face", 4), ("look_down", 3), ("one_face", 4), ("look_down", 3), ("one_face", 5), ("look_left", 6),
        ("one_face", 5),
    ),
    "faces": (
        ("one_face", 12), ("no_face", 4), ("one_face", 5), ("two_faces", 3), ("one_face", 5), ("no_face", 8),
        ("one_face", 5), ("two_faces", 6), ("one_face", 5), ("identity_change", 10), ("one_face", 8),
    ),
    "camera": (
        ("one_face", 12), ("dark", 3), ("one_face", 5), ("frozen", 7), ("one_face", 6), ("dark", 6), ("one_face", 5),
        ("frozen", 10), ("one_face", 6),
    ),
}  # fmt: skip
"""Labels and seconds."""
FACES = {"no_face": 0, "two_faces": 2, "dark": 0}
QUIET = ActParams(
    turns=0, nods=1, downs=0, ups=0, glances=3, hands=0, scratches=0, drinks=0, postures=0, leans=0, lights=0, hunts=0,
    drops=0, long_blinks=0, rubs=0, shakes=0, blurs=0,
)  # fmt: skip
"""Between scripted events: alive, but nothing that could be taken for one."""


@dataclass(frozen=True, slots=True)
class SceneParams:
    """Knobs of the scripted events."""

    yaw_deg: tuple[float, float] = (32.0, 36.0)
    """Turn of the head of look_left and look_right without a real picture; from 38 on the warp folds the far cheek."""
    pitch_deg: tuple[float, float] = (-38.0, -31.0)
    """Nod of look_down."""
    turn_s: float = 0.4
    """How long the head takes to get there; the label starts with the movement."""
    dark_gain: float = 0.05
    """Light left over in dark."""
    same_above: float = 0.3
    """Likeness from which two photographs are of one person: identity_change becomes one_face."""


def honest_frames(still: Still, length_s: float, fps: float, seed: int) -> tuple[HonestActor, Iterator]:
    """An honest person: the schedule, and (second, 480x640 BGR frame or None while no frame comes) at ``fps``."""
    rng = np.random.default_rng(seed)
    puppet, lens, actor = Puppet(plate_of(still, rng), rng), Lens(rng), HonestActor(length_s, seed)

    def frames() -> Iterator[tuple[float, Image | None]]:
        for n in range(int(length_s * fps)):
            t = n / fps
            pose = actor.pose(t)
            yield t, None if actor.dropped(t) else lens.see(puppet.render(pose), pose.gain, pose.warmth)

    return actor, frames()


class Scene:
    """A scripted clip: what happens when, and the frames."""

    def __init__(
        self, script: Sequence[tuple[str, float]], stills: Sequence[Still], seed: int, params: SceneParams | None = None
    ) -> None:
        if not stills:
            raise ValueError("no picture of one face to make a scene from")
        self._params = p = params or SceneParams()
        rng = np.random.default_rng(seed)
        stills = [s for s in stills if s.straight] or stills
        # Consecutive seeds take other people; only every so many meet the same one again, elsewhere in the picture.
        still = stills[seed % len(stills)]
        likeness = Likeness()
        other = likeness.stranger_to(still, stills, rng) if len(stills) > 1 else still
        self.people = (still.name, other.name)
        if likeness.between(still, other) > p.same_above:  # one photograph and its mirror image: nobody to change to
            script = [("one_face" if label == "identity_change" else label, s) for label, s in script]
        widest = 130.0 if any(label == "two_faces" for label, _ in script) else 185.0
        self._one, self._other = (Puppet(plate_of(s, rng, widest), rng) for s in (still, other))
        self._empty = self._without_face(self._one)
        self._segments: list[tuple[str, float, float]] = []
        t = 0.0
        for label, seconds in script:
            self._segments.append((label, t, t + seconds))
            t += seconds
        self.length_s = t
        self._actors = HonestActor(t, seed, QUIET), HonestActor(t, seed + 1, QUIET)
        self._lens = Lens(rng)
        self._angles = [(rng.uniform(*self._params.yaw_deg), rng.uniform(*self._params.pitch_deg)) for _ in script]

    def truth(self) -> dict:
        """As in a truth file: fps, size, duration, segments."""
        return {
            "fps": FPS, "size": [WIDTH, HEIGHT], "duration": self.length_s, "loops": False,
            "segments": [
                {"start": a, "end": b, "label": label, "n_faces": FACES.get(label, 1)} for label, a, b in self._segments
            ],
        }  # fmt: skip

    def frames(self) -> Iterator[Image]:
        """480x640 BGR at ``FPS``."""
        last: Image | None = None
        for n in range(round(self.length_s * FPS)):
            t = n / FPS
            index = next((i for i, (_, a, b) in enumerate(self._segments) if a <= t < b), len(self._segments) - 1)
            if self._segments[index][0] != "frozen" or last is None:
                last = self._frame(index, t)
            yield last

    def _frame(self, index: int, t: float) -> Image:
        label, start, end = self._segments[index]
        pose, stranger = (actor.pose(t) for actor in self._actors)
        pose.yaw_deg, pose.pitch_deg = pose.yaw_deg * 0.6, pose.pitch_deg * 0.6
        p, gain, noise, real = self._params, pose.gain, 1.0, None
        yaw, pitch = self._angles[index]
        eased = min(1.0, (t - start) / p.turn_s, (end - t) / p.turn_s)
        if label in ("look_left", "look_right"):
            real = self._one.plate.turned.get("turned-" + label[5:])
            if real is not None:
                pose = replace(pose, yaw_deg=0, pitch_deg=0, roll_deg=0, lids=0, mouth=0, gaze=0)
            else:
                pose.yaw_deg += (-1 if label == "look_left" else 1) * yaw * eased
        if label == "look_down":
            pose.pitch_deg += pitch * eased
            pose.lids = max(pose.lids, 0.5 * eased)
        if label == "no_face":
            picture = self._empty
        elif label == "identity_change":
            picture = self._other.render(stranger)
        else:
            picture = self._one.render(pose, real)
        if label == "two_faces":
            self._join(picture, stranger.dx, stranger.dy)
        if label == "dark":
            gain, noise = p.dark_gain, 1.2
        return self._lens.see(picture, gain, pose.warmth, noise=noise)

    def _join(self, picture: Image, dx: float, dy: float) -> None:
        """The other person's head and shoulders beside the first, on the wider side."""
        one, other = self._one, self._other
        scale = 0.95 * one.iod / other.iod
        left = one.centre[0] - MARGIN > WIDTH / 2
        x = (0.22 if left else 0.78) * WIDTH + 10 * dx
        at = np.array([x, float(np.clip(one.centre[1] - MARGIN + 12 * dy, 140, 300))])
        matrix = np.hstack([np.eye(2) * scale, (at - scale * other.centre)[:, None]])
        size = (WIDTH, HEIGHT)
        guest = cv2.warpAffine(other.plate.image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros((HEIGHT, WIDTH), np.float32)
        iod, (cx, cy) = one.iod * 0.95, at
        cv2.ellipse(mask, (int(cx), int(cy)), (int(1.5 * iod), int(2.0 * iod)), 0, 0, 360, 1, -1)
        cv2.rectangle(mask, (int(cx - 1.7 * iod), int(cy + 2.2 * iod)), (int(cx + 1.7 * iod), HEIGHT), 1, -1)
        cv2.rectangle(mask, (int(cx - 0.8 * iod), int(cy + 1.4 * iod)), (int(cx + 0.8 * iod), HEIGHT), 1, -1)
        share = cv2.GaussianBlur(mask, (0, 0), max(3.0, 0.12 * iod))[..., None]
        picture[:] = guest * share + picture * (1 - share)

    def _without_face(self, puppet: Puppet) -> Image:
        empty = puppet.empty()[MARGIN : MARGIN + HEIGHT, MARGIN : MARGIN + WIDTH]
        finder = FaceFinder()
        for sigma in (12, 40):  # somebody on a poster, or the rest of a beard
            if not finder.faces(empty):
                break
            empty = np.asarray(cv2.GaussianBlur(empty, (0, 0), sigma), np.uint8)
        if empty.mean() < 60:  # what is left of a dark room without its person could pass for a covered lens
            lamp = np.linspace(90, 25, WIDTH)[None, :, None] * np.linspace(1.2, 0.8, HEIGHT)[:, None, None]
            empty = np.clip(empty + lamp, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(empty)


def make_clip(
    script: str | Sequence[tuple[str, float]], out_path: Path, stills: Sequence[Still], seed: int = 0
) -> dict:
    """Write a clip; returns its truth.

    Args:
        script: Name in ``SCRIPTS``, ``label:seconds,...``, or pairs.
        out_path: ``.mjpeg`` or ``.avi``.
        stills: People; see ``load_stills``.
        seed: Chooses people, place, size, light, angles and small movements.

    Raises:
        ValueError: No stills, or a script that is not understood.
    """
    scene = Scene(read_script(script) if isinstance(script, str) else script, stills, seed)
    if out_path.suffix == ".mjpeg":
        with out_path.open("wb") as out:
            for frame in scene.frames():
                out.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
    else:
        writer = cv2.VideoWriter(str(out_path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
        if not writer.isOpened():
            raise ValueError(f"cannot write {out_path}: name it .avi or .mjpeg in a folder that exists")
        for frame in scene.frames():
            writer.write(frame)
        writer.release()
    return scene.truth() | {"people": scene.people, "seed": seed}


def read_script(text: str) -> tuple[tuple[str, float], ...]:
    """A named script, or ``label:seconds,...``."""
    if text in SCRIPTS:
        return SCRIPTS[text]
    known = {label for script in SCRIPTS.values() for label, _ in script}
    pairs = [part.partition(":") for part in text.split(",")]
    if not all(label in known and s.replace(".", "", 1).isdigit() and math.isfinite(float(s)) for label, _, s in pairs):
        raise ValueError(f"a script is one of {', '.join(SCRIPTS)}, or label:seconds,... of {', '.join(sorted(known))}")
    return tuple((label, float(seconds)) for label, _, seconds in pairs)


def main() -> None:
    """Write a clip and its truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--script", default="standard")
    args = parser.parse_args()
    truth = make_clip(args.script, args.out, load_stills(args.manifest), args.seed)
    args.truth.write_text(json.dumps(truth, indent=1))
    print(f"{args.out}: {truth['duration']:g} s, {', '.join(truth['people'])}")


if __name__ == "__main__":
    main()
