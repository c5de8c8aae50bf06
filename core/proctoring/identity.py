"""Faces as numbers that can be compared, by SFace (OpenCV Zoo). They stay in memory and are never stored."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.errors import ModelUnavailable
from core.proctoring.faces import Face
from core.proctoring.onnx_file import keep_inputs
from core.proctoring.picture import Image

Embedding = NDArray[np.float32]

_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where SFace expects the five points in its 112x112 input (ArcFace's template)."""
_SIDE_PX = 112


class FaceEmbedder:
    """Turns a face into numbers that are near each other for one person.

    Not thread-safe: build one per worker thread. Some 15 ms a face.

    Source: SFace, Zhong et al. 2021, https://github.com/opencv/opencv_zoo/tree/main/models/face_recognition_sface
    """

    def __init__(self, model: Path) -> None:
        """Load the model.

        Raises:
            ModelUnavailable: The file is missing or is not a model.
        """
        try:
            # As it comes, OpenCV 5 refuses this file: the graph names its weights as inputs.
            graph = keep_inputs(model.read_bytes(), frozenset({"data"}))
            self._network: Any = cv2.dnn.readNetFromONNX(np.frombuffer(graph, np.uint8))
        except (OSError, ValueError, cv2.error) as error:
            raise ModelUnavailable(
                "The model for comparing faces is missing or damaged.",
                "Install the packages of requirements.txt again.",
            ) from error

    def embed(self, bgr: Image, face: Face) -> Embedding:
        """Numbers of one face.

        Args:
            bgr: HxWx3 BGR uint8.
            face: Where it is, with its five points.

        Returns:
            float32 of length 128, of unit length.
        """
        aligned = cv2.warpAffine(bgr, similarity_transform(face.points, _TEMPLATE), (_SIDE_PX, _SIDE_PX))
        rgb = cv2.cvtColor(aligned, cv2.COLOR_BGR2RGB).astype(np.float32)
        self._network.setInput(rgb.transpose(2, 0, 1)[None])
        found = np.asarray(self._network.forward()).ravel()
        return np.asarray(found / max(1e-9, float(np.linalg.norm(found))), np.float32)


def similarity_transform(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 2x3 matrix of turn, scale and shift that brings points nearest to others, by least squares.

    Args:
        source: Nx2.
        target: Nx2.

    Source: Umeyama 1991, https://doi.org/10.1109/34.88573
    """
    from_mean, to_mean = source.mean(axis=0), target.mean(axis=0)
    centred, wanted = source - from_mean, target - to_mean
    left, sizes, right = np.linalg.svd(wanted.T @ centred / len(source))
    signs = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    turn = left @ np.diag(signs) @ right
    scale = float((sizes * signs).sum() / max(1e-9, centred.var(axis=0).sum()))
    shift = to_mean - scale * turn @ from_mean
    return np.hstack([scale * turn, shift[:, None]])
