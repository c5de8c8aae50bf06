"""What an honest person does before a camera, as a schedule of small acts and the pose at each moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.puppet import Pose


@dataclass(frozen=True, slots=True)
class ActParams:
    """How often an honest person does what, times a minute, and how."""

    turns: float = 3.0
    """Turns of the head by 20 to 35 degrees for 1.0 to 1.8 s: looking away while thinking."""
    nods: float = 2.5
    downs: float = 2.0
    """Short looks down, 0.5 to 1.3 s: keyboard, notes, hands."""
    ups: float = 1.0
    glances: float = 6.0
    """Of the eyes alone, under 1.5 s."""
    blinks: float = 15.0
    long_blinks: float = 0.6
    """Eyes shut for up to a second."""
    hands: float = 1.2
    scratches: float = 0.8
    rubs: float = 0.25
    """Both hands over the eyes, for at most 1.6 s."""
    drinks: float = 0.35
    postures: float = 1.0
    """Sits differently from now on."""
    leans: float = 0.6
    lights: float = 0.5
    """The light changes at once, and the camera's exposure follows."""
    hunts: float = 0.5
    """The exposure swings to and fro."""
    shakes: float = 0.5
    """The desk or the lap under the camera moves, by 1 to 8 pixels."""
    blurs: float = 0.3
    """The camera looks for its focus."""
    drops: float = 0.5
    """No frames for 0.5 to 1.5 s."""
    calm_s: float = 4.0
    """So long a person looks at the screen first: they have just pressed Start."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done from ``start`` to ``end`` (seconds), ``size`` large; ``detail`` says which."""

    kind: str
    start: float
    end: float
    size: float = 0.0
    detail: str = ""

    def share(self, t: float, ramp_s: float) -> float:
        """0 outside, 1 inside, with smooth ramps within."""
        if not self.start <= t <= self.end:
            return 0.0
        ramp_s = min(ramp_s, (self.end - self.start) / 2)
        edge = min(t - self.start, self.end - t) / max(ramp_s, 1e-6)
        x = min(1.0, edge)
        return x * x * (3 - 2 * x)


_LENGTHS = {
    "turns": (1.0, 1.8), "nods": (1.0, 2.2), "downs": (0.5, 1.3), "ups": (1.0, 2.8), "glances": (0.4, 1.4),
    "blinks": (0.12, 0.35), "long_blinks": (0.5, 1.0), "hands": (2.0, 6.0), "scratches": (1.2, 3.5), "rubs": (0.9, 1.6),
    "drinks": (2.5, 4.2), "postures": (1.5, 1.5), "leans": (3.0, 10.0), "lights": (3.0, 8.0), "hunts": (2.0, 5.0),
    "drops": (0.5, 1.5), "shakes": (0.5, 3.0), "blurs": (1.0, 2.5),
}  # fmt: skip
_SIZES = {
    "turns": (20, 35), "nods": (5, 14), "downs": (8, 18), "ups": (5, 12), "glances": (0.05, 0.12), "leans": (0.85, 1.3),
    "lights": (0.6, 1.3), "hunts": (0.08, 0.25),
    "shakes": (1, 8), "blurs": (1, 4),
}  # fmt: skip
_HEAD = ("turns", "nods", "downs", "ups")
_HANDS = ("hands", "scratches", "rubs", "drinks")
_SIGNED = ("turns", "glances")
_NEAR = ("chin", "chin", "cheek", "cheek", "mouth", "eye", "forehead", "glasses")


