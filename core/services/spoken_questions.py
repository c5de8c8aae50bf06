"""Questions as sound: made ahead of time, never in the way of the page."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from core.speech.voices import SpokenAudio, VoiceChain


class QuestionVoice:
    """Speaks questions in the background. Safe to call from any thread."""

    def __init__(self, voices: VoiceChain | None) -> None:
        self._voices = voices
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="voice")
        self._lock = Lock()
        self._jobs: dict[str, Future[SpokenAudio | None]] = {}

    def prepare(self, text: str) -> None:
        """Start making the sound of a question that will be asked soon."""
        if self._voices is None or not text.strip():
            return
        with self._lock:
            if text not in self._jobs:
                self._jobs[text] = self._pool.submit(self._voices.speak, text)

    def get(self, text: str, timeout_s: float = 0.0) -> SpokenAudio | None:
        """The sound; None while it is being made, or when the browser's voice has to do it."""
        if self._voices is None:
            return None
        self.prepare(text)
        try:
            return self._jobs[text].result(timeout_s)
        except TimeoutError:
            return None

    def is_making(self, text: str) -> bool:
        """Whether the sound may still come."""
        job = self._jobs.get(text)
        return job is not None and not job.done()

    def close(self) -> None:
        """Stop making sounds."""
        self._pool.shutdown(wait=False, cancel_futures=True)
