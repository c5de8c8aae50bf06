"""Pictures as arrays: made sound, made smaller."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


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


def grey_of(image: Image) -> Image:
    """BGR to grey."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
