import cv2
import numpy as np
import pytest

from core.proctoring import light
from core.proctoring.light import LightParams


@pytest.mark.parametrize("pixels", [1, 2, 16, 160, 640])
def test_a_dim_picture_of_a_few_pixels_made_large_is_not_smoothed_for_seconds(monkeypatch, pixels):
    """The worker serves everybody: the window of the smoothing grows with its sigma."""
    asked = []

    def blur(image: np.ndarray, size: tuple[int, int], sigma: float) -> np.ndarray:
        asked.append(sigma)
        return image

    monkeypatch.setattr(cv2, "GaussianBlur", blur)
    light.lift(np.full((64, 64, 3), 9, np.uint8), 640 / pixels, LightParams())
    assert asked[0] <= 6.0
    assert pixels < 160 or asked[0] == pytest.approx(640 / pixels)
