"""Real pictures: skimage's photograph of a face, alone, doubled, and none at all."""

from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from core import weights
from core.domain.signals import FrameSignal
from core.proctoring.analyst import Analyst
from core.proctoring.equipment import make_analyst
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
def somebody_else() -> np.ndarray:
    """480x640 BGR: Grace Hopper, where the one face of ``one_face`` is."""
    path = metadata.distribution("matplotlib").locate_file("matplotlib/mpl-data/sample_data/grace_hopper.jpg")
    face = cv2.resize(cv2.imread(str(path)), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    scene = np.full((480, 640, 3), 140, np.uint8)
    scene[:, 80 : 80 + face.shape[1]] = face[:480]
    return scene


@pytest.fixture(scope="session")
def analyst() -> Analyst:
    """All models that are installed."""
    return make_analyst()


@pytest.fixture
def live(analyst: Analyst) -> "Live":
    """Somebody who has just sat down."""
    return Live(analyst)


class Live:
    """A camera with sensor noise, two pictures a second, through the whole analyst."""

    def __init__(self, analyst: Analyst) -> None:
        self.person = analyst.new_person()
        self.at = 0.0
        self._analyst = analyst
        self._noise = np.random.default_rng(0)

    def show(self, image: np.ndarray, seconds: float = 0.5) -> list[FrameSignal]:
        """What is measured while this is in front of the camera."""
        signals = []
        for _ in range(round(seconds * 2)):
            noisy = np.clip(image + self._noise.normal(0, 2, image.shape), 0, 255).astype(np.uint8)
            signals.append(self._analyst.analyse(noisy, self.at, self.person))
            self.at += 0.5
        return signals


@pytest.fixture(scope="session")
def no_face() -> np.ndarray:
    """A desk with a cup: skimage's coffee, bright and full of edges."""
    return cv2.resize(cv2.cvtColor(data.coffee(), cv2.COLOR_RGB2BGR), (640, 480), interpolation=cv2.INTER_AREA)
