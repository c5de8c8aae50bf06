"""A photograph that moves: one face turned, nodding, talking, blinking, by smooth warps of a plate."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.props import draw_cup, draw_hand, place
from benchmarks.stills import HEIGHT, MARGIN, WIDTH, Plate

Image = NDArray[np.uint8]
Field = NDArray[np.float32]
_STEP = 4
"""The warp is worked out on every fourth pixel: it is smooth."""


@dataclass(slots=True)
class Pose:
    """What a person does at one moment. Lengths are in distances between the eyes unless they say otherwise.

    Attributes:
        dx: Shift to the right of the picture.
        dy: Shift down.
        scale: 1.2 leans in by a fifth.
        roll_deg: Tilt of the head, clockwise.
        yaw_deg: Turn of the head; positive to the right of the picture.
        pitch_deg: Negative looks down.
        mouth: 0 shut, 1 open.
        lids: 0 open, 1 shut.
        gaze: Sideways shift of the irises.
        hand: Place of a hand: chin, cheek, mouth, eye, forehead, hair, glasses, face (both hands); empty for none.
        reach: How far the hand is up, 0 to 1.
        wobble: Movement of the hand along the face.
        cup: How far a cup is up to the mouth, 0 to 1.
        gain: Light.
        warmth: Positive is redder, -0.2 to 0.2.
        sway_px: Shift of what moves in the background.
        shake_px: Shift of the camera, right and down.
        blur_px: How far out of focus, standard deviation.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    roll_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    mouth: float = 0.0
    lids: float = 0.0
    gaze: float = 0.0
    hand: str = ""
    reach: float = 0.0
    wobble: float = 0.0
    cup: float = 0.0
    gain: float = 1.0
    warmth: float = 0.0
    sway_px: float = 0.0
    shake_px: tuple[float, float] = (0.0, 0.0)
    blur_px: float = 0.0