class HonestActor:
    """A person who does nothing wrong, for ``length_s`` seconds. Same seed, same person."""

    def __init__(self, length_s: float, seed: int, params: ActParams | None = None) -> None:
        self._params, self._rng = params or ActParams(), np.random.default_rng(seed)
        rng = self._rng
        self._phases = rng.uniform(0, 2 * np.pi, (8, 3))
        self._rates = rng.uniform(0.02, 0.35, (8, 3))
        self._base = (rng.uniform(-7, 7), rng.uniform(-5, 5), rng.uniform(-4, 4))
        self._restless = rng.uniform(0.5, 1.5)
        self._sway_px = rng.uniform(3, 16)
        self._slow_light, self._warmth = rng.uniform(0.03, 0.15), rng.uniform(-0.1, 0.1)
        self.acts: list[Act] = []
        """Everything that happens, by kind and time."""
        self._plan(length_s)
        self._talks = self._spells(length_s)

    def pose(self, t: float) -> Pose:
        """What is done at second ``t``."""
        w, r = self._wave, self._restless
        pose = Pose(
            dx=0.12 * r * w(0, t), dy=0.08 * r * w(1, t) + 0.015 * np.sin(2 * np.pi * 0.28 * t),
            scale=1 + 0.02 * r * w(2, t), roll_deg=self._base[2] + 2.5 * r * w(3, t),
            yaw_deg=self._base[0] + 3.0 * r * w(4, t), pitch_deg=self._base[1] + 2.5 * r * w(5, t),
            gain=1 + self._slow_light * w(6, t), warmth=self._warmth + 0.04 * w(7, t),
            sway_px=self._sway_px * float(np.sin(2 * np.pi * 0.21 * t) * (0.6 + 0.4 * np.sin(0.31 * t))),
        )  # fmt: skip
        if any(a <= t <= b for a, b in self._talks):
            pose.mouth = abs(np.sin(2 * np.pi * 2.3 * t) * np.sin(2 * np.pi * 0.7 * t + 1)) * 0.9
            pose.pitch_deg += 1.5 * np.sin(2 * np.pi * 0.9 * t)
        for act in self.acts:
            if act.kind == "postures" or act.start <= t <= act.end:
                _perform(act, t, pose)
        return pose

    def dropped(self, t: float) -> bool:
        """Whether the stream stands still at this moment."""
        return any(a.kind == "drops" and a.start <= t <= a.end for a in self.acts)

    def doing(self, t: float, within_s: float = 3.0) -> list[str]:
        """Names of the acts around a moment, to explain a wrong flag."""
        near = (a for a in self.acts if a.start - within_s <= t <= a.end + within_s and a.kind != "blinks")
        return [f"{a.kind} {a.detail}".strip() + f" {a.size:.2f} at {a.start:.1f}-{a.end:.1f}" for a in near]

    def _wave(self, row: int, t: float) -> float:
        return float(np.sin(2 * np.pi * self._rates[row] * t + self._phases[row]).mean()) * 1.4

    def _plan(self, length_s: float) -> None:
        rng, p = self._rng, self._params
        for kind, (shortest, longest) in _LENGTHS.items():
            for start in np.sort(
                rng.uniform(p.calm_s, max(p.calm_s, length_s), rng.poisson(getattr(p, kind) * length_s / 60))
            ):
                end = float(start + rng.uniform(shortest, longest))
                size = float(rng.uniform(*_SIZES.get(kind, (0, 1))))
                if kind in _SIGNED and rng.random() < 0.5:
                    size = -size
                detail = str(rng.choice(_NEAR)) if kind == "hands" else ""
                if detail == "eye":
                    end = min(end, float(start) + 2.0)
                self._add(Act(kind, float(start), end, size, detail))
        self.acts.sort(key=lambda a: a.start)

    def _add(self, act: Act) -> None:
        """Two acts of one part of the body keep 2 s apart: several short looks away in a row would be a long one."""
        groups: Sequence[tuple[str, ...]] = (_HEAD, _HANDS, ("lights", "hunts"))
        group = next((g for g in groups if act.kind in g), (act.kind,))
        apart = 2.0 if group is _HEAD else 0.3
        if all(a.end + apart < act.start or act.end + apart < a.start for a in self.acts if a.kind in group):
            self.acts.append(act)

    def _spells(self, length_s: float) -> list[tuple[float, float]]:
        spells, t = [], self._params.calm_s
        while t < length_s:
            t += self._rng.uniform(1, 6)
            spells.append((t, t + self._rng.uniform(4, 25)))
            t = spells[-1][1]
        return spells


def _perform(act: Act, t: float, pose: Pose) -> None:
    """Add one act to a pose."""
    since = t - act.start
    match act.kind:
        case "turns":
            pose.yaw_deg += act.size * act.share(t, 0.35)
        case "nods":
            pose.pitch_deg += act.size * act.share(t, 0.3) * np.sin(2 * np.pi * 1.4 * since)
        case "downs":
            pose.pitch_deg -= act.size * act.share(t, 0.3)
            pose.lids = max(pose.lids, 0.4 * act.share(t, 0.3))
        case "ups":
            pose.pitch_deg += act.size * act.share(t, 0.5)
            pose.yaw_deg += act.size * act.share(t, 0.5) * (1 if act.size > 8 else -1)
        case "glances":
            pose.gaze += act.size * act.share(t, 0.1)
        case "blinks":
            pose.lids = max(pose.lids, act.share(t, 0.08))
        case "long_blinks":
            pose.lids = max(pose.lids, act.share(t, 0.1))
        case "hands":
            pose.hand, pose.reach = act.detail, act.share(t, 0.5)
            pose.wobble = 0.03 * np.sin(2 * np.pi * 0.6 * since)
        case "scratches":
            pose.hand = "hair" if act.size < 0.4 else "cheek" if act.size < 0.7 else "forehead"
            pose.reach, pose.wobble = act.share(t, 0.4), 0.13 * np.sin(2 * np.pi * 3.1 * since)
        case "rubs":
            pose.hand, pose.reach = "face", act.share(t, 0.3)
            pose.wobble = 0.08 * np.sin(2 * np.pi * 2.0 * since)
        case "drinks":
            pose.cup = act.share(t, 0.7)
            pose.pitch_deg += 9 * act.share(t, 1.0)
        case "postures":
            x = min(1.0, max(0.0, since / 1.5))
            eased = x * x * (3 - 2 * x)
            seed = np.random.default_rng(int(act.size * 1e6))
            # To another place, not ever further: each change takes the place of the ones before.
            pose.dx += (seed.uniform(-0.5, 0.5) - pose.dx) * eased
            pose.dy += (seed.uniform(-0.25, 0.35) - pose.dy) * eased
            pose.scale += (seed.uniform(0.9, 1.12) - pose.scale) * eased
            pose.roll_deg += seed.uniform(-5, 5) * eased
        case "leans":
            pose.scale *= 1 + (act.size - 1) * act.share(t, 1.0)
        case "lights":
            pose.gain *= 1 + (act.size - 1) * (1 if act.end - t > 2 else (act.end - t) / 2)
            pose.warmth += 0.1 * (1 - act.size) * act.share(t, 0.2)
        case "hunts":
            pose.gain *= 1 + act.size * np.exp(-since / 1.5) * np.sin(2 * np.pi * 0.8 * since)
        case "shakes":
            left = act.size * np.exp(-since / 1.2)
            pose.shake_px = (left * np.sin(2 * np.pi * 3.3 * since), 0.7 * left * np.sin(2 * np.pi * 4.1 * since + 1))
        case "blurs":
            pose.blur_px = act.size * act.share(t, 0.4)
        case _:
            pass
