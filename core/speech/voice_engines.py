"""The voices themselves: text in, playable audio out."""

import contextlib
import io
import queue
import re
import shutil
import subprocess
import threading
import wave
from dataclasses import dataclass
from typing import Protocol

from core.domain.errors import ProviderFailed

_HEADER_BYTES = 44  # RIFF header as espeak-ng writes it to a pipe


@dataclass(frozen=True, slots=True)
class VoiceAudio:
    """Audio of a spoken text: the file and its MIME type."""

    data: bytes
    mime: str


class VoicePort(Protocol):
    """A text-to-speech engine. Blocking; called from script and worker threads."""

    @property
    def name(self) -> str:
        """Short name, also part of the cache key: includes whatever changes the sound, except the speed."""
        ...

    @property
    def local(self) -> bool:
        """Whether the text stays on this machine."""
        ...

    def speak(self, text: str, speed: float) -> VoiceAudio:
        """Speak ``text`` at ``speed`` (1.0 is normal). Raises ProviderFailed with the reason."""
        ...


class GttsVoice:
    """Google Translate's voice over the network; sounds best, sends the text away.

    Args:
        language: gTTS language code.
        deadline_s: Longest wait for the whole text, connecting included.
    """

    local = False

    def __init__(self, language: str = "en", deadline_s: float = 2.0) -> None:
        self._language = language
        self._deadline_s = deadline_s

    @property
    def name(self) -> str:
        """Engine and language."""
        return f"gtts-{self._language}"

    def speak(self, text: str, speed: float) -> VoiceAudio:
        """Fetch MP3. The service knows only "slow" beside normal; finer steps are the player's.

        Raises:
            ProviderFailed: Not reachable, refused, or not done by the deadline.
        """
        answer: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        # Its timeout holds per request and not for name resolution; a thread that can be left behind is the only
        # deadline that holds for everything.
        threading.Thread(target=self._fetch, args=(text, speed < 0.8, answer), name="gtts", daemon=True).start()
        try:
            result = answer.get(timeout=self._deadline_s)
        except queue.Empty:
            raise ProviderFailed(f"Google's voice did not answer within {self._deadline_s:g} s.") from None
        if isinstance(result, Exception):
            raise ProviderFailed(f"Google's voice cannot be reached ({type(result).__name__}).") from result
        if not result:
            raise ProviderFailed("Google's voice answered with nothing.")
        return VoiceAudio(result, "audio/mpeg")

    def _fetch(self, text: str, slow: bool, answer: "queue.SimpleQueue[bytes | Exception]") -> None:
        try:
            from gtts import gTTS  # late: it pulls in requests, which a room without network never needs

            out = io.BytesIO()
            gTTS(text=text, lang=self._language, slow=slow, timeout=self._deadline_s).write_to_fp(out)
            answer.put(out.getvalue())
        except Exception as error:  # gTTS lets through whatever requests and urllib3 raise
            answer.put(error)


@dataclass(frozen=True, slots=True)
class EspeakParams:
    """Knobs of the local voice."""

    voice: str = "en-us"
    """espeak-ng voice name; tiny.en mistakes 20 % of its words, 24 % of those of ``en-gb-x-rp``."""

    words_per_minute: int = 155
    """Rate at speed 1.0; its own default of 175 is hard to follow for questions."""

    timeout_s: float = 20.0
    """Longest run: 5000 characters take about 2 s."""


class EspeakVoice:
    """espeak-ng as a separate program: always there, no network, sounds like a robot.

    Args:
        params: Knobs.
        program: Name or path of the executable.
    """

    local = True

    def __init__(self, params: EspeakParams | None = None, program: str = "espeak-ng") -> None:
        self._params = params or EspeakParams()
        self._program = program

    @property
    def name(self) -> str:
        """Engine and voice."""
        return f"espeak-ng-{self._params.voice}"

    def speak(self, text: str, speed: float) -> VoiceAudio:
        """Synthesise WAV, 22.05 kHz mono.

        Raises:
            ProviderFailed: Not installed, failed, or too slow.
        """
        program = shutil.which(self._program)
        if program is None:
            raise ProviderFailed("espeak-ng is not installed.", "Install the package espeak-ng.")
        p = self._params
        rate = round(min(450, max(80, p.words_per_minute * speed)))
        command = [program, "-v", p.voice, "-s", str(rate), "-b", "1"]
        try:
            # The text goes through stdin: it may begin with a dash, and it must not show in the process list.
            done = subprocess.run(
                [*command, "--stdin", "--stdout"],
                input=_speakable(text).encode(),
                capture_output=True,
                timeout=p.timeout_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProviderFailed(f"espeak-ng failed ({type(error).__name__}).") from error
        if done.returncode != 0 or len(done.stdout) <= _HEADER_BYTES:
            raise ProviderFailed(f"espeak-ng failed (exit code {done.returncode}).")
        return VoiceAudio(_with_true_length(done.stdout), "audio/wav")


def _speakable(text: str) -> str:
    """Without what espeak-ng takes for commands: ``[[`` begins phoneme input, control characters switch modes."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text).replace("[[", "[ [")


def _with_true_length(piped: bytes) -> bytes:
    """Rewrite the header: on a pipe the length is not known when it is written, and browsers show hours."""
    rate = 22_050
    with contextlib.suppress(wave.Error, EOFError), wave.open(io.BytesIO(piped)) as source:
        rate = source.getframerate()
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(piped[_HEADER_BYTES:])
    return out.getvalue()
