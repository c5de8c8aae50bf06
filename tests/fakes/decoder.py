"""The service behind a caption stream, decoding only when a test says so; and a voice activity model one can write."""

from dataclasses import dataclass, field

import numpy as np

from core.domain.transcript import FinalSegment
from core.media.audio import Samples
from core.speech.captions import CaptionStream
from core.speech.utterance import Utterance
from core.speech.vad import WINDOW_SAMPLES

STEADY_SPEECH: Samples = np.full(WINDOW_SAMPLES, 1000, np.int16)
"""A window that :class:`LoudIsSpeech` takes for speech; zeros are silence."""


class LoudIsSpeech:
    """Implements ``core.speech.vad.SileroStream``: what is not zero is speech."""

    def probability(self, window: Samples) -> float:
        """Probability that a window holds speech."""
        return 0.95 if window.any() else 0.01


@dataclass
class ManualDecoder:
    """Implements ``core.speech.decoder_port.DecoderPort``; what was asked for waits in lists."""

    live: bool = True
    after_s: float | None = None
    finals: list[Utterance] = field(default_factory=list)
    interims: int = 0
    finished: int = 0

    def request_final(self, stream: CaptionStream, utterance: Utterance, ready_at: float) -> None:
        """Kept in ``finals``."""
        self.finals.append(utterance)

    def request_interim(self, stream: CaptionStream, waiting_since: float) -> None:
        """Counted in ``interims``."""
        self.interims += 1

    def interim_after_s(self, first: bool) -> float | None:
        """What the test set."""
        return self.after_s

    def is_live(self, stream: CaptionStream) -> bool:
        """What the test set."""
        return self.live

    def stream_finished(self, stream: CaptionStream) -> None:
        """Counted in ``finished``."""
        self.finished += 1

    def decode(self, stream: CaptionStream, index: int = 0) -> bool:
        """Decode what was asked for at this place, as a worker would; its length in samples is what is heard.

        Returns:
            Whether it still had to be.
        """
        utterance = self.finals.pop(index)
        if utterance.heard is not None:
            stream.deliver(utterance.heard)
            return True
        if not stream.wants(utterance):
            return False
        stream.deliver(heard(utterance), presumed=utterance.presumed)
        return True

    def fail(self, stream: CaptionStream, index: int = 0) -> None:
        """Give up what was asked for at this place, after its last try."""
        utterance = self.finals.pop(index)
        if stream.wants(utterance):
            stream.give_up(utterance)


def heard(utterance: Utterance) -> FinalSegment:
    """What :meth:`ManualDecoder.decode` makes of an utterance."""
    return FinalSegment(
        utterance.number, str(utterance.samples.size), utterance.start_s, utterance.end_s, 0.9, "manual"
    )
