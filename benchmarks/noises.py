"""A minute of what microphones hear when nobody speaks to them. All made here, the same each time."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import decode_clip

VOICES = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "de", "fr", "es", "it", "pt", "nl", "sv", "pl")
"""Espeak-ng voices of the babble: a café where every table speaks another language."""

_TEXT = (
    "The weather was fine on Sunday, so we took the train to the lake and stayed until the evening. "
    "My sister says that the new office is far too loud, and that nobody there can find a quiet room. "
)


def silence(seconds: float) -> Samples:
    """Digital silence, int16 mono 16 kHz."""
    return np.zeros(int(seconds * SAMPLE_RATE), np.int16)


def white(seconds: float, dbfs: float = -35.0) -> Samples:
    """White noise of this level below full scale."""
    noise = np.random.default_rng(1).normal(0, 32_768 * 10 ** (dbfs / 20), int(seconds * SAMPLE_RATE))
    return noise.clip(-32_768, 32_767).astype(np.int16)


def clicks(seconds: float) -> Samples:
    """A keyboard beside the microphone: some six strokes a second, each two short resonant bursts."""
    random = np.random.default_rng(2)
    sound = random.normal(0, 20, int(seconds * SAMPLE_RATE))
    at = 0.0
    while (at := at + random.exponential(1 / 6)) < seconds - 0.2:
        for delay, level in ((0.0, 6000), (0.08, 2500)):
            t = np.arange(int(0.02 * SAMPLE_RATE)) / SAMPLE_RATE
            burst = np.exp(-t / 0.004) * np.sin(2 * np.pi * random.uniform(1500, 4000) * t) * random.uniform(0.4, 1)
            start = int((at + delay) * SAMPLE_RATE)
            sound[start : start + t.size] += level * (burst + 0.3 * np.exp(-t / 0.003) * random.normal(0, 1, t.size))
    return sound.clip(-32_768, 32_767).astype(np.int16)


def babble(seconds: float, dbfs: float = -30.0) -> Samples:
    """Twelve voices at once, none to be understood; needs the program espeak-ng."""
    count = int(seconds * SAMPLE_RATE)
    total = np.zeros(count)
    with tempfile.TemporaryDirectory() as folder:
        for number, voice in enumerate(VOICES):
            path = Path(folder) / f"{number}.wav"
            command = ["espeak-ng", "-v", voice, "-s", str(140 + 5 * number), "-p", str(25 + 5 * number)]
            subprocess.run([*command, "-w", str(path), _TEXT * 6], check=True, capture_output=True, timeout=60)
            said = decode_clip(path.read_bytes()).astype(np.float64)
            said = np.roll(np.resize(said, count), number * 31_337)
            total += said / np.sqrt(np.mean(said**2))
    total *= 32_768 * 10 ** (dbfs / 20) / np.sqrt(np.mean(total**2))
    return total.clip(-32_768, 32_767).astype(np.int16)
