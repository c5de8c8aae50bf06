"""Pictures kept as evidence: small JPEGs."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.proctoring.picture import as_bgr


@dataclass(frozen=True, slots=True)
class SnapshotParams:
    """Knobs of the pictures that are kept."""

    every_s: float = 5.0
    """Time between routine pictures; 0 keeps pictures of flags only."""
    max_width_px: int = 320
    """A wider picture is made smaller; a narrower one stays as it is."""
    max_height_px: int = 240
    """A higher picture is made smaller; a lower one stays as it is."""
    jpeg_quality: int = 80
    """JPEG quality, 0 to 100."""


def encode_snapshot(image: NDArray[Any], params: SnapshotParams) -> bytes:
    """A frame as a JPEG of at most the given size, its proportions kept.

    Args:
        image: HxWx3 BGR uint8, or whatever else ``as_bgr`` reads.
        params: Knobs.

    Returns:
        JPEG bytes; empty for an empty picture.
    """
    bgr = as_bgr(image)
    if bgr.size == 0:
        return b""
    height, width = bgr.shape[:2]
    scale = min(1.0, params.max_width_px / width, params.max_height_px / height)
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        bgr = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, params.jpeg_quality])
    return bytes(jpeg) if done else b""
