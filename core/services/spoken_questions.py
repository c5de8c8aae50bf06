"""Questions as sound: made ahead of time, never in the way of the page."""

import logging
import threading
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InterviewError
from core.speech.voices import SpokenAudio, VoiceChain

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QuestionVoiceParams:
    """Knobs of the spoken questions."""

    workers: int = 2
    """Texts made at once."""

    max_kept: int = 64
    """Texts remembered; the ones unused for longest go first. Questions come back from the cache on disk."""

    max_kept_mb: float = 64.0
    """Memory for their sound; a question of 20 s is 0.9 MB as WAV."""

    max_wait_s: float = 8.0
    """A candidate waits no longer for the sound of the open question; then the browser reads it."""

    ask_again_s: float = 60.0
    """A text no voice could speak is tried again after so long."""


@dataclass(slots=True)
class _Job:
    """A text on its way to be sound, and when (monotonic) it was asked for."""

    sound: Future[SpokenAudio | None]
    since: float


class QuestionVoice:
    """Speaks questions in the background. Safe to call from any thread.

    What is private (it quotes the candidate) is spoken by local voices only and is not kept on disk.

    Args:
        voices: Who speaks; None leaves it all to the browser.
        params: Knobs.
        clock: Monotonic time.
    """

    def __init__(
        self, voices: VoiceChain | None, params: QuestionVoiceParams | None = None, clock: Clock | None = None
    ) -> None:
        self._voices = voices
        self._params = params or QuestionVoiceParams()
        self._clock = clock or AnchoredClock()
        self._pool = ThreadPoolExecutor(self._params.workers, thread_name_prefix="voice")
        self._lock = threading.Lock()
        self._jobs: OrderedDict[tuple[str, bool], _Job] = OrderedDict()

    def prepare(self, text: str, *, private: bool = False) -> None:
        """Start making the sound of a question that will be asked soon, or that may be: a likely follow-up.

        Args:
            text: The question.
            private: It holds the candidate's words.
        """
        if self._voices is None or not text.strip():
            return
        with self._lock:
            job = self._job(text, private)
            if job.sound.done() and self._clock.monotonic() - job.since > self._params.ask_again_s:
                if _result(job.sound) is None:
                    del self._jobs[text, private]
                    self._job(text, private)

    def get(self, text: str, timeout_s: float = 0.0, *, private: bool = False) -> SpokenAudio | None:
        """The sound; None while it is being made, or when the browser's voice has to do it.

        Args:
            text: The question.
            timeout_s: Longest wait.
            private: It holds the candidate's words.
        """
        if self._voices is None or not text.strip():
            return None
        with self._lock:
            sound = self._job(text, private).sound
        return _result(sound, timeout_s)

    def is_making(self, text: str, *, private: bool = False) -> bool:
        """Whether the sound may still come in time to wait for it."""
        with self._lock:
            job = self._jobs.get((text, private))
        if job is None or job.sound.done():
            return False
        return self._clock.monotonic() - job.since < self._params.max_wait_s

    def warm_up(self) -> None:
        """A question will be asked soon: get the voice ready; returns at once."""
        if self._voices is not None:
            self._voices.warm_up()

    @property
    def local_only(self) -> bool:
        """Whether questions are not to leave the machine: then the browser may not read by a voice of the network."""
        return self._voices is not None and self._voices.local_only

    @property
    def warnings(self) -> list[str]:
        """Voices that are down just now and why, for recruiters and operators; candidates hear the next best."""
        return [f"A voice for the questions is down. {why}" for why in self._voices.outages()] if self._voices else []

    def close(self) -> None:
        """Stop making sounds."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._voices is not None:
            self._voices.close()

    def _job(self, text: str, private: bool) -> _Job:
        """The job of a text, begun when there is none; with the lock held."""
        assert self._voices is not None
        key = (text, private)
        job = self._jobs.get(key)
        if job is None:
            sound = self._pool.submit(self._speak, self._voices, text, private)
            job = self._jobs[key] = _Job(sound, self._clock.monotonic())
            self._forget()
        self._jobs.move_to_end(key)
        return job

    def _speak(self, voices: VoiceChain, text: str, private: bool) -> SpokenAudio | None:
        try:
            return voices.speak(text, private=private)
        except InterviewError as error:  # the text is on screen, and the browser reads it
            _log.warning("question not spoken: %s", error.message)
            return None

    def _forget(self) -> None:
        """Drop the sounds unused for longest, never one that is being made: somebody waits for it."""
        p = self._params
        size = sum(len(sound.data) for job in self._jobs.values() if (sound := _result(job.sound)) is not None)
        for key, job in list(self._jobs.items()):
            if len(self._jobs) <= p.max_kept and size <= p.max_kept_mb * 1_000_000:
                return
            if job.sound.done():
                size -= len(sound.data) if (sound := _result(job.sound)) is not None else 0
                del self._jobs[key]


def _result(sound: Future[SpokenAudio | None], timeout_s: float = 0.0) -> SpokenAudio | None:
    """The sound of a job; None while there is none, and when no voice of ours could speak."""
    try:
        return sound.result(timeout_s)
    except (TimeoutError, CancelledError):
        return None
