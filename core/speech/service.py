"""The process-wide transcription service: one queue for all speakers, decoded on worker threads."""

import logging
import threading
import time
from dataclasses import replace

from core.domain.caption_load import CaptionLoad
from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InterviewError, ModelUnavailable, ProviderFailed
from core.domain.transcript import FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.captions import CaptionStream
from core.speech.decoding import Decoder, Recorded, Sink, Speaking, Spoken
from core.speech.hearing import Effort, EnginePort
from core.speech.last_decode import last_decode, too_slow
from core.speech.pacing import Pacer
from core.speech.queue import DecodeJob, Lane
from core.speech.scheduler import Batch, Scheduler
from core.speech.service_params import ServiceParams
from core.speech.utterance import Utterance
from core.speech.workers import Workers

_log = logging.getLogger(__name__)


class TranscriptionService:
    """Decodes everybody's speech.

    Utterances first, oldest first; then the speakers whose captions are most out of date; then clips and last decodes.
    No utterance is dropped: refused by the engine, it is tried again, then delivered as failed; held by a worker that
    is lost, it is queued again.

    Args:
        engine: For live speech.
        params: Knobs.
        clock: Monotonic time.
        full_engine: For the last decode; by default the same.
    """

    def __init__(
        self,
        engine: EnginePort,
        params: ServiceParams | None = None,
        clock: Clock | None = None,
        full_engine: EnginePort | None = None,
    ) -> None:
        self._engine = engine
        self._params = p = params or ServiceParams()
        self._clock = clock or AnchoredClock()
        self._decoder = Decoder(engine, full_engine or engine, p.guards)
        self._scheduler = Scheduler(Pacer(p.workers.count, p.pacing), p.queue, self._clock)
        self._workers: Workers[Batch] = Workers(
            "transcription", self._take, self._do, self._requeue, self._clock, p.workers
        )
        self._loading = threading.Lock()
        self._settled = threading.Event()  # loaded, or known not to load

    @property
    def ready(self) -> bool:
        """The engine is loaded."""
        return self._settled.is_set() and self.load_error is None

    @property
    def load_error(self) -> InterviewError | None:
        """Why the engine could not be loaded; None while it is loading or when it is ready."""
        return self._decoder.unavailable

    @property
    def failures(self) -> int:
        """Decodes that raised."""
        return self._decoder.failures

    def load(self) -> CaptionLoad:
        """How busy the captions are; a metric. Any thread."""
        return replace(self._scheduler.load(), failures=self.failures, workers_replaced=self._workers.replaced)

    def start(self) -> None:
        """Start the workers, which load the engine first; returns at once. A second call does nothing."""
        if self._workers.running:
            return
        self._decoder.unavailable = None
        self._settled.clear()
        self._scheduler.open()
        self._workers.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait for the engine; False when it is not there in time, or as soon as it has failed to load."""
        return self._settled.wait(timeout_s) and self.ready

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Decode the utterances that wait, then end the workers.

        Args:
            timeout_s: Longest wait in seconds.

        Returns:
            True when everything was decoded in time.
        """
        self._scheduler.close()
        return self._workers.stop(timeout_s)

    def open_stream(
        self, stream_id: str, on_final: Sink, vocabulary: str = "", *, interims: bool = True
    ) -> CaptionStream:
        """Begin captions of one answer.

        Args:
            stream_id: Names it in logs.
            on_final: Called once a segment, in order, on a worker thread; must return quickly.
            vocabulary: Words likely to occur, as a hint.
            interims: Somebody watches the words come; without, everybody's live speech goes first.

        Returns:
            The stream to feed. It needs no closing but :meth:`CaptionStream.finish`.

        Raises:
            ModelUnavailable: The voice activity model cannot be loaded.
        """
        knobs = self._params
        stream = CaptionStream(
            stream_id, self, on_final, self._clock,
            vocabulary=vocabulary, params=knobs.captions, segmenter=knobs.segmenter, interims=interims,
        )  # fmt: skip
        if interims:
            self._scheduler.join(id(stream))
        return stream

    def transcribe(
        self,
        samples: Samples,
        *,
        vocabulary: str = "",
        effort: Effort = Effort.LIVE,
        timeout_s: float | None = None,
    ) -> list[FinalSegment]:
        """Decode a whole recording behind everybody's live speech; blocks, so call it from a job's thread.

        Args:
            samples: int16, mono, 16 kHz, shape (n,).
            vocabulary: Words likely to occur.
            effort: ``FULL`` is the last decode: windows of up to 28 s on the best engine.
            timeout_s: Longest wait; by default two minutes and twice the recording's own length.

        Returns:
            Its segments in order; empty when nobody speaks.

        Raises:
            ModelUnavailable: The engine could not be loaded, or the service is not running.
            ProviderFailed: It failed, or is not ready in time.
        """
        if self.load_error is not None or not self._workers.running:
            raise self.load_error or ModelUnavailable("The transcription service is not running.")
        knobs = self._params
        wait_s = 120.0 + 2 * samples.size / SAMPLE_RATE if timeout_s is None else timeout_s
        if effort is Effort.FULL:
            return last_decode(samples, vocabulary, self._scheduler, wait_s, knobs.segmenter, knobs.windows)
        found: list[FinalSegment] = []
        stream = self.open_stream("clip", found.append, vocabulary, interims=False)
        stream.feed(samples)
        stream.finish()
        if not stream.wait_final(wait_s):
            raise too_slow()
        return found

    def request_final(self, stream: CaptionStream, utterance: Utterance, ready_at: float) -> None:
        """See ``DecoderPort``. Any thread."""
        lane = Lane.FINAL if self.is_live(stream) else Lane.DEFERRED
        self._scheduler.add(DecodeJob(lane, id(stream), ready_at, Spoken(stream, utterance)))

    def request_interim(self, stream: CaptionStream, waiting_since: float) -> None:
        """See ``DecoderPort``. Any thread."""
        if self.ready:  # what was said before the engine came up is shown by the next wish
            self._scheduler.add(DecodeJob(Lane.INTERIM, id(stream), waiting_since, Speaking(stream)))

    def interim_after_s(self, first: bool) -> float | None:
        """See ``DecoderPort``. Any thread."""
        return self._scheduler.interim_after_s(first)

    def is_live(self, stream: CaptionStream) -> bool:
        """See ``DecoderPort``. Any thread."""
        return self._scheduler.is_live(id(stream))

    def stream_finished(self, stream: CaptionStream) -> None:
        """See ``DecoderPort``. Any thread."""
        if stream.interims:
            self._scheduler.leave(id(stream))

    def _take(self) -> Batch | None:
        """For workers: wait for the next batch."""
        self._load()
        return self._scheduler.take()

    def _load(self) -> None:
        with self._loading:
            if self._settled.is_set():
                return
            try:
                self._engine.load()
            except InterviewError as error:
                self._decoder.unavailable = error
            except Exception as error:
                self._decoder.unavailable = ModelUnavailable(f"The speech engine failed to start: {error}")
            if self.load_error is not None:
                _log.error("speech engine not loaded: %s", self.load_error.message)
            self._settled.set()

    def _do(self, batch: Batch) -> None:
        """For workers: decode a batch."""
        works = [job.payload for job in batch]
        if batch[0].lane is Lane.INTERIM:
            began = time.monotonic()
            pieces = self._decoder.interims([work for work in works if isinstance(work, Speaking)])
            if pieces:
                self._scheduler.measured(pieces, time.monotonic() - began)
            return
        failed = self._decoder.finals([work for work in works if isinstance(work, Spoken)])
        for work in works:
            if isinstance(work, Recorded):
                self._decoder.recorded(work)
                self._scheduler.background_done()
        self._again([job for job in batch if job.payload in failed])

    def _requeue(self, batch: Batch) -> None:
        """For the workers' keeper: a worker was lost in the middle of this batch."""
        if batch[0].lane is Lane.BACKGROUND:
            self._scheduler.background_done()
        self._again([job for job in batch if job.lane is not Lane.INTERIM])

    def _again(self, jobs: Batch) -> None:
        """Queue what was not decoded once more; give it up after the last try."""
        for job in jobs:
            work = job.payload
            tries = job.tries + 1
            if tries < self._params.attempts and self.load_error is None:
                self._scheduler.add(replace(job, tries=tries))
            elif isinstance(work, Spoken):
                work.stream.give_up(work.utterance)
            elif isinstance(work, Recorded):
                work.error = ProviderFailed("The recording could not be transcribed.", "It is kept; try again later.")
                work.done.set()
