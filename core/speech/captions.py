"""One speaker's stream: audio in, utterances out, and what can be shown of them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.domain.clock import Clock
from core.domain.transcript import CaptionMode, CaptionQuality, CaptionView, FinalSegment, Word
from core.media.audio import SAMPLE_RATE, Samples
from core.media.level import compute_rms
from core.media.window import AudioWindow
from core.speech.agreement import AgreementParams, Guess
from core.speech.board import FAILED, CaptionBoard
from core.speech.decoder_port import DecoderPort
from core.speech.lateness import Lateness
from core.speech.presumption import Presumption
from core.speech.segmenter import SegmentEnded, Segmenter, SegmenterParams, SegmentEvent, SegmentStarted
from core.speech.utterance import InterimCut, Utterance
from core.speech.vad import WINDOW_SAMPLES, SileroStream


@dataclass(frozen=True, slots=True)
class CaptionParams:
    """Knobs of a stream."""

    delayed_after_s: float = 4.0
    """Age of speech not yet in the text from which captions are called delayed."""

    agreement: AgreementParams = field(default_factory=AgreementParams)
    """What is shown solid."""


class CaptionStream:
    """Captions of one answer. Made by ``TranscriptionService.open_stream``.

    ``feed`` and ``finish`` come from the intake's or a script's thread, what is for workers from the service's, the
    rest from any.

    Args:
        stream_id: For logs only.
        decoder: The service.
        on_final: Called once for each finished segment, in order, on a worker thread; must return quickly.
        clock: Monotonic time.
        vocabulary: Words likely to occur.
        params: Knobs.
        segmenter: Knobs of the segmenter.
        interims: Somebody watches the words come.

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
        self.interims = interims
        self._decoder = decoder
        self._clock = clock
        self._vocabulary = vocabulary
        self._params = params or CaptionParams()
        self._board = CaptionBoard(on_final, self._params.agreement)
        self._lock = threading.Lock()  # everything below
        self._vad = SileroStream()
        self._segmenter = Segmenter(segmenter)
        self._presumption = Presumption()
        self._audio = AudioWindow()
        self._received = 0
        self._judged = 0  # samples the VAD has seen
        self._starts: list[int] = []  # first samples of the utterances, by number
        self._open_from: int | None = None  # start of the utterance being spoken
        self._captioned_to = 0  # position up to which an interim was cut
        self._finished = False
        self._lateness = Lateness()
        self._looked_at = 0  # samples received when the mode was last looked at

    @property
    def received_s(self) -> float:
        """Seconds of audio fed."""
        return self._received / SAMPLE_RATE

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
            if self._received - self._looked_at >= SAMPLE_RATE // 2:
                self._lateness.note(self._view().mode, (self._received - self._looked_at) / SAMPLE_RATE)
                self._looked_at = self._received

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
        self._decoder.stream_finished(self)

    def view(self) -> CaptionView:
        """What can be shown now; cheap, any thread."""
        with self._lock:
            return self._view()

    def quality(self) -> CaptionQuality:
        """What the captions were worth so far; to be stored with the answer."""
        return self._lateness.quality(self._board.longest_wait_s)

    def wait_final(self, timeout_s: float) -> bool:
        """Wait until each utterance so far is delivered; after :meth:`finish` that is the whole answer.

        Returns:
            True when nothing is pending any more, and ``on_final`` has returned for each.
        """
        return self._board.wait_empty(timeout_s)

    @property
    def next_number(self) -> int:
        """Number the next utterance will get: how many were begun and finished so far."""
        return self._board.next_number

    def cut_interim(self) -> InterimCut | None:
        """For workers: the utterance being spoken; None when there is none any more."""
        with self._lock:
            if self._open_from is None or self._finished:
                return None
            self._captioned_to = self._received
            samples = self._audio.slice(self._open_from, self._received)
            return InterimCut(self._board.next_number, samples, self._received / SAMPLE_RATE)

    def show_interim(self, cut: InterimCut, text: str, words: Sequence[Word] = ()) -> None:
        """For workers: publish an interim, unless its final has come first."""
        self._board.show_interim(cut.number, text, cut.end_s, words)

    def guess(self, number: int) -> Guess | None:
        """The interim shown of one utterance."""
        return self._board.guess(number)

    def wants(self, utterance: Utterance) -> bool:
        """For workers: whether this must be decoded; the speaker may have gone on behind a presumed end."""
        with self._lock:
            return not utterance.presumed or self._presumption.wants(utterance)

    def deliver(self, segment: FinalSegment, *, presumed: bool = False) -> None:
        """For workers: publish a final; it is held back until its predecessors are there.

        What was heard of a presumed end is shown like an interim until the utterance has really ended.
        """
        if presumed:
            with self._lock:
                if not self._presumption.take(segment):
                    self._board.show_interim(segment.number, segment.text, segment.end_s, segment.words, paused=True)
                    return
        self._board.deliver(segment, self._clock.monotonic())

    def give_up(self, utterance: Utterance) -> None:
        """For workers: it cannot be decoded; delivered without words, its sound is in the recording."""
        with self._lock:
            if utterance.presumed and not self._presumption.drop(utterance):
                return  # it has not ended: the real end is tried afresh
        self.deliver(FinalSegment(utterance.number, "", utterance.start_s, utterance.end_s, None, FAILED))

    def _view(self) -> CaptionView:
        board, now = self._board.view(), self._clock.monotonic()
        if board.heard_to_s is not None:
            heard_to_s = board.heard_to_s
        elif len(board.finals) < len(self._starts):
            heard_to_s = self._starts[len(board.finals)] / SAMPLE_RATE
        else:  # silence since the last final
            heard_to_s = self._judged / SAMPLE_RATE
        behind_s = 0.0 if board.oldest_s is None else now - board.oldest_s
        if self._open_from is not None:
            behind_s = max(behind_s, self._received / SAMPLE_RATE - heard_to_s)
        mode = CaptionMode.LIVE
        if behind_s > self._params.delayed_after_s or any(s.engine == FAILED for s in board.finals):
            mode = CaptionMode.DELAYED
        if self.interims and not self._finished and not self._decoder.is_live(self):
            mode = CaptionMode.AFTER
        return CaptionView(board.finals, board.solid, board.interim, board.pending, mode, heard_to_s)

    def _judge(self, window: Samples) -> None:
        self._judged += WINDOW_SAMPLES
        self._handle(self._segmenter.feed(self._vad.probability(window), compute_rms(window)))
        self._audio.forget_before(min(self._segmenter.keep_from, self._judged))

    def _handle(self, events: list[SegmentEvent]) -> None:
        now = self._clock.monotonic()
        for event in events:
            if isinstance(event, SegmentStarted):
                self._starts.append(event.start_sample)
                self._open_from = self._captioned_to = event.start_sample
                continue
            ended = isinstance(event, SegmentEnded)
            number = self._board.expect(now) if ended else self._board.next_number
            end = min(event.end_sample, self._received)  # the last window is filled up with zeros
            utterance = Utterance(
                number,
                self._audio.slice(event.start_sample, end),
                event.start_sample / SAMPLE_RATE,
                end / SAMPLE_RATE,
                self._vocabulary,
                presumed=not ended,
            )
            if ended:
                self._open_from = None
                presumed, heard = self._presumption.ended(utterance)
                if presumed and heard is None:
                    continue  # its decode, under way, is the final
                utterance = replace(utterance, heard=heard)
            elif self.interims and self._decoder.is_live(self):
                self._captioned_to = self._received
                self._presumption.begin(utterance)
            else:
                continue  # nobody waits for the words
            self._decoder.request_final(self, utterance, now)

    def _ask_interim(self) -> None:
        if self._open_from is None or not self.interims or not self._decoder.is_live(self):
            return
        fresh_s = (self._received - self._captioned_to) / SAMPLE_RATE
        after_s = self._decoder.interim_after_s(first=self._captioned_to == self._open_from)
        if after_s is not None and fresh_s >= after_s:
            self._decoder.request_interim(self, self._clock.monotonic() - fresh_s)
