"""478 points of a face with both irises, by MediaPipe's face landmarker; optional."""

import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.domain.errors import ModelUnavailable
from core.proctoring.faces import Face
from core.proctoring.picture import Image
from core.proctoring.pose import Points

_PART = "face_landmarks_detector.tflite"
_POINTS = 478


@dataclass(frozen=True, slots=True)
class MeshParams:
    """Knobs of the mesh."""

    side_px: int = 256
    """Side of the network's input."""
    margin: float = 1.5
    """Side of the crop over the longer side of the face's box."""
    min_presence: float = 0.7
    """The network's own word, 0 to 1, that its points are on a face; below it they are thrown away."""


@dataclass(frozen=True, slots=True, eq=False)
class MeshFound:
    """The mesh of one face.

    Attributes:
        points: 478x3 float in pixels of the upright crop: x right, y down, z away from the camera.
        presence: How sure the network is that these are the points of a face, 0 to 1.
    """

    points: Points
    presence: float


class FaceMesh:
    """Fits the mesh to faces that were found.

    Not thread-safe: build one per worker thread. 6 ms a face.

    Source: MediaPipe Face Landmarker (478 points, Apache-2.0), Grishchenko et al. 2020, arXiv:2006.10962
    """

    def __init__(self, task: Path, params: MeshParams | None = None) -> None:
        """Load the model.

        Args:
            task: ``face_landmarker.task``, a ZIP with the networks in it.
            params: Knobs.

        Raises:
            ModelUnavailable: The file or the library that reads it is missing, or damaged.
        """
        self._params = params or MeshParams()
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise ModelUnavailable("The library ai-edge-litert is not installed.", "Run “make setup”.") from error
        try:
            with zipfile.ZipFile(task) as archive:
                content = archive.read(_PART)
            self._network: Any = Interpreter(model_content=content, num_threads=1)
            self._network.allocate_tensors()
            self._input = self._network.get_input_details()[0]["index"]
            self._outputs = [output["index"] for output in self._network.get_output_details()[:2]]
        except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
            raise ModelUnavailable("The face mesh's model file is damaged.", "Run “make setup”.") from error

    def fit(self, bgr: Image, face: Face) -> MeshFound | None:
        """The mesh of one face; None when the network does not see a face there.

        Args:
            bgr: HxWx3 BGR uint8.
            face: Where it is.
        """
        found = self._run(bgr, face)
        return found if found.presence >= self._params.min_presence else None

    def presence(self, bgr: Image, face: Face) -> float:
        """How sure the network is that this is a face at all, 0 to 1; near 0 for hands, and for some profiles."""
        return self._run(bgr, face).presence

    def _run(self, bgr: Image, face: Face) -> MeshFound:
        p = self._params
        crop = upright_crop(bgr, face, p.margin, p.side_px)
        rgb = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB).astype(np.float32) / 255.0
        self._network.set_tensor(self._input, rgb[None])
        self._network.invoke()
        points, logit = (self._network.get_tensor(output) for output in self._outputs)
        presence = 1.0 / (1.0 + math.exp(-float(np.clip(logit.ravel()[0], -60, 60))))
        return MeshFound(points.reshape(_POINTS, 3).astype(np.float64), presence)


def upright_crop(bgr: Image, face: Face, margin: float, side_px: int) -> Image:
    """A square around a face, turned so that its eyes are level.

    Args:
        bgr: HxWx3 BGR uint8.
        face: Where it is.
        margin: Side of the square over the longer side of the box.
        side_px: Side of what is returned.
    """
    axis = face.points[1] - face.points[0]
    angle = math.degrees(math.atan2(float(axis[1]), float(axis[0]))) if abs(float(axis[0])) > 1e-6 else 0.0
    # In profile the line between the eyes says nothing; nobody sits with the head lying on the shoulder.
    angle = angle if abs(angle) <= 45.0 else 0.0
    centre = face.box[:2] + face.box[2:] / 2
    scale = side_px / max(1.0, margin * float(max(face.box[2:])))
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
    turn[:, 2] += side_px / 2 - centre
    return np.asarray(cv2.warpAffine(bgr, turn, (side_px, side_px), flags=cv2.INTER_LINEAR), np.uint8)