class Puppet:
    """Renders poses of one plate. Built from YuNet's five points alone."""

    def __init__(self, plate: Plate, rng: np.random.Generator) -> None:
        self.plate = plate
        left, right, nose, mouth_left, mouth_right = plate.points
        self._eyes, self._mouth = (left, right), (mouth_left + mouth_right) / 2
        middle = (left + right) / 2
        down = self._mouth - middle
        self.iod = max(float(np.linalg.norm(right - left)), 0.85 * float(np.linalg.norm(down)))
        self._down = down / (np.linalg.norm(down) + 1e-6)
        self._across = np.array([self._down[1], -self._down[0]])
        self.centre = middle + 0.25 * self.iod * self._down
        self._chin = self.centre + 1.75 * self.iod * self._down
        self._fields(nose)
        skin = self._around(self.centre + 0.55 * self.iod * self._down - 0.5 * self.iod * self._across, 0.16)
        self.skin = np.asarray(skin, np.float64)
        self._hand, self._cup = draw_hand(self.skin, rng), draw_cup(rng)
        self._lids = [self._around(eye + 0.36 * self.iod * self._down, 0.07) * 0.93 for eye in self._eyes]
        self._flip = bool(rng.random() < 0.5)
        self._sways = bool(rng.random() < 0.6)
        self._background(rng)

    def render(self, pose: Pose, image: Image | None = None) -> Image:
        """One frame without light and noise: 480x640 BGR. ``image`` replaces the plate's picture."""
        picture = self.plate.image if image is None else image
        if image is None and (pose.lids > 0 or pose.mouth > 0.3):
            picture = picture.copy()
            self._paint(picture, pose)
        shift = self._shift(pose)
        source = self._grid - shift
        for _ in range(3):  # backwards: from where does what is seen here come?
            at = source / _STEP
            source = self._grid - cv2.remap(shift, at[..., 0], at[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
        size = (WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
        full = cv2.resize(source, size, interpolation=cv2.INTER_LINEAR)
        full = full[MARGIN : MARGIN + HEIGHT, MARGIN : MARGIN + WIDTH] + (_STEP - 1) / 2
        full = full + np.array(pose.shake_px, np.float32)
        frame = cv2.remap(picture, np.ascontiguousarray(full), None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
        frame = np.asarray(frame, np.uint8)
        self._hold(frame, pose, shift)
        return np.asarray(cv2.GaussianBlur(frame, (0, 0), pose.blur_px), np.uint8) if pose.blur_px > 0.3 else frame

    def empty(self) -> Image:
        """The plate without its person: what is beside them grows over, blurred."""
        small = cv2.resize(self.plate.image, None, fx=1 / _STEP, fy=1 / _STEP, interpolation=cv2.INTER_AREA)
        weight = cv2.resize(self._person, (small.shape[1], small.shape[0]))
        mask = (weight > 0.08).astype(np.uint8)
        if mask.mean() > 0.85:
            mask = (weight > 0.6).astype(np.uint8)
        filled = cv2.GaussianBlur(cv2.inpaint(small, mask, 5, cv2.INPAINT_TELEA), (0, 0), 3)
        size = (self.plate.image.shape[1], self.plate.image.shape[0])
        grown = cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC)
        share = cv2.resize(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 2), size)[..., None]
        return np.asarray(np.clip(grown * share + self.plate.image * (1 - share), 0, 255), np.uint8)

    def _fields(self, nose: NDArray[np.float32]) -> None:
        height, width = self.plate.image.shape[:2]
        ys, xs = np.mgrid[0:height:_STEP, 0:width:_STEP].astype(np.float32)
        self._grid = np.dstack([xs, ys]).astype(np.float32)
        away = self._grid - self.centre
        self._half = np.array([1.25, 1.8]) * self.iod
        u, v = away @ self._across / self._half[0], away @ self._down / self._half[1]
        radius = np.sqrt(u**2 + v**2)
        tip = np.exp(-((self._grid - nose) ** 2).sum(axis=2) / (2 * (0.3 * self.iod) ** 2))
        # A head is a bowl with a nose on it; a sphere would fold over at its rim.
        self._depth = (np.clip(1 - radius**2, 0, 1) + 0.32 * tip).astype(np.float32)
        self._u, self._v = u.astype(np.float32), v.astype(np.float32)
        self._head = _fade(radius, 0.9, 1.6)
        body = _fade(np.abs(away @ self._across) / self.iod, 2.6, 4.2) * _fade(
            -(away @ self._down) / self.iod, -1.4, 0.4
        )
        self._person = np.maximum(_fade(radius, 1.15, 2.1), body).astype(np.float32)
        below = (self._grid - self._mouth) @ self._down / self.iod
        beside = (self._grid - self._mouth) @ self._across / self.iod
        self._jaw = (np.exp(-(beside**2) / 0.5) * _fade(np.abs(below - 0.45), 0.35, 0.6)).astype(np.float32)
        self._sight = sum(
            np.exp(-((self._grid - eye) ** 2).sum(axis=2) / (2 * (0.11 * self.iod) ** 2)) for eye in self._eyes
        )

    def _shift(self, pose: Pose) -> Field:
        """How far each point of the grid moves, pixels."""
        yaw, pitch, roll = np.radians([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
        across = self._half[0] * (self._depth * np.sin(yaw) + self._u * (np.cos(yaw) - 1))
        down = self._half[0] * (-self._depth * np.sin(pitch)) + self._half[1] * self._v * (np.cos(pitch) - 1)
        across, down = across * self._head, down * self._head
        across = across + self._sight * pose.gaze * self.iod
        down = down + self._jaw * pose.mouth * 0.16 * self.iod
        turned = across[..., None] * self._across + down[..., None] * self._down
        # The whole person about the neck; the tilt is of the head alone.
        away = self._grid - self._chin
        tilt = np.stack([-away[..., 1], away[..., 0]], axis=2) * np.sin(roll) + away * (np.cos(roll) - 1)
        whole = away * (pose.scale - 1) + np.array([pose.dx, pose.dy]) * self.iod
        moved = turned + tilt * self._head[..., None] + whole * self._person[..., None]
        if self._sways:
            moved[..., 0] += self._curtain * pose.sway_px
        return np.asarray(moved, np.float32)

    def _background(self, rng: np.random.Generator) -> None:
        """A strip beside the person that sways, as a curtain or a plant before a window."""
        x = self._grid[..., 0]
        room_left = self.centre[0] - 2.4 * self.iod
        strip = (room_left / 2, room_left / 5) if room_left > 160 else (x.max() - 90, 28.0)
        wave = np.sin(self._grid[..., 1] / rng.uniform(22, 50) + rng.uniform(0, 6))
        self._curtain = (np.exp(-(((x - strip[0]) / strip[1]) ** 2) / 2) * wave * (1 - self._person)).astype(np.float32)

    def _paint(self, picture: Image, pose: Pose) -> None:
        if pose.mouth > 0.3:
            self._blend(picture, self._mouth, (0.27, 0.1 * pose.mouth), np.array([38, 30, 62]), 0.75)
        if pose.lids <= 0:
            return
        for eye, colour in zip(self._eyes, self._lids, strict=True):
            self._blend(picture, eye, (0.25, 0.13), colour, min(1.0, pose.lids))
            if pose.lids > 0.6:
                lash = eye + 0.08 * self.iod * self._down
                self._blend(picture, lash, (0.21, 0.022), colour * 0.35, 0.8)

    def _blend(self, picture: Image, at: NDArray, radii: tuple[float, float], colour: NDArray, strength: float) -> None:
        reach = int(2 * max(radii) * self.iod) + 3
        x0, y0 = max(0, int(at[0]) - reach), max(0, int(at[1]) - reach)
        part = picture[y0 : y0 + 2 * reach, x0 : x0 + 2 * reach]
        ys, xs = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
        away = np.dstack([xs + x0 - at[0], ys + y0 - at[1]])
        u, v = away @ self._across / (radii[0] * self.iod), away @ self._down / (radii[1] * self.iod)
        share = (_fade(np.sqrt(u**2 + v**2), 0.75, 1.15) * strength)[..., None]
        part[:] = part * (1 - share) + colour * share

    def _hold(self, frame: Image, pose: Pose, shift: Field) -> None:
        side = -1.0 if self._flip else 1.0
        if pose.hand and pose.reach > 0:
            across, down, size, angle = _PLACES[pose.hand]
            goal = self.centre + (across * side * self._across + down * self._down) * self.iod
            goal = goal + np.array([side * pose.wobble, 0.6 * pose.wobble]) * self.iod
            at = self._seen(goal, shift) + (1 - pose.reach) * np.array([0.7 * side, 4.5]) * self.iod
            place(frame, self._hand, (at[0], at[1]), size * self.iod * pose.scale, angle * side, self._flip)
            if pose.hand == "face":  # the other hand too
                at = at - side * 2 * across * self.iod * self._across
                place(frame, self._hand, (at[0], at[1]), size * self.iod * pose.scale, -angle * side, not self._flip)
        if pose.cup > 0:
            goal = self._mouth + 0.42 * self.iod * self._down
            at = self._seen(goal, shift) + (1 - pose.cup) * np.array([0.5 * side, 4.2]) * self.iod
            fist = at + np.array([0.62 * side, 0.35]) * self.iod
            place(frame, self._cup, (at[0], at[1]), 2.9 * self.iod * pose.scale, -10 * side * pose.cup, not self._flip)
            place(frame, self._hand, (fist[0], fist[1]), 2.3 * self.iod * pose.scale, 12 * side, self._flip)

    def _seen(self, point: NDArray, shift: Field) -> NDArray:
        row, column = int(point[1] / _STEP), int(point[0] / _STEP)
        row, column = min(max(row, 0), shift.shape[0] - 1), min(max(column, 0), shift.shape[1] - 1)
        return point + shift[row, column] - MARGIN

    def _around(self, at: NDArray, radius: float) -> NDArray:
        r = max(2, int(radius * self.iod))
        x, y = int(at[0]), int(at[1])
        part = self.plate.image[max(0, y - r) : y + r, max(0, x - r) : x + r].reshape(-1, 3)
        return np.median(part, axis=0) if len(part) else np.array([140.0, 160, 200])


_PLACES = {
    # across and down from between the eyes, size, angle
    "chin": (0.25, 1.75, 3.5, 4.0),
    "cheek": (1.15, 1.05, 3.5, 14.0),
    "mouth": (0.15, 1.25, 3.4, 0.0),
    "eye": (0.6, 0.05, 3.0, 10.0),
    "forehead": (0.5, -0.75, 3.2, 10.0),
    "hair": (1.1, -1.2, 3.2, 20.0),
    "glasses": (0.95, 0.15, 2.8, 18.0),
    "face": (0.45, 0.1, 3.8, 8.0),
}


def _fade(value: NDArray, inner: float, outer: float) -> NDArray:
    """1 up to ``inner``, 0 from ``outer``, smooth between."""
    t = np.clip((outer - value) / (outer - inner), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
