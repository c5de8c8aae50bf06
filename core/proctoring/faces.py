"""How many faces a frame shows, by YuNet (OpenCV Zoo), also in a dim room."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.errors import ModelUnavailable
from core.domain.signals import FrameSignal

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FaceParams:
    """Knobs of the face count."""

    min_score: float = 0.8
    """Detector confidence, 0 to 1, from which a box counts as a face."""
    nms_iou: float = 0.3
    """Overlap, 0 to 1, above which two boxes are one face."""
    first_side_px: int = 320
    """Longest side of the picture in the first, cheap pass."""
    second_side_px: int = 640
    """Longest side in the second pass, made only when the first does not see exactly one face."""
    dark_mean_level: float = 35.0
    """Mean grey level, 0 to 255, below which a picture without a face is called too dark to judge."""
    flat_std_level: float = 8.0
    """Spread of grey levels below which a picture without a face shows nothing to judge (covered lens)."""
    white_percentile: float = 98.0
    """Share of pixels, in percent, that are darker than what counts as the picture's white."""
    brighten_below_level: float = 150.0
    """Grey level of the picture's white below which it is brightened before it is searched."""
    brighten_to_level: float = 180.0
    """Grey level the white of a brightened picture is brought to."""
    max_gain: float = 16.0
    """Largest factor of brightening; more would only show sensor noise."""
    denoise_px: int = 5
    """Side of the smoothing window over a brightened picture, odd; 0 leaves the noise in."""
    opencv_threads: int = 1
    """Threads OpenCV may use in this process; more would take cores from speech for little gain."""


def as_bgr(image: NDArray[Any]) -> Image:
    """Any picture as a contiguous BGR array.

    Args:
        image: HxW, HxWx1, HxWx3 (BGR) or HxWx4 (BGRA); uint8, or another type with values from 0 to 255.

    Returns:
        HxWx3 uint8, C-contiguous; 0x0x3 when there are no pixels or the shape is not a picture.
    """
    shape = image.shape
    if image.size == 0 or image.ndim not in (2, 3) or (image.ndim == 3 and shape[2] not in (1, 3, 4)):
        return np.zeros((0, 0, 3), np.uint8)
    if image.dtype != np.uint8:
        image = np.clip(np.nan_to_num(image), 0, 255).astype(np.uint8)
    if image.ndim == 2 or shape[2] == 1:
        image = np.repeat(image.reshape(shape[0], shape[1], 1), 3, axis=2)
    return np.ascontiguousarray(image[:, :, :3])


def resize_to(image: Image, longest_side_px: int) -> Image:
    """The picture scaled so that its longest side is ``longest_side_px``; no side becomes 0."""
    height, width = image.shape[:2]
    scale = longest_side_px / max(height, width)
    if scale == 1.0:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
    )


def gain_for(grey: Image, params: FaceParams) -> float:
    """Factor that makes a dim picture light enough to be searched; 1 where the light is good.

    It goes by the picture's white, not by its mean: a well-lit face before a dark wall needs no brightening,
    and would be bleached by it.
    """
    white = max(1.0, float(np.percentile(grey, params.white_percentile)))
    return 1.0 if white >= params.brighten_below_level else min(params.max_gain, params.brighten_to_level / white)


def brighten(image: Image, gain: float, params: FaceParams) -> Image:
    """The picture times ``gain``, its noise smoothed.

    A plain gain undoes what a dim room did to the light, which is to scale it.
    """
    lifted = cv2.convertScaleAbs(image, alpha=gain)
    if params.denoise_px:
        lifted = cv2.medianBlur(lifted, params.denoise_px)
    return np.asarray(lifted, np.uint8)


class FaceDetector:
    """Counts faces in pictures.

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
        cv2.setNumThreads(self._params.opencv_threads)
        # One network per size: YuNet plans anew whenever its input changes shape.
        self._first, self._second = self._load(model), self._load(model)

    def _load(self, model: Path) -> Any:
        p = self._params
        try:
            return cv2.FaceDetectorYN.create(str(model), "", (p.first_side_px, p.first_side_px), p.min_score, p.nms_iou)
        except cv2.error as error:
            raise ModelUnavailable(
                "The face detector's model file is missing or damaged.",
                "Install the packages of requirements.txt again.",
            ) from error

    def analyse(self, image: NDArray[Any], at: float) -> FrameSignal:
        """Count the faces of one frame.

        Args:
            image: HxWx3 BGR uint8; grey, BGRA, empty, huge and non-contiguous pictures are taken as well.
            at: Monotonic seconds when the frame arrived; handed through.

        Returns:
            The signal; an empty picture gives no face and ``too_dark``. Boxes are in pixels of ``image``,
            the surest face first, cut to the picture.
        """
        bgr = as_bgr(image)
        if bgr.size == 0:
            return FrameSignal(at, 0, (), 0.0, too_dark=True)
        p = self._params
        small = resize_to(bgr, p.first_side_px)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        mean, std = float(grey.mean()), float(grey.std())
        gain = gain_for(np.asarray(grey, np.uint8), p)
        boxes = self._search(self._first, small, bgr.shape, gain)
        if len(boxes) != 1:
            boxes = self._search(self._second, resize_to(bgr, p.second_side_px), bgr.shape, gain)
        too_dark = not boxes and (mean < p.dark_mean_level or std < p.flat_std_level)
        return FrameSignal(at, len(boxes), boxes, mean, too_dark)

    def _search(self, net: Any, picture: Image, full: tuple[int, ...], gain: float) -> tuple[Box, ...]:
        if gain > 1:
            picture = brighten(picture, gain, self._params)
        height, width = picture.shape[:2]
        net.setInputSize((width, height))
        _, found = net.detect(picture)
        if found is None:
            return ()
        to_full = np.array([full[1] / width, full[0] / height] * 2)
        order = np.argsort(-found[:, -1])
        return tuple(_clip(box, full) for box in found[order, :4] * to_full)


def _clip(box: NDArray[Any], full: tuple[int, ...]) -> Box:
    x0, y0 = max(0, round(float(box[0]))), max(0, round(float(box[1])))
    x1, y1 = min(full[1], round(float(box[0] + box[2]))), min(full[0], round(float(box[1] + box[3])))
    return x0, y0, max(0, x1 - x0), max(0, y1 - y0)
