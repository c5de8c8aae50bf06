"""What moves behind a person."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.proctoring.faces import Face
from core.proctoring.picture import Image, resize_to


@dataclass(frozen=True, slots=True)
class BackgroundParams:
    """Knobs of movement behind the person."""

    side_px: int = 160
    """Longest side of the pictures that are compared."""
    min_difference: int = 22
    """Grey levels by which a pixel must leave the range of its neighbours before to have moved."""
    shake_px: int = 2
    """Neighbourhood that range is taken from: a desk that shakes moves edges by a pixel or two, and nobody walks."""
    person_width: float = 3.4
    """Width of what belongs to the person, shoulders and gestures too, in widths of the face."""
    person_above: float = 1.0
    """How far above the face, in its heights, hair and hands may reach."""
    min_outside: float = 0.15
    """Share of the picture that must be left, or nothing can be said."""
    max_shift: float = 5.0
    """When half of all pixels change by more than this, it is the light, not somebody."""
    max_share: float = 0.5
    """When more than this of what is behind moves, the camera did."""
    min_height: float = 0.3
    """What moves must be this tall, as a share of the picture, to be the size of a person."""


class BackgroundMemory:
    """The picture before, of one candidate. Used by one thread.

    Args:
        params: Knobs.
    """

    def __init__(self, params: BackgroundParams) -> None:
        self._params = params
        self._before: NDArray[np.uint8] | None = None
        self._face_before: NDArray[np.float64] | None = None

    def movement(self, grey: Image, face: Face | None, scale: float) -> float | None:
        """Share of the picture outside the person that one thing the size of a person moves through, 0 to 1.

        Args:
            grey: HxW.
            face: The person's, in pixels of another size of this picture; None when there is not exactly one.
            scale: That size's width over the width of ``grey``.

        Returns:
            None when nothing can be said: no person, too little around them, the light or the camera changed.
        """
        p = self._params
        small = cv2.GaussianBlur(resize_to(grey, p.side_px), (0, 0), 1.5)
        before, self._before = self._before, np.asarray(small, np.uint8)
        where = None if face is None else face.box / (scale * grey.shape[1] / small.shape[1])
        where_before, self._face_before = self._face_before, where
        if before is None or before.shape != small.shape or where is None or where_before is None:
            return None
        if abs(float(np.median(self._before.astype(np.int16) - before))) > p.max_shift:
            return None
        near = np.ones((2 * p.shake_px + 1, 2 * p.shake_px + 1), np.uint8)
        above, below = (
            cv2.subtract(self._before, cv2.dilate(before, near)),
            cv2.subtract(cv2.erode(before, near), small),
        )
        moved = (cv2.max(above, below) > p.min_difference).astype(np.uint8)
        outside = np.ones_like(moved)
        for box in (where, where_before):
            self._cover(outside, box)
        area = int(outside.sum())
        if area < p.min_outside * outside.size:
            return None
        # What moves shows at its edges first: joined, they are a thing.
        behind = np.asarray(cv2.dilate(moved & outside, np.ones((5, 5), np.uint8)), np.uint8) & outside
        return None if int(behind.sum()) > p.max_share * area else self._largest(behind) / area

    def _cover(self, outside: NDArray[np.uint8], box: NDArray[np.float64]) -> None:
        """Take the person out: a column around the face, from above the head to the bottom."""
        p = self._params
        x, y, width, height = box
        half = p.person_width * width / 2
        left, right = max(0, int(x + width / 2 - half)), max(0, int(x + width / 2 + half))
        outside[max(0, int(y - p.person_above * height)) :, left:right] = 0

    def _largest(self, moved: NDArray[np.uint8]) -> float:
        count, _, stats, _ = cv2.connectedComponentsWithStats(moved)
        tall = [
            int(stats[n, cv2.CC_STAT_AREA])
            for n in range(1, count)
            if stats[n, cv2.CC_STAT_HEIGHT] >= self._params.min_height * moved.shape[0]
        ]
        return float(max(tall, default=0))
