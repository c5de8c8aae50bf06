"""What the tests say, and how well it was heard."""

import re
import time

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.captions import CaptionStream

SENTENCES = (
    "A process has its own memory, while threads in the same process share memory, "
    "so they must synchronise their access to shared data.",
    "To find a slow query, I would look at the execution plan, check whether an index is used, "
    "and measure before and after the change.",
    "We use continuous integration so that every commit is built and tested before it is merged into the main branch.",
)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.int16)


def word_errors(said: str, heard: str) -> float:
    """Word error rate: edit distance over words said."""

    def words(text: str) -> list[str]:
        return re.sub(r"[^a-z' ]", "", text.lower().replace("-", " ").replace("synchronise", "synchronize")).split()

    reference, hypothesis = words(said), words(heard)
    row = list(range(len(hypothesis) + 1))
    for i, expected in enumerate(reference, 1):
        before, row[0] = row[:], i
        for j, found in enumerate(hypothesis, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (expected != found))
    return row[-1] / len(reference)


def feed_all(stream: CaptionStream, samples: Samples, seconds_per_s: float = 0.0) -> list[str]:
    """Feed in steps of 20 ms; with a pace, look at the interim after each."""
    step = SAMPLE_RATE // 50
    shown: list[str] = []
    for start in range(0, samples.size, step):
        stream.feed(samples[start : start + step])
        if seconds_per_s:
            time.sleep(seconds_per_s / 50)
            shown.append(stream.view().interim)
    return shown
