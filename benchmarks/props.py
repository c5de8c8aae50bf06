"""Things a person holds before a face: a hand, a cup; drawn once, placed by an affine map."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
SPRITE = 256
"""Side of a sprite in pixels; its middle is what is placed at a point."""
SLEEVES = ((70, 50, 40), (150, 140, 135), (60, 60, 110), (90, 70, 50), (40, 45, 50), (175, 165, 150))
CUPS = ((235, 235, 240), (60, 80, 190), (160, 110, 60), (70, 150, 90), (45, 45, 50))


def draw_hand(skin: NDArray[np.float64], rng: np.random.Generator) -> Image:
    """A loose fist with a forearm that leaves at the lower edge: BGRA, float alpha as 0 to 255.

    Args:
        skin: Colour of the cheek, BGR.
        rng: Draws the sleeve and the shape.
    """
    picture = np.zeros((SPRITE, SPRITE, 4), np.uint8)

    def part(points: list[tuple[float, float]], width: float, shade: float) -> None:
        colour = (*np.clip(skin * shade, 0, 255).tolist(), 255)
        path = np.array(points, np.int32)
        cv2.polylines(picture, [path], False, colour, int(width), cv2.LINE_AA)

    sleeve = (*SLEEVES[rng.integers(len(SLEEVES))], 255)
    cv2.line(picture, (128, 170), (150, 256), (*np.clip(skin * 0.9, 0, 255).tolist(), 255), 52, cv2.LINE_AA)
    cv2.line(picture, (142, 226), (152, 270), sleeve, 74, cv2.LINE_AA)
    cv2.ellipse(
        picture, (128, 140), (46, 42), 0, 0, 360, (*np.clip(skin * 0.95, 0, 255).tolist(), 255), -1, cv2.LINE_AA
    )
    curl = rng.uniform(0, 26)
    for n in range(4):
        x, shade = 94 + n * 22.5, 0.86 + 0.05 * n
        part([(x, 138), (x - 3, 96 + abs(n - 1.5) * 7 + curl), (x + 3, 112 + curl)], 21, shade)
        part([(x + 10.5, 140), (x + 9, 108 + curl)], 2, 0.62)  # the dark between two fingers
    part([(90, 156), (72, 132), (74, 116)], 20, 1.0)
    return _finished(picture, rng)


def draw_cup(rng: np.random.Generator) -> Image:
    """A mug, its handle at one side, BGRA."""
    picture = np.zeros((SPRITE, SPRITE, 4), np.uint8)
    colour = CUPS[rng.integers(len(CUPS))]
    cv2.ellipse(picture, (186, 132), (26, 30), 0, 0, 360, (*colour, 255), 11, cv2.LINE_AA)
    for x in range(82, 181):
        shade = 0.7 + 0.35 * np.sin((x - 82) / 98 * np.pi)
        column = (*np.clip(np.array(colour) * shade, 0, 255).tolist(), 255)
        cv2.line(picture, (x, 84), (x, 186), column, 1)
    cv2.ellipse(picture, (131, 86), (49, 9), 0, 0, 360, (*np.clip(np.array(colour) * 0.6, 0, 255).tolist(), 255), -1)
    return _finished(picture, rng)


def place(frame: Image, sprite: Image, at: tuple[float, float], size_px: float, angle_deg: float, flip: bool) -> None:
    """Lay a sprite over a frame, in place.

    Args:
        frame: BGR.
        sprite: BGRA.
        at: Where the sprite's middle goes.
        size_px: Side it gets.
        angle_deg: Turned counter-clockwise by this.
        flip: Mirrored first.
    """
    if flip:
        sprite = np.ascontiguousarray(sprite[:, ::-1])
    matrix = cv2.getRotationMatrix2D((SPRITE / 2, SPRITE / 2), angle_deg, size_px / SPRITE)
    half = int(size_px * 0.75) + 2
    x0, y0 = max(0, int(at[0]) - half), max(0, int(at[1]) - half)
    x1, y1 = min(frame.shape[1], int(at[0]) + half), min(frame.shape[0], int(at[1]) + half)
    if x1 <= x0 or y1 <= y0:
        return
    matrix[:, 2] += np.array([at[0] - x0, at[1] - y0]) - SPRITE / 2
    over = cv2.warpAffine(sprite, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_AREA).astype(np.float32)
    share = over[..., 3:] / 255.0
    under = frame[y0:y1, x0:x1]
    under[:] = under * (1 - share) + over[..., :3] * share


def _finished(picture: Image, rng: np.random.Generator) -> Image:
    """Light from one side, a texture and soft edges."""
    slope = np.linspace(rng.uniform(0.8, 1.1), rng.uniform(0.8, 1.1), SPRITE)[None, :, None]
    grain = cv2.GaussianBlur(rng.normal(0, 22, (SPRITE, SPRITE)).astype(np.float32), (0, 0), 2.0)[..., None]
    colour = np.clip(picture[..., :3] * slope + grain, 0, 255)
    # Colours are spread under the soft edge before it is cut, or black would shine through.
    solid = picture[..., 3:] > 0
    weight = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 3)[..., None] + 1e-4
    spread = cv2.GaussianBlur((colour * solid).astype(np.float32), (0, 0), 3) / weight
    colour = np.where(solid, cv2.GaussianBlur(colour, (0, 0), 1.2), spread)
    alpha = cv2.GaussianBlur(picture[..., 3], (0, 0), 2)
    return np.dstack([np.clip(colour, 0, 255).astype(np.uint8), alpha])
