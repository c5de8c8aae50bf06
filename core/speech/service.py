"""The process-wide transcription service: one queue for all speakers, decoded on worker threads."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InterviewError, ModelUnavailable, ProviderFailed
from core.domain.transcript import FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.speech import guards
from core.speech.board import FAILED
from core.speech.captions import CaptionParams, CaptionStream, Utterance
from core.speech.guards import GuardParams
from core.speech.hearing import Effort, EnginePort, Heard, Piece
from core.speech.queue import DecodeQueue, FinalJob, InterimJob
from core.speech.segmenter import SegmenterParams

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServiceParams:
    """Knobs of the service."""

    workers: int = 1
    """Decoding threads. One that uses all cores gives the shortest wait; more only share the same cores."""

    attempts: int = 2
    """How often a final is tried before it is delivered as failed."""

    captions: CaptionParams = field(default_factory=CaptionParams)
    """Knobs of each stream."""

    segmenter: SegmenterParams = field(default_factory=SegmenterParams)
    """Knobs of each stream's segmenter."""

    guards: GuardParams = field(default_factory=GuardParams)
    """Knobs of the guards."""


@dataclass(frozen=True, slots=True)
class _Work:
    stream: CaptionStream
    utterance: Utterance | None = None  # None: an interim, cut when picked


