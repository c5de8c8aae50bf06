"""Whether a picture moves at all, and how sharp it is."""

from typing import Any

import cv2
import numpy as np

from core.proctoring.picture import Image

Grey = Image


def largest_change(grey: Grey, before: Grey | None) -> float | None:
    """Largest difference of a grey level between two pictures, 0 to 255.

    A camera's sensor is never still: its noise alone moves some pixel by more than 1. Repeats of one picture do not.

    Returns:
        None when there is no picture before, or it had another size.
    """
    if before is None or before.shape != grey.shape:
        return None
    return float(cv2.absdiff(grey, before).max())


def sharpness(grey: Grey) -> float:
    """Variance of the Laplacian: below some 20 a picture 320 pixels wide is blurred.

    Source: Pech-Pacheco et al. 2000, https://doi.org/10.1109/ICPR.2000.903548
    """
    edges: Any = cv2.Laplacian(grey, cv2.CV_16S, ksize=1)
    return float(np.var(edges))
