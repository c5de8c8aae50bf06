"""Speaking to the candidate: the best voice that can be had now, and why it is not a better one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.espeak import EspeakVoice
from core.speech.google_voice import GttsVoice
from core.speech.piper import PiperVoice
from core.speech.spoken_text import clean_text, has_words
from core.speech.voice_cache import VoiceCache
from core.speech.voice_engines import VoicePort

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
    """A voice that failed is left alone for so long; twice as long each time it fails again."""

    retry_after_max_s: float = 600.0
    """But never longer than this."""

    warm_s: float = 120.0
    """A voice that was made ready stays so for this long, as far as we ask."""

    cache_max_mb: float = 300.0
    """Size of the cache on disk."""


@dataclass(frozen=True, slots=True)
class _Outage:
    """A voice that failed: how often in a row, why, and when (monotonic) it may be tried again."""

    times: int
    reason: str
    until: float


class VoiceChain:
    """Tries voices in order, remembers which one is down, keeps what was spoken. Thread-safe.

    Args:
        cache_dir: Folder for spoken texts.
        params: Knobs.
        voices: In order of preference; by default gTTS, then Piper if it is installed, then espeak-ng.
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
        self._voices: tuple[VoicePort, ...] = tuple(voices if voices is not None else (GttsVoice(), *local_voices()))
        self._clock = clock or AnchoredClock()
        self._lock = threading.Lock()
        self._down: dict[str, _Outage] = {}
        self._warm_until = 0.0

    def speak(self, text: str, *, private: bool = False, speed: float | None = None) -> SpokenAudio | None:
        """Speak a text; blocks for at most the deadlines of the voices.

        Args:
            text: What to say, 1 to 5000 characters with at least one word.
            private: It holds words of the candidate: only local voices, and nothing is kept on disk, where no
                deletion of the interview would find it.
            speed: 0.5 to 2.0; by default the chain's.

        Returns:
            The audio, or None when no voice can speak: then the browser's own ``speechSynthesis`` should.

        Raises:
            InvalidInput: Nothing to say, too long a text, or a speed out of range.
        """
        p = self._params
        pace = p.speed if speed is None else speed
        if len(text.strip()) > p.max_chars:
            raise InvalidInput("text", f"A spoken text may have at most {p.max_chars} characters.", "Shorten it.")
        if not has_words(text := clean_text(text)):
            raise InvalidInput("text", "There is nothing to say.", "Write at least one word.")
        if not p.min_speed <= pace <= p.max_speed:
            raise InvalidInput("speed", f"The speed must be between {p.min_speed:g} and {p.max_speed:g}.")
        reasons: list[str] = []
        for voice in self._voices:
            if private and not voice.local:
                reasons.append(PRIVATE_REASON)
                continue
            if not private and (kept := self._cache.load(text, voice.name, pace)) is not None:
                return SpokenAudio(kept.data, kept.mime, voice.name, bool(reasons), " ".join(reasons))
            if (outage := self._outage(voice)) is not None:
                reasons.append(outage.reason)
                continue
            try:
                audio = voice.speak(text, pace)
            except InvalidInput as error:  # the text's fault: the voice stays in use
                reasons.append(error.message)
                continue
            except ProviderFailed as error:
                self._note_failure(voice, error)
                reasons.append(error.message)
                continue
            with self._lock:
                self._down.pop(voice.name, None)
            if not private:
                self._cache.save(text, voice.name, pace, audio)
            return SpokenAudio(audio.data, audio.mime, voice.name, bool(reasons), " ".join(reasons))
        return None

    @property
    def local_only(self) -> bool:
        """Whether no text ever leaves this machine."""
        return all(voice.local for voice in self._voices)

    def outages(self) -> list[str]:
        """Why each voice that is down just now is down; for the operator, not for the candidate."""
        found = [(voice.name, self._outage(voice)) for voice in self._voices]
        return [f"{name}: {outage.reason}" for name, outage in found if outage is not None]

    def warm_up(self) -> None:
        """A text comes soon: find out in the background which voice will speak, and get it ready; returns at once."""
        now = self._clock.monotonic()
        with self._lock:
            if now < self._warm_until:
                return
            self._warm_until = now + self._params.warm_s
        threading.Thread(target=self._warm, name="voice-warm-up", daemon=True).start()

    def close(self) -> None:
        """End what the voices run."""
        for voice in self._voices:
            voice.close()

    def _warm(self) -> None:
        for voice in self._voices:
            if self._outage(voice) is not None:
                continue
            try:
                voice.speak("Ready.", self._params.speed)
                return
            except ProviderFailed as error:
                self._note_failure(voice, error)

    def _outage(self, voice: VoicePort) -> _Outage | None:
        with self._lock:
            outage = self._down.get(voice.name)
            return outage if outage is not None and self._clock.monotonic() < outage.until else None

    def _note_failure(self, voice: VoicePort, error: ProviderFailed) -> None:
        p = self._params
        with self._lock:
            before = self._down.get(voice.name)
            times = before.times + 1 if before else 1
            wait_s = min(p.retry_after_max_s, p.retry_after_s * 2 ** min(times - 1, 10))
            self._down[voice.name] = _Outage(times, error.message, self._clock.monotonic() + wait_s)


def local_voices(piper: PiperVoice | None = None) -> list[VoicePort]:
    """The voices of this machine, best first: Piper where it is installed, then espeak-ng."""
    piper = piper or PiperVoice()
    return [EspeakVoice()] if piper.missing() else [piper, EspeakVoice()]


def chosen_voices(choice: str, piper: PiperVoice) -> list[VoicePort]:
    """Voices in order of preference.

    Args:
        choice: ``auto``, ``local``, or the one voice that is wanted: ``gtts``, ``piper``, ``espeak``. Where that one
            cannot speak, the browser does.
        piper: As configured.
    """
    voices: dict[str, list[VoicePort]] = {"gtts": [GttsVoice()], "piper": [piper], "espeak": [EspeakVoice()]}
    if choice in voices:
        return voices[choice]
    return local_voices(piper) if choice == "local" else [GttsVoice(), *local_voices(piper)]
