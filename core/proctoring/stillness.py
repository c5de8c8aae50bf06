"""Whether a picture moves at all, and how sharp it is."""

from typing import Any

import cv2
import numpy as np

from core.proctoring.picture import Image

Grey = Image


def changes(grey: Grey, before: Grey | None) -> tuple[float, float] | None:
    """Largest and mean difference of the grey levels of two pictures, 0 to 255.

    A camera's sensor is never still: its noise alone moves every other pixel. Of a repeated picture a video codec
    moves a few pixels by a few levels.

    Returns:
        None when there is no picture before, or it had another size.
    """
    if before is None or before.shape != grey.shape:
        return None
    difference = cv2.absdiff(grey, before)
    return float(difference.max()), float(difference.mean())


def sharpness(grey: Grey) -> float:
    """Variance of the Laplacian: below some 20 a picture 320 pixels wide is blurred.

    Source: Pech-Pacheco et al. 2000, https://doi.org/10.1109/ICPR.2000.903548
    """
    edges: Any = cv2.Laplacian(grey, cv2.CV_16S, ksize=1)
    return float(np.var(edges))
