"""Speaking to the candidate: the best voice that can be had now, and why it is not a better one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.voice_cache import VoiceCache
from core.speech.voice_engines import EspeakVoice, GttsVoice, VoicePort

PRIVATE_REASON = "The text holds the candidate's words, which only local voices may speak."


@dataclass(frozen=True, slots=True)
class SpokenAudio:
    """A text as audio.

    Attributes:
        data: The file.
        mime: Its type.
        engine: Which voice speaks.
        degraded: A better voice was wanted but could not be used.
        reason: Why; empty when not degraded.
    """

    data: bytes
    mime: str
    engine: str
    degraded: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VoiceParams:
    """Knobs of the voice chain."""

    speed: float = 1.0
    """Speed when the caller names none; 1.0 is normal."""

    min_speed: float = 0.5
    """Slowest speed."""

    max_speed: float = 2.0
    """Fastest speed."""

    max_chars: int = 5000
    """Longest text."""

    retry_after_s: float = 60.0
    """A voice that failed is left alone for so long."""

    cache_max_mb: float = 300.0
    """Size of the cache on disk."""


class VoiceChain:
    """Tries voices in order, remembers which one is down, keeps what was spoken. Thread-safe.

    Args:
        cache_dir: Folder for spoken texts.
        params: Knobs.
        voices: In order of preference; by default gTTS, then espeak-ng.
        clock: Monotonic time.
    """

    def __init__(
        self,
        cache_dir: Path,
        params: VoiceParams | None = None,
        voices: Sequence[VoicePort] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._params = params or VoiceParams()
        self._cache = VoiceCache(cache_dir, self._params.cache_max_mb)
        self._voices: tuple[VoicePort, ...] = tuple(voices) if voices is not None else (GttsVoice(), EspeakVoice())
        self._clock = clock or AnchoredClock()
        self._lock = threading.Lock()
        self._down: dict[str, tuple[float, str]] = {}  # voice -> (when it may be tried again, why it failed)

    def speak(self, text: str, *, private: bool = False, speed: float | None = None) -> SpokenAudio | None:
        """Speak a text; blocks for at most the deadlines of the voices.

        Args:
            text: What to say, 1 to 5000 characters.
            private: It holds words of the candidate: only local voices, and nothing is kept on disk, where no
                deletion of the interview would find it.
            speed: 0.5 to 2.0; by default the chain's.

        Returns:
            The audio, or None when no voice can speak: then the browser's own ``speechSynthesis`` should.

        Raises:
            InvalidInput: Empty or too long a text, or a speed out of range.
        """
        text = text.strip()
        p = self._params
        pace = p.speed if speed is None else speed
        if not text:
            raise InvalidInput("text", "There is nothing to say.")
        if len(text) > p.max_chars:
            raise InvalidInput("text", f"A spoken text may have at most {p.max_chars} characters.")
        if not p.min_speed <= pace <= p.max_speed:
            raise InvalidInput("speed", f"The speed must be between {p.min_speed:g} and {p.max_speed:g}.")
        reasons: list[str] = []
        for voice in self._voices:
            if private and not voice.local:
                reasons.append(PRIVATE_REASON)
                continue
            if not private and (kept := self._cache.load(text, voice.name, pace)) is not None:
                return SpokenAudio(kept.data, kept.mime, voice.name, bool(reasons), " ".join(reasons))
            if (why := self._down_reason(voice)) is not None:
                reasons.append(why)
                continue
            try:
                audio = voice.speak(text, pace)
            except ProviderFailed as error:
                with self._lock:
                    self._down[voice.name] = (self._clock.monotonic() + p.retry_after_s, error.message)
                reasons.append(error.message)
                continue
            if not private:
                self._cache.save(text, voice.name, pace, audio)
            return SpokenAudio(audio.data, audio.mime, voice.name, bool(reasons), " ".join(reasons))
        return None

    def _down_reason(self, voice: VoicePort) -> str | None:
        with self._lock:
            until, why = self._down.get(voice.name, (0.0, ""))
            return why if self._clock.monotonic() < until else None
