"""Where a head points: from the detector's five points, or better from the face mesh.

Degrees; yaw is positive towards the right edge of the picture, pitch is negative downwards. Absolute values depend on
where the camera stands: rules use the difference to the person's own baseline.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.proctoring.faces import Face

Points = NDArray[np.float64]

_LEFT_EYE_OUTER, _RIGHT_EYE_OUTER, _FOREHEAD, _CHIN = 33, 263, 10, 152
"""Numbers of points in MediaPipe's canonical face mesh; left and right as seen in the picture."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Where a head points, in degrees."""

    yaw_deg: float
    pitch_deg: float


@dataclass(frozen=True, slots=True)
class PoseParams:
    """Constants of the five-point pose, fitted on 230 pictures against the mesh (``docs/proctoring.md``)."""

    nose_shift_at_90_deg: float = 0.24
    """Sideways shift of the nose, in widths of the box, of a head turned by 90 degrees; it goes with the sine."""
    pitch_of_nose_deg: float = -94.0
    """Degrees of pitch for the nose's place between eyes (0) and mouth (1)."""
    pitch_of_eyes_deg: float = -254.0
    """Degrees of pitch for the place of the eyes between top (0) and bottom (1) of the box."""
    pitch_offset_deg: float = 148.0
    """Brings a level head to about zero."""


def pose_from_points(face: Face, params: PoseParams) -> HeadPose:
    """Pose by the five points: good for the sign and for large angles, coarse for nods (mean error some 9 degrees)."""
    left_eye, right_eye, nose = face.points[:3]
    eyes, mouth = (left_eye + right_eye) / 2, (face.points[3] + face.points[4]) / 2
    axis = right_eye - left_eye
    width, height = max(1.0, float(face.box[2])), max(1.0, float(face.box[3]))
    length = float(np.linalg.norm(axis))
    # In profile both eyes are one point, and the line between them points anywhere.
    across = axis / length if length > 0.1 * width else np.array([1.0, 0.0])
    down = np.array([-across[1], across[0]])
    mouth_down = max(1.0, float((mouth - eyes) @ down))
    nose_down = float((nose - eyes) @ down) / mouth_down
    shift = float((nose - eyes) @ across) - float((mouth - eyes) @ across) * nose_down
    sine = max(-1.0, min(1.0, shift / width / params.nose_shift_at_90_deg))
    top = face.box[:2] + np.array([width / 2, 0.0])
    eyes_place = float((eyes - top) @ down) / height
    pitch = params.pitch_of_nose_deg * nose_down + params.pitch_of_eyes_deg * eyes_place + params.pitch_offset_deg
    return HeadPose(math.degrees(math.asin(sine)), max(-90.0, min(90.0, pitch)))


def pose_from_mesh(points: Points) -> HeadPose:
    """Pose by the plane through both eyes, forehead and chin.

    Args:
        points: 478x3 in the upright crop: x right, y down, z away from the camera, all in one unit.
    """
    across = points[_RIGHT_EYE_OUTER] - points[_LEFT_EYE_OUTER]
    down = points[_CHIN] - points[_FOREHEAD]
    normal = np.cross(across, down)  # away from the camera for a frontal face
    length = float(np.linalg.norm(normal))
    if length == 0.0:
        return HeadPose(0.0, 0.0)
    x, y, z = (float(v) for v in normal / length)
    return HeadPose(math.degrees(math.atan2(-x, z)), math.degrees(math.asin(max(-1.0, min(1.0, y)))))
