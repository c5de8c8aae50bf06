"""The queue and the pace, shared by all speakers and workers."""

import threading
from itertools import count

from core.domain.caption_load import CaptionLoad
from core.domain.clock import Clock
from core.speech.decoding import Recorded, Work
from core.speech.pacing import Pacer
from core.speech.queue import DecodeJob, DecodeQueue, Lane, QueueParams

Batch = list[DecodeJob[Work]]
"""Pieces of one lane, decoded together."""


class Scheduler:
    """Thread-safe; workers wait in :meth:`take`, everything else returns at once.

    Args:
        pacer: How often speech under way is captioned.
        params: Knobs of the queue.
        clock: Monotonic time.
    """

    def __init__(self, pacer: Pacer, params: QueueParams, clock: Clock) -> None:
        self._pacer = pacer
        self._params = params
        self._clock = clock
        self._queue: DecodeQueue[Work] = DecodeQueue(params)
        self._wake = threading.Condition()  # guards queue and pacer
        self._closed = False
        self._keys = count(1)

    def open(self) -> None:
        """Give out work from now on."""
        self._closed = False

    def close(self) -> None:
        """Give out what must not be dropped, then nothing more."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()

    def add(self, job: DecodeJob[Work]) -> None:
        """Queue a piece."""
        with self._wake:
            if self._queue.add(job):
                self._wake.notify()

    def add_recorded(self, work: Recorded) -> None:
        """Queue a window of a recording for its last decode."""
        self.add(DecodeJob(Lane.BACKGROUND, -next(self._keys), self._clock.monotonic(), work))

    def take(self) -> Batch | None:
        """Wait for the next batch; None when closed and nothing is left that must be done."""
        with self._wake:
            while True:
                if self._closed and not self._queue.kept:
                    return None
                if batch := self._queue.pick(self._clock.monotonic()):
                    return batch
                # A lane becomes overdue without anybody waking us; so does a background piece that waits for another.
                self._wake.wait(self._params.patience_s if self._queue.kept else None)

    def background_done(self) -> None:
        """The background piece given out last is no longer being decoded."""
        with self._wake:
            self._queue.background_done()
            self._wake.notify_all()  # when closed, all who wait for it must end

    def join(self, stream: int) -> None:
        """A speaker who watches captions begins."""
        with self._wake:
            self._pacer.join(stream)

    def leave(self, stream: int) -> None:
        """This speaker has ended; words that were to come after the answer come now.

        So do those of the speaker who takes the place: later ones would be held back behind them.
        """
        with self._wake:
            for due in (stream, self._pacer.leave(stream)):
                if due is not None:
                    self._queue.promote(due)
            self._wake.notify_all()

    def is_live(self, stream: int) -> bool:
        """Whether this speaker is captioned while speaking."""
        with self._wake:
            return self._pacer.is_live(stream)

    def interim_after_s(self, first: bool) -> float | None:
        """See ``Pacer.interim_after_s``."""
        with self._wake:
            return self._pacer.interim_after_s(self._queue.oldest_final_age(self._clock.monotonic()), first)

    def load(self) -> CaptionLoad:
        """How busy it is, without what only the workers know."""
        with self._wake:
            age = self._queue.oldest_final_age(self._clock.monotonic())
            return CaptionLoad(
                speakers=self._pacer.live_speakers,
                above_cap=self._pacer.waiting_speakers,
                waiting_finals=self._queue.waiting(Lane.FINAL),
                oldest_final_s=age,
                interim_every_s=self._pacer.interim_after_s(age, first=False),
                interim_cost_s=self._pacer.interim_cost_s,
                waiting_recordings=self._queue.waiting(Lane.DEFERRED) + self._queue.waiting(Lane.BACKGROUND),
            )

    def measured(self, pieces: int, busy_s: float) -> None:
        """See ``Pacer.measured``."""
        with self._wake:
            self._pacer.measured(pieces, busy_s)
