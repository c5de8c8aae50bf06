"""One speaker's stream: audio in, utterances out, and what can be shown of them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.domain.clock import Clock
from core.domain.transcript import CaptionView, FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.media.level import compute_rms
from core.media.window import AudioWindow
from core.speech.board import CaptionBoard
from core.speech.segmenter import Segmenter, SegmenterParams, SegmentEvent, SegmentStarted
from core.speech.vad import WINDOW_SAMPLES, SileroStream


@dataclass(frozen=True, slots=True)
class CaptionParams:
    """Knobs of a caption stream."""

    first_interim_s: float = 0.8
    """Seconds of an utterance heard before its first interim caption."""

    interim_every_s: float = 1.2
    """Seconds of new audio between two interim captions."""

    delayed_after_s: float = 4.0
    """Age of an undecoded utterance from which captions are called delayed."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A finished piece of speech on its way to the engine.

    Attributes:
        number: Order within the stream.
        samples: int16, mono, 16 kHz, shape (n,).
        start_s: Seconds from the start of the stream.
        end_s: Seconds from the start of the stream.
        vocabulary: Hint for the decoder.
    """

    number: int
    samples: Samples
    start_s: float
    end_s: float
    vocabulary: str


class DecoderPort(Protocol):
    """What a stream asks of the service behind it. Both return at once."""

    def request_final(self, stream: "CaptionStream", utterance: Utterance, ready_at: float) -> None:
        """Decode this, sooner or later, and call ``stream.deliver``."""
        ...

    def request_interim(self, stream: "CaptionStream", waiting_since: float) -> None:
        """Decode what ``stream.cut_interim`` gives at that time, if anything, and call ``stream.show_interim``."""
        ...


class CaptionStream:
    """Captions of one answer. Made by ``TranscriptionService.open_stream``.

    ``feed`` and ``finish`` come from the intake's or a script's thread; ``view`` and ``wait_final`` from any;
    ``cut_interim``, ``show_interim`` and ``deliver`` from the service's workers.

    Args:
        stream_id: For logs only.
        decoder: The service.
        on_final: Called once for each finished segment, in order, on a worker thread; must return quickly.
        clock: Monotonic time.
        vocabulary: Words likely to occur.
        params: Knobs.
        segmenter: Knobs of the segmenter.
        interims: Whether unfinished speech is captioned.

    Raises:
        ModelUnavailable: The voice activity model cannot be loaded.
    """

    def __init__(
        self,
        stream_id: str,
        decoder: DecoderPort,
        on_final: Callable[[FinalSegment], None],
        clock: Clock,
        *,
        vocabulary: str = "",
        params: CaptionParams | None = None,
        segmenter: SegmenterParams | None = None,
        interims: bool = True,
    ) -> None:
        self.stream_id = stream_id
        self._decoder = decoder
        self._clock = clock
        self._vocabulary = vocabulary
        self._params = params or CaptionParams()
        self._with_interims = interims
        self._board = CaptionBoard(on_final, self._params.delayed_after_s)
        self._lock = threading.Lock()  # everything below
        self._vad = SileroStream()
        self._segmenter = Segmenter(segmenter)
        self._audio = AudioWindow()
        self._received = 0
        self._judged = 0  # samples the VAD has seen
        self._open_from: int | None = None  # start of the utterance being spoken
        self._captioned_to = 0  # position up to which an interim was cut
        self._finished = False

    @property
    def received_s(self) -> float:
        """Seconds of audio fed."""
        return self._received / SAMPLE_RATE

    @property
    def finished(self) -> bool:
        """No more audio is taken."""
        return self._finished

    def feed(self, samples: Samples) -> None:
        """Take the next piece of the stream; ignored after :meth:`finish`.

        Costs under 1 % of the audio's time, for voice activity; decoding happens elsewhere.

        Args:
            samples: int16, mono, 16 kHz, shape (n,), any n.
        """
        with self._lock:
            if self._finished:
                return
            self._audio.append(samples)
            self._received = self._audio.end
            while self._judged + WINDOW_SAMPLES <= self._received:
                self._judge(self._audio.slice(self._judged, self._judged + WINDOW_SAMPLES))
            self._ask_interim()

    def finish(self) -> None:
        """End the stream: what is being spoken becomes the last final. A second call does nothing."""
        with self._lock:
            if self._finished:
                return
            self._finished = True
            if rest := self._received - self._judged:
                window = np.zeros(WINDOW_SAMPLES, np.int16)
                window[:rest] = self._audio.slice(self._judged, self._received)
                self._judge(window)
            self._handle(self._segmenter.flush())
            self._audio = AudioWindow()

    def view(self) -> CaptionView:
        """What can be shown now; cheap, any thread."""
        return self._board.view(self._clock.monotonic())

    def wait_final(self, timeout_s: float) -> bool:
        """Wait until each utterance so far is delivered; after :meth:`finish` that is the whole answer.

        Args:
            timeout_s: Longest wait in seconds.

        Returns:
            True when nothing is pending any more, and ``on_final`` has returned for each.
        """
        return self._board.wait_empty(timeout_s)

    @property
    def next_number(self) -> int:
        """Number the next utterance will get: how many were begun and finished so far."""
        return self._board.next_number

    def cut_interim(self) -> tuple[int, Samples] | None:
        """For workers: number and audio so far of the utterance being spoken; None when there is none any more."""
        with self._lock:
            if self._open_from is None or self._finished:
                return None
            self._captioned_to = self._received
            return self._board.next_number, self._audio.slice(self._open_from, self._received)

    def show_interim(self, number: int, text: str) -> None:
        """For workers: publish an interim, unless its final has come first."""
        self._board.show_interim(number, text)

    def deliver(self, segment: FinalSegment) -> None:
        """For workers: publish a final; it is held back until its predecessors are there."""
        self._board.deliver(segment)

    def _judge(self, window: Samples) -> None:
        self._judged += WINDOW_SAMPLES
        self._handle(self._segmenter.feed(self._vad.probability(window), compute_rms(window)))
        self._audio.forget_before(min(self._segmenter.keep_from, self._judged))

    def _handle(self, events: list[SegmentEvent]) -> None:
        now = self._clock.monotonic()
        for event in events:
            if isinstance(event, SegmentStarted):
                self._open_from = event.start_sample
                self._captioned_to = event.start_sample
                continue
            self._open_from = None
            end = min(event.end_sample, self._received)  # the last window is filled up with zeros
            utterance = Utterance(
                self._board.expect(now),
                self._audio.slice(event.start_sample, end),
                event.start_sample / SAMPLE_RATE,
                end / SAMPLE_RATE,
                self._vocabulary,
            )
            self._decoder.request_final(self, utterance, now)

    def _ask_interim(self) -> None:
        if self._open_from is None or not self._with_interims:
            return
        fresh_s = (self._received - self._captioned_to) / SAMPLE_RATE
        first = self._captioned_to == self._open_from
        if fresh_s >= (self._params.first_interim_s if first else self._params.interim_every_s):
            self._decoder.request_interim(self, self._clock.monotonic() - fresh_s)
