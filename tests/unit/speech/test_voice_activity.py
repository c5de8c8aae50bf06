from collections.abc import Callable

import numpy as np
from faster_whisper.vad import get_vad_model

from core.media.audio import Samples
from core.speech.vad import WINDOW_SAMPLES, SileroStream


def probabilities(samples: Samples) -> list[float]:
    stream = SileroStream()
    whole = samples.size - samples.size % WINDOW_SAMPLES
    return [stream.probability(samples[i : i + WINDOW_SAMPLES]) for i in range(0, whole, WINDOW_SAMPLES)]


def test_stream_equals_the_whole_in_one_call(say: Callable[[str], Samples]) -> None:
    samples = say("Streaming must not change what is heard.")
    whole = samples[: samples.size - samples.size % WINDOW_SAMPLES]
    expected = get_vad_model()(whole.astype(np.float32) / 32768).reshape(-1)
    # The last window is left out: the one-call form blanks its end while it lays out its own context.
    assert np.allclose(probabilities(whole)[:-1], expected[:-1], atol=1e-4)


def test_speech_is_found_and_silence_is_not(say: Callable[[str], Samples]) -> None:
    assert np.median(probabilities(say("Streaming must not change what is heard."))) > 0.8
    assert max(probabilities(np.zeros(32_000, np.int16))) < 0.3
