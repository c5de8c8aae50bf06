"""The decode that counts: a whole recording once more, as well as this machine can."""

import time
from dataclasses import replace

from core.domain.errors import ProviderFailed
from core.domain.transcript import FinalSegment
from core.media.audio import Samples
from core.speech.decoding import Recorded
from core.speech.scheduler import Scheduler
from core.speech.segmenter import SegmenterParams
from core.speech.windows import WindowParams, find_utterances, pack, split


def last_decode(
    samples: Samples,
    vocabulary: str,
    scheduler: Scheduler,
    wait_s: float,
    segmenter: SegmenterParams,
    params: WindowParams,
) -> list[FinalSegment]:
    """Decode a recording in windows, behind everybody's live speech. Blocks; for a job's thread.

    Args:
        samples: int16, mono, 16 kHz, shape (n,).
        vocabulary: Words likely to occur.
        scheduler: Of the process.
        wait_s: Longest wait.
        segmenter: How utterances are found.
        params: How they are packed.

    Returns:
        Its segments in order, with word times where the engine gives them; empty when nobody speaks.

    Raises:
        ModelUnavailable: The engine could not be loaded, or failed.
        ProviderFailed: It failed, or not all is decoded in time.
    """
    deadline = time.monotonic() + wait_s
    packed = pack(list(find_utterances(samples, segmenter)), params)
    works = [Recorded(window, samples[window.start : window.end], vocabulary) for window in packed]
    for work in works:
        scheduler.add_recorded(work)
    try:
        return _collect(works, deadline)
    finally:
        for work in works:
            work.unwanted = True  # the windows left of a decode given up, which is done again from its start


def _collect(works: list[Recorded], deadline: float) -> list[FinalSegment]:
    found: list[FinalSegment] = []
    for work in works:
        if not work.done.wait(max(0.0, deadline - time.monotonic())):
            raise too_slow()
        if work.error is not None:
            raise work.error
        if work.segment is not None and work.segment.text:
            found.extend(split(work.window, replace(work.segment, number=len(found))))
    return found


def too_slow() -> ProviderFailed:
    """Whoever waited gives up; the audio is kept."""
    return ProviderFailed("The recording could not be transcribed in time.", "It is kept; try again later.")