class TranscriptionService:
    """Decodes everybody's speech.

    Utterances first, oldest first; then the speaker whose caption is most out of date. Workers never die: an engine
    that raises costs one segment at most, which is tried again and then delivered as failed.

    Args:
        engine: Speech to text.
        params: Knobs.
        clock: Monotonic time.
    """

    def __init__(self, engine: EnginePort, params: ServiceParams | None = None, clock: Clock | None = None) -> None:
        self._engine = engine
        self._params = params or ServiceParams()
        self._clock = clock or AnchoredClock()
        self._queue: DecodeQueue[_Work] = DecodeQueue()
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._ready = threading.Event()
        self._settled = threading.Event()  # loaded, or known not to load
        self.load_error: InterviewError | None = None
        """Why the engine could not be loaded; None while it is loading or when it is ready."""
        self.failures = 0
        """Decodes that raised."""

    @property
    def ready(self) -> bool:
        """The engine is loaded."""
        return self._ready.is_set()

    def start(self) -> None:
        """Start the workers, which load the engine first; returns at once. A second call does nothing."""
        with self._wake:
            if self._threads:
                return
            self._stopping = False
            self.load_error = None
            self._settled.clear()
            self._threads = [
                threading.Thread(target=self._run, name=f"transcription-{i}", daemon=True)
                for i in range(max(1, self._params.workers))
            ]
            for thread in self._threads:
                thread.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait for the engine; False when it is not there in time, or as soon as it has failed to load."""
        return self._settled.wait(timeout_s) and self.ready

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Decode the finals that wait, then end the workers.

        Args:
            timeout_s: Longest wait in seconds; the workers are daemons and do not hold up the process after it.

        Returns:
            True when everything was decoded in time.
        """
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
            threads, self._threads = self._threads, []
        deadline = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def open_stream(
        self, stream_id: str, on_final: Callable[[FinalSegment], None], vocabulary: str = "", *, interims: bool = True
    ) -> CaptionStream:
        """Begin captions of one answer.

        Args:
            stream_id: Names it in logs.
            on_final: Called once a segment, in order, on a worker thread; must return quickly.
            vocabulary: Words likely to occur, as a hint.
            interims: Whether unfinished speech is captioned.

        Returns:
            The stream to feed. It needs no closing but :meth:`CaptionStream.finish`.

        Raises:
            ModelUnavailable: The voice activity model cannot be loaded.
        """
        knobs = self._params
        return CaptionStream(
            stream_id, self, on_final, self._clock,
            vocabulary=vocabulary, params=knobs.captions, segmenter=knobs.segmenter, interims=interims,
        )  # fmt: skip

    def transcribe(
        self,
        samples: Samples,
        *,
        vocabulary: str = "",
        effort: Effort = Effort.LIVE,
        timeout_s: float | None = None,
    ) -> list[FinalSegment]:
        """Decode a whole clip through the same queue; blocks, so call it from a worker or script thread.

        Args:
            samples: int16, mono, 16 kHz, shape (n,).
            vocabulary: Words likely to occur.
            effort: ``FULL`` waits behind everybody's live speech.
            timeout_s: Longest wait; by default 30 s and the clip's own length.

        Returns:
            Its segments in order; empty when nobody speaks.

        Raises:
            ModelUnavailable: The engine could not be loaded, or the service is not running.
            ProviderFailed: Not ready in time.
        """
        if self.load_error is not None or not self._threads:
            raise self.load_error or ModelUnavailable("The transcription service is not running.")
        found: list[FinalSegment] = []
        stream = self.open_stream("clip", found.append, vocabulary, interims=False)
        stream.feed(samples)
        stream.finish()
        if not stream.wait_final(30.0 + samples.size / SAMPLE_RATE if timeout_s is None else timeout_s):
            raise ProviderFailed("The recording could not be transcribed in time.", "It is kept; try again later.")
        return found

    def request_final(self, stream: CaptionStream, utterance: Utterance, ready_at: float) -> None:
        """See ``DecoderPort``. Any thread."""
        with self._wake:
            self._queue.add_final(FinalJob(id(stream), utterance.number, ready_at, _Work(stream, utterance)))
            self._wake.notify()

    def request_interim(self, stream: CaptionStream, waiting_since: float) -> None:
        """See ``DecoderPort``. Any thread."""
        if not self.ready:
            return  # what was said before the engine came up is shown by the next wish
        with self._wake:
            if self._queue.add_interim(InterimJob(id(stream), waiting_since, _Work(stream))):
                self._wake.notify()

    def _run(self) -> None:
        try:
            self._engine.load()
            self._ready.set()
        except InterviewError as error:
            self.load_error = error
            _log.error("speech engine not loaded: %s", error.message)
        except Exception as error:
            self.load_error = ModelUnavailable(f"The speech engine failed to start: {error}")
            _log.exception("speech engine not loaded")
        self._settled.set()
        while (job := self._next()) is not None:
            try:
                if isinstance(job, FinalJob):
                    self._final(job)
                else:
                    self._interim(job)
            except Exception:  # the last line of defence: a worker outlives every bug of one job
                _log.exception("transcription job failed")

    def _next(self) -> FinalJob[_Work] | InterimJob[_Work] | None:
        with self._wake:
            while True:
                if self._stopping and not self._queue.finals:
                    return None
                if (job := self._queue.pick()) is not None:
                    return job
                self._wake.wait()

    def _final(self, job: FinalJob[_Work]) -> None:
        utterance = job.payload.utterance
        assert utterance is not None
        heard: Heard | None = None
        for _ in range(self._params.attempts):
            if self.load_error is not None:
                break
            try:
                heard = self._engine.decode([Piece(utterance.samples, utterance.vocabulary)], Effort.LIVE)[0]
                break
            except Exception as error:
                self.failures += 1
                _log.warning("decoding a segment failed: %s", type(error).__name__)
        text = "" if heard is None else guards.judge(heard, utterance.samples, self._params.guards)
        job.payload.stream.deliver(
            FinalSegment(
                utterance.number,
                text,
                utterance.start_s,
                utterance.end_s,
                None if heard is None else heard.confidence,
                FAILED if heard is None else self._engine.name,
            )
        )

    def _interim(self, job: InterimJob[_Work]) -> None:
        stream = job.payload.stream
        cut = stream.cut_interim()
        if cut is None:
            return
        number, samples = cut
        try:
            heard = self._engine.decode([Piece(samples)], Effort.INTERIM)[0]
        except Exception as error:
            self.failures += 1
            _log.warning("decoding an interim failed: %s", type(error).__name__)
            return
        stream.show_interim(number, guards.judge(heard, samples, self._params.guards))
