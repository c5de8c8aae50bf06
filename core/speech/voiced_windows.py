"""Where somebody speaks, window by window, with what belongs to a word on either side."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.vad import WINDOW_SAMPLES

WINDOW_S = WINDOW_SAMPLES / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class VoicedParams:
    """Knobs of the finder."""

    speech_from: float = 0.6
    """Probability, 0 to 1, from which a window holds speech."""
    margin_windows: int = 3
    """Windows of 32 ms before and after speech that belong to it: consonants are quiet."""


@dataclass(frozen=True, slots=True)
class VoicedWindow:
    """One window of 32 ms.

    Attributes:
        samples: int16, mono, 16 kHz, shape (512,).
        end_s: Seconds of the stream at its end.
        speech: The model hears somebody in it.
        beside: It is speech, or next to some.
    """

    samples: Samples
    end_s: float
    speech: bool
    beside: bool


class VoicedWindows:
    """Cuts a stream into windows; each comes ``margin_windows`` late. Used by one thread at a time.

    Args:
        probability: Of speech in the next window; ``SileroStream().probability``.
        params: Knobs.
    """

    def __init__(self, probability: Callable[[Samples], float], params: VoicedParams | None = None) -> None:
        self._probability = probability
        self._params = params or VoicedParams()
        self._rest: Samples = np.zeros(0, np.int16)
        self._held: deque[tuple[Samples, float, bool]] = deque()
        self._since_speech = self._params.margin_windows + 1

    def feed(self, samples: Samples, end_s: float) -> list[VoicedWindow]:
        """Take int16 mono 16 kHz samples, shape (n,), that end at ``end_s`` of the stream; returns what is settled."""
        data = np.concatenate((self._rest, samples))
        begin_s = end_s - data.size / SAMPLE_RATE
        whole = data.size - data.size % WINDOW_SAMPLES
        for start in range(0, whole, WINDOW_SAMPLES):
            window = data[start : start + WINDOW_SAMPLES]
            speech = self._probability(window) >= self._params.speech_from
            self._held.append((window, begin_s + (start + WINDOW_SAMPLES) / SAMPLE_RATE, speech))
        self._rest = data[whole:].copy()
        return self._settled()

    def _settled(self) -> list[VoicedWindow]:
        margin, found = self._params.margin_windows, []
        while len(self._held) > margin:
            samples, end_s, speech = self._held.popleft()
            self._since_speech = 0 if speech else self._since_speech + 1
            coming = any(later for _, _, later in islice(self._held, margin))
            found.append(VoicedWindow(samples, end_s, speech, coming or self._since_speech <= margin))
        return found
