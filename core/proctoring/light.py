"""How light a picture is, and how a dark one is made fit to be searched."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LightParams:
    """Knobs of brightness."""

    dark_mean_level: float = 35.0
    """Mean grey level, 0 to 255, below which a picture without a face is called too dark to judge."""
    flat_std_level: float = 8.0
    """Spread of grey levels below which a picture shows nothing at all (covered lens)."""
    white_percentile: float = 98.0
    """Share of pixels, in percent, that are darker than what counts as the picture's white."""
    covered_white_level: float = 40.0
    """White below which the picture is as good as black, whatever a brightened copy may still show."""
    brighten_below_level: float = 150.0
    """White below which the picture is brightened before it is searched."""
    brighten_to_level: float = 180.0
    """Level the white of a brightened picture is brought to."""
    max_gain: float = 16.0
    """Largest factor of brightening; more would only show sensor noise."""
    denoise_px: int = 5
    """Side of the smoothing window over a brightened picture, odd; 0 leaves the noise in."""
    dim_gain: float = 3.0
    """Factor from which a picture is called dim: noise is then louder than detail, and it is smoothed before anything
    else, at the scale of its own pixels."""
    dim_blur_px: float = 1.0
    """Sigma of that smoothing in pixels of the picture as it came."""
    dim_blur_most_px: float = 6.0
    """Most of it in pixels of what is searched: a picture of a few pixels made large would take seconds."""
    dim_gamma: float = 0.6
    """Exponent that lifts the dark half of a dim picture: dark skin is in it first."""
    hopeless_white_level: float = 12.0
    """White below which there is nothing but noise: a covered lens is not searched at length."""
    dim_strength: float = 25.0
    """Filter strength of non-local means, for a dim picture in which nothing was found."""


@dataclass(frozen=True, slots=True)
class Light:
    """How light a picture is; levels 0 to 255.

    Attributes:
        mean: Mean grey level.
        std: Spread of grey levels.
        white: Level of the picture's white.
        gain: Factor that makes it light enough to be searched; 1 where the light is good.
    """

    mean: float
    std: float
    white: float
    gain: float


def measure_light(grey: Image, params: LightParams) -> Light:
    """Light of a grey picture.

    The gain goes by the picture's white, not by its mean: a well-lit face before a dark wall needs no brightening and
    would be bleached by it.
    """
    white = max(1.0, float(np.percentile(grey, params.white_percentile)))
    gain = 1.0 if white >= params.brighten_below_level else min(params.max_gain, params.brighten_to_level / white)
    return Light(float(grey.mean()), float(grey.std()), white, gain)


def is_covered(light: Light, params: LightParams) -> bool:
    """Whether the picture is as good as black, or one flat colour."""
    return light.white < params.covered_white_level or light.std < params.flat_std_level


def brighten(image: Image, gain: float, params: LightParams) -> Image:
    """The picture times ``gain``, its noise smoothed.

    A plain gain undoes what a dim room did to the light, which is to scale it.
    """
    lifted = cv2.convertScaleAbs(image, alpha=gain)
    if params.denoise_px:
        lifted = cv2.medianBlur(lifted, params.denoise_px)
    return np.asarray(lifted, np.uint8)


def lift(image: Image, scale: float, params: LightParams) -> Image:
    """A dim picture made light: smoothed, brought to white, its dark half lifted.

    Args:
        image: HxWx3 BGR.
        scale: Its size over that of the picture it was made from: the noise has the size of the original's pixels.
        params: Knobs.
    """
    sigma = min(params.dim_blur_most_px, max(0.8, params.dim_blur_px * scale))
    smooth: Any = cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma)
    white = max(1.0, float(np.percentile(smooth.max(axis=2), params.white_percentile)))
    lifted = np.clip(smooth / white, 0.0, 1.5) ** params.dim_gamma * params.brighten_to_level
    return np.asarray(np.clip(lifted, 0, 255), np.uint8)


def denoise(lifted: Image, params: LightParams) -> Image:
    """The grey of a lifted picture without its noise, by non-local means, as three equal channels; slow."""
    grey = cv2.cvtColor(lifted, cv2.COLOR_BGR2GRAY)
    clean = cv2.fastNlMeansDenoising(grey, None, params.dim_strength, 5, 11)
    return np.repeat(np.asarray(clean, np.uint8)[:, :, None], 3, axis=2)
