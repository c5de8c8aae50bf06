"""What a webcam does to a picture: light, colour, noise, compression."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


class Lens:
    """Light and sensor of one webcam. Each frame gets other noise, so that no two are alike."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.sigma = float(rng.uniform(1.5, 4.5))
        self.quality = int(rng.integers(55, 92))
        """JPEG quality of the stream."""
        grain = rng.normal(0, 1, (600, 800, 3)).astype(np.float32)
        self._grain = 0.75 * grain + 0.6 * cv2.GaussianBlur(grain, (0, 0), 1.0)

    def see(self, picture: Image, gain: float, warmth: float, *, noise: float = 1.0) -> Image:
        """The picture in this light, with noise and the artefacts of a compressed stream."""
        colour = np.array([1 - warmth, 1.0, 1 + warmth]) * gain
        table = np.clip(np.arange(256)[:, None] * colour, 0, 255)
        lit = cv2.LUT(picture, table.astype(np.uint8)[None])
        y, x = self._rng.integers(0, 120), self._rng.integers(0, 160)
        grain = self._grain[y : y + picture.shape[0], x : x + picture.shape[1]]
        if self._rng.random() < 0.5:
            grain = grain[:, ::-1]
        noisy = cv2.addWeighted(lit, 1.0, grain, self.sigma * noise, 0, dtype=cv2.CV_8U)
        jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1]
        return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
