"""Where the irises stand between the corners of the eyes, and whether the eyes are shut."""

from dataclasses import dataclass

import numpy as np

from core.proctoring.pose import Points


@dataclass(frozen=True, slots=True)
class _Eye:
    """Numbers of points in MediaPipe's canonical mesh; the corner on the left of the picture first."""

    left: int
    right: int
    upper: int
    lower: int
    iris: int


_EYES = (_Eye(33, 133, 159, 145, 468), _Eye(362, 263, 386, 374, 473))


@dataclass(frozen=True, slots=True)
class EyesFound:
    """Both eyes, averaged.

    Attributes:
        gaze_x: Iris beside the middle of the eye, in eye widths; positive towards the right edge of the picture.
        gaze_y: Iris above the line between the corners, in eye widths.
        opening: Distance of the lids, in eye widths: some 0.3 open, under 0.15 shut.
        apart: How far the two eyes disagree about ``gaze_x``: much where a hand or the light covers one.
    """

    gaze_x: float
    gaze_y: float
    opening: float
    apart: float = 0.0


def eyes_of(points: Points) -> EyesFound:
    """Eyes of a mesh.

    Args:
        points: 478x3 in the upright crop; x right, y down. The irises are the last ten.
    """
    found = [_one(points[:, :2], eye) for eye in _EYES]
    x, y, opening = (float(v) for v in np.mean(found, axis=0))
    return EyesFound(x, y, opening, abs(found[0][0] - found[1][0]))


def _one(points: Points, eye: _Eye) -> tuple[float, float, float]:
    left, right = points[eye.left], points[eye.right]
    axis = right - left
    width = max(1e-6, float(np.linalg.norm(axis)))
    across = axis / width
    down = np.array([-across[1], across[0]])
    iris = points[eye.iris] - (left + right) / 2
    opening = float((points[eye.lower] - points[eye.upper]) @ down) / width
    return float(iris @ across) / width, -float(iris @ down) / width, opening
