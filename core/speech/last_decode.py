"""The decode that counts: a whole recording once more, as well as this machine can."""

import time
from dataclasses import replace

from core.domain.errors import ProviderFailed
from core.domain.transcript import FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.decoding import Recorded
from core.speech.scheduler import Scheduler
from core.speech.segmenter import SegmenterParams
from core.speech.windows import Span, Window, WindowParams, find_utterances, pack, split


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
    windows = pack(list(find_utterances(samples, segmenter)), params)
    found, silent = _decode(windows, samples, vocabulary, scheduler, deadline)
    # Over several sentences the decoder may stop at the end of one and leave the rest out; alone they are heard.
    alone, _ = _decode([Window((span,)) for span in silent], samples, vocabulary, scheduler, deadline)
    ordered = sorted([*found, *alone], key=lambda segment: segment.start_s)
    return [replace(segment, number=number) for number, segment in enumerate(ordered)]


def _decode(
    windows: list[Window], samples: Samples, vocabulary: str, scheduler: Scheduler, deadline: float
) -> tuple[list[FinalSegment], list[Span]]:
    """Segments of these windows, and the utterances that, among others in a window, got no words."""
    works = [Recorded(window, samples[window.start : window.end], vocabulary) for window in windows]
    for work in works:
        scheduler.add_recorded(work)
    found: list[FinalSegment] = []
    silent: list[Span] = []
    try:
        for work in works:
            if not work.done.wait(max(0.0, deadline - time.monotonic())):
                raise too_slow()
            if work.error is not None:
                raise work.error
            heard = split(work.window, work.segment) if work.segment is not None and work.segment.text else []
            found.extend(heard)
            if len(work.window.spans) > 1:
                silent.extend(span for span in work.window.spans if not any(_covers(part, span) for part in heard))
    finally:
        for work in works:
            work.unwanted = True  # what is left of a decode given up, which is done again from its start
    return found, silent


def _covers(segment: FinalSegment, span: Span) -> bool:
    middle_s = (span[0] + span[1]) / 2 / SAMPLE_RATE
    return segment.start_s <= middle_s <= segment.end_s


def too_slow() -> ProviderFailed:
    """Whoever waited gives up; the audio is kept."""
    return ProviderFailed("The recording could not be transcribed in time.", "It is kept; try again later.")
