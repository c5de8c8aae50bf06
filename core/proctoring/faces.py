"""Where the faces of a picture are, by YuNet (OpenCV Zoo), also in a dim room."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.errors import ModelUnavailable
from core.domain.signals import Box
from core.proctoring.light import Light, LightParams, brighten, denoise, lift, measure_light
from core.proctoring.picture import Image, grey_of, resize_to


@dataclass(frozen=True, slots=True)
class FaceParams:
    """Knobs of the face count."""

    min_score: float = 0.8
    """Detector confidence, 0 to 1, from which a box counts as a face."""
    dim_min_score: float = 0.7
    """The same in a dim picture whose noise was taken out."""
    keep_score: float = 0.5
    """The same where a face was a moment ago: who turns away or covers the chin has not left."""
    mean_score: float = 0.58
    """Mean confidence over four sizes from which a face counts that no single size is sure of."""
    doubt_score: float = 0.35
    """A further box from this confidence on is worth a second pass."""
    nms_iou: float = 0.3
    """Overlap, 0 to 1, above which two boxes are one face."""
    first_side_px: int = 320
    """Longest side of the picture in the first, cheap pass."""
    second_side_px: int = 640
    """Longest side in the second pass, made only when the first does not see exactly one face."""
    closer_sides_px: tuple[int, int] = (256, 448)
    """Further sizes that are asked when nobody is sure."""
    dim_side_px: int = 192
    """Smallest size for a dim picture: fewer pixels are less noisy ones."""
    min_relative_height: float = 0.25
    """A face this much smaller than the largest is four times as far away: a passer-by or a poster, not counted."""
    opencv_threads: int = 1
    """Threads OpenCV may use in this process; more would take cores from speech for little gain."""
    light: LightParams = field(default_factory=LightParams)
    """Knobs of brightness."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face.

    Attributes:
        box: (x, y, width, height) in pixels of the picture; may reach beyond it.
        points: 5x2, float: the eye on the left of the picture, the one on the right, nose, corners of the mouth.
        score: Detector confidence, 0 to 1.
    """

    box: NDArray[np.float64]
    points: NDArray[np.float64]
    score: float

    def inside(self, height: int, width: int) -> Box:
        """The box in whole pixels, cut to the picture."""
        x0, y0 = max(0, round(float(self.box[0]))), max(0, round(float(self.box[1])))
        x1 = min(width, round(float(self.box[0] + self.box[2])))
        y1 = min(height, round(float(self.box[1] + self.box[3])))
        return x0, y0, max(0, x1 - x0), max(0, y1 - y0)


@dataclass(frozen=True, slots=True, eq=False)
class FacesFound:
    """The faces of a picture, the largest first, and its light."""

    faces: tuple[Face, ...]
    light: Light
    passes: int
    """How often the network was asked."""


def overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Intersection over union of two boxes (x, y, width, height), 0 to 1."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = float(width * height)
    return common / float(a[2] * a[3] + b[2] * b[3] - common)


class FaceDetector:
    """Finds faces in pictures.

    Not thread-safe: build one per worker thread. Loading takes some 30 ms.

    Source: YuNet, Wu et al. 2023, https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet
    """

    def __init__(self, model: Path, params: FaceParams | None = None) -> None:
        """Load the model.

        Args:
            model: ONNX file of YuNet.
            params: Knobs.

        Raises:
            ModelUnavailable: The file is missing or is not a model.
        """
        self._params = params or FaceParams()
        self._model = model
        cv2.setNumThreads(self._params.opencv_threads)
        self._nets: dict[int, Any] = {}
        self._net(self._params.first_side_px)

    def find(self, bgr: Image, near: NDArray[np.float64] | None = None) -> FacesFound:
        """Find the faces of a picture.

        Args:
            bgr: HxWx3 BGR uint8 with at least one pixel.
            near: Box (x, y, width, height) of the one face of a moment ago, which need not be as sure any more.
        """
        p = self._params
        small = resize_to(bgr, p.first_side_px)
        light = measure_light(grey_of(small), p.light)
        search = _Search(self, bgr, light)
        first = search.at(p.first_side_px)
        sure = self._sure(first, near)
        doubts = [f for f in first if f.score >= p.doubt_score]
        if len(sure) == 1 and len(doubts) == 1:
            return search.result(sure)
        second = search.at(p.second_side_px)
        # The two sizes together: the small one holds the large faces better, the large one the small.
        sure = self._merge(self._sure(first, near) + self._sure(second, near))
        if not sure and any(f.score >= p.keep_score for f in first + second):
            sure = self._agreed([first, second, *(search.at(side) for side in p.closer_sides_px)])
        if not sure and light.gain >= p.light.dim_gain and light.white >= p.light.hopeless_white_level:
            sure = [f for f in search.denoised() if f.score >= p.dim_min_score]
        return search.result(sure)

    def _sure(self, found: list[Face], near: NDArray[np.float64] | None) -> list[Face]:
        sure = [f for f in found if f.score >= self._params.min_score]
        if sure or near is None:
            return sure
        kept = [f for f in found if f.score >= self._params.keep_score and overlap(f.box, near) > self._params.nms_iou]
        return kept[:1]

    def _merge(self, faces: list[Face]) -> list[Face]:
        """One of each, the surest; then without those that are much smaller than the largest."""
        kept: list[Face] = []
        for face in sorted(faces, key=lambda f: -f.score):
            if all(overlap(face.box, other.box) <= self._params.nms_iou for other in kept):
                kept.append(face)
        return kept

    def _agreed(self, by_size: list[list[Face]]) -> list[Face]:
        """The one face, if any, that all sizes together are sure enough of."""
        best: tuple[float, Face] | None = None
        for face in (f for found in by_size for f in found[:1]):
            scores = [
                max((f.score for f in found if overlap(f.box, face.box) > self._params.nms_iou), default=0.0)
                for found in by_size
            ]
            mean = sum(scores) / len(scores)
            if mean >= self._params.mean_score and (best is None or mean > best[0]):
                best = mean, face
        return [] if best is None else [best[1]]

    def detect(self, side: int, picture: Image, scale: NDArray[np.float64]) -> list[Face]:
        """All boxes of any worth in one picture, the surest first; for ``_Search``."""
        net = self._net(side)
        height, width = picture.shape[:2]
        net.setInputSize((width, height))
        _, rows = net.detect(picture)
        if rows is None:
            return []
        found = []
        for row in rows[np.argsort(-rows[:, -1])].astype(np.float64):
            points = row[4:14].reshape(5, 2) * scale
            found.append(Face(row[:4] * np.concatenate([scale, scale]), points, float(row[14])))
        return found

    def _net(self, side: int) -> Any:
        """One network per size: YuNet plans anew whenever its input changes shape."""
        if side not in self._nets:
            p = self._params
            try:
                self._nets[side] = cv2.FaceDetectorYN.create(
                    str(self._model), "", (side, side), p.doubt_score, p.nms_iou
                )
            except cv2.error as error:
                raise ModelUnavailable(
                    "The face detector's model file is missing or damaged.",
                    "Install the packages of requirements.txt again.",
                ) from error
        return self._nets[side]

    @property
    def params(self) -> FaceParams:
        """Knobs it was built with."""
        return self._params


class _Search:
    """One picture at several sizes, made light where it is not."""

    def __init__(self, detector: FaceDetector, bgr: Image, light: Light) -> None:
        self._detector, self._bgr, self._light = detector, bgr, light
        self._params = detector.params
        self.passes = 0

    def at(self, side: int) -> list[Face]:
        """Boxes found with the longest side scaled to ``side`` pixels."""
        return self._detect(side, self._lightened(side))

    def denoised(self) -> list[Face]:
        """Boxes found in the picture without its noise; the smaller size sees through more of it."""
        for side in (self._params.first_side_px, self._params.dim_side_px):
            # Upscaled noise is no noise to the filter: it has to see the picture's own pixels.
            native = min(side, max(self._bgr.shape[:2]))
            clean = resize_to(denoise(self._lightened(native), self._params.light), side)
            found = self._detect(side, clean)
            if any(f.score >= self._params.dim_min_score for f in found):
                return found
        return []

    def result(self, faces: list[Face]) -> FacesFound:
        """What was found, the largest first, without passers-by."""
        largest = max((f.box[3] for f in faces), default=0.0)
        counted = [f for f in faces if f.box[3] >= self._params.min_relative_height * largest]
        return FacesFound(tuple(sorted(counted, key=lambda f: -f.box[3])), self._light, self.passes)

    def _lightened(self, side: int) -> Image:
        picture, p = resize_to(self._bgr, side), self._params.light
        if self._light.gain >= p.dim_gain:
            return lift(picture, side / max(self._bgr.shape[:2]), p)
        return brighten(picture, self._light.gain, p) if self._light.gain > 1 else picture

    def _detect(self, side: int, picture: Image) -> list[Face]:
        self.passes += 1
        height, width = picture.shape[:2]
        scale = np.array([self._bgr.shape[1] / width, self._bgr.shape[0] / height])
        return self._detector.detect(side, np.ascontiguousarray(picture), scale)
