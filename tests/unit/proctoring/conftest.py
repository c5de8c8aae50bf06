"""Real pictures: skimage's photograph of a face, alone, doubled, and none at all."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from core import weights
from core.domain.signals import FrameSignal
from core.proctoring.analyst import Analyst
from core.proctoring.faces import FaceDetector


@pytest.fixture(scope="session")
def model() -> Path:
    return weights.resolve("yunet")


class OneFrame:
    """Measures single pictures, each as the first of somebody."""

    def __init__(self, faces: FaceDetector) -> None:
        self._analyst = Analyst(faces)

    def analyse(self, image: np.ndarray, at: float) -> FrameSignal:
        return self._analyst.analyse(image, at, self._analyst.new_person())


@pytest.fixture(scope="session")
def detector(model: Path) -> OneFrame:
    return OneFrame(FaceDetector(model))


@pytest.fixture(scope="session")
def one_face() -> np.ndarray:
    """480x640 BGR, one face, as a webcam would frame it."""
    face = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    scene = np.full((480, 640, 3), 140, np.uint8)
    scene[:, 80:560] = cv2.resize(face, (480, 480), interpolation=cv2.INTER_AREA)
    return scene


@pytest.fixture(scope="session")
def two_faces() -> np.ndarray:
    face = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)[:384, 64:384]
    half = cv2.resize(face, (320, 384), interpolation=cv2.INTER_AREA)
    scene = np.full((480, 640, 3), 140, np.uint8)
    scene[48:432] = np.hstack([half, half[:, ::-1]])
    return scene


@pytest.fixture(scope="session")
def no_face() -> np.ndarray:
    """A desk with a cup: skimage's coffee, bright and full of edges."""
    return cv2.resize(cv2.cvtColor(data.coffee(), cv2.COLOR_RGB2BGR), (640, 480), interpolation=cv2.INTER_AREA)
