"""Fake camera and microphone files for Chromium, made from what the tests install."""

import wave
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
from skimage import data
from spoken import synthesise

FPS = 30
"""Chromium plays an MJPEG capture file at this rate."""

NOISY_VARIANTS = 11
"""Pictures of one scene that differ by the noise of the sensor alone, in a loop: no camera repeats itself.

Prime, so that no rate of picking shows the same one twice running."""
NOISE_SIGMA = 2.0
"""Grey levels of 255, as a webcam by daylight."""
DARK_NOISE_SIGMA = 4.0
"""The same with the gain turned up, in the dark."""
DARK_LIGHT = 0.1
"""Share of the light that is left in the dark."""
COVERED_LEVEL = 8.0
"""Grey level behind a thumb."""
Scene = int | Literal["covered", "dark", "frozen"]
"""Faces in the picture, or one face behind a thumb, in the dark, or without any change at all."""

SENTENCES = (
    "A database index keeps the values of a column in sorted order.",
    "It makes searching faster, because only a few pages have to be read.",
    "The price is that every insert has to update the index as well.",
)


def make_speech(
    path: Path, *, lead_s: float = 1.0, tail_s: float = 1.5, sentences: tuple[str, ...] = SENTENCES
) -> float:
    """Write spoken sentences as 48 kHz mono WAV; returns its length in seconds. The browser plays it in a loop."""
    spoken = [_say(s, path.with_suffix(".part.wav")) for s in sentences]
    gap = np.zeros(int(0.7 * 48_000), np.int16)
    parts = [np.zeros(int(lead_s * 48_000), np.int16)]
    for sound in spoken:
        parts += [sound, gap]
    parts.append(np.zeros(int(tail_s * 48_000), np.int16))
    samples = np.concatenate(parts)
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 48_000, 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return len(samples) / 48_000


def make_camera(path: Path, scenes: list[tuple[Scene, float]]) -> None:
    """Write a 320x240 clip; each scene is (what is seen, seconds). The browser plays it in a loop."""
    pictures = {scene: _pictures(scene) for scene, _ in scenes}
    with path.open("wb") as out:
        for scene, seconds in scenes:
            for n in range(round(seconds * FPS)):
                out.write(pictures[scene][n % len(pictures[scene])])


def _say(text: str, scratch: Path) -> np.ndarray:
    synthesise(text, scratch)
    with av.open(str(scratch)) as file:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        frames = [r for f in file.decode(audio=0) for r in resampler.resample(f)] + resampler.resample(None)
    return np.concatenate([f.to_ndarray()[0] for f in frames])


def _pictures(scene: Scene) -> list[bytes]:
    """JPEGs of a scene: alike but for the noise of the sensor, seeded; a frozen one is a single picture."""
    seen = _room(scene if isinstance(scene, int) else 1).astype(np.float32)
    sigma = NOISE_SIGMA
    if scene == "covered":
        seen[:] = COVERED_LEVEL
    elif scene == "dark":
        seen, sigma = seen * DARK_LIGHT, DARK_NOISE_SIGMA
    random = np.random.default_rng(20)
    variants = 1 if scene == "frozen" else NOISY_VARIANTS
    noisy = [np.clip(seen + random.normal(0, sigma, seen.shape), 0, 255) for _ in range(variants)]
    # Chromium sends the levels of the file as they are; whoever decodes them takes 16 for black and 235 for white.
    return [cv2.imencode(".jpg", (16 + picture * 219 / 255).astype(np.uint8))[1].tobytes() for picture in noisy]


def _room(faces: int) -> np.ndarray:
    """A plain room with nobody, or with the freely usable photograph of one face, once or twice."""
    room = np.full((240, 320, 3), (150, 160, 155), np.uint8)
    room[180:] = (110, 120, 118)
    face = cv2.cvtColor(data.astronaut()[0:240, 110:330], cv2.COLOR_RGB2BGR)
    width = 220 if faces == 1 else 150
    small = cv2.resize(face, (width, int(240 * width / 220)))
    for n in range(faces):
        x = 50 if faces == 1 else 5 + n * 160
        room[240 - small.shape[0] :, x : x + width] = small
    return room
