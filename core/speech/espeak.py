"""espeak-ng: the local voice that is always there."""

import contextlib
import io
import shutil
import subprocess
import wave
from dataclasses import dataclass

from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.spoken_text import clean_text, has_words, without_phonemes
from core.speech.voice_engines import VoiceAudio

_HEADER_BYTES = 44  # RIFF header as espeak-ng writes it to a pipe


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
            InvalidInput: The text holds no words.
        """
        text = without_phonemes(clean_text(text))
        if not has_words(text):
            raise InvalidInput("text", "The text holds no words to say.")
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
                input=text.encode(),
                capture_output=True,
                timeout=p.timeout_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProviderFailed(f"espeak-ng failed ({type(error).__name__}).") from error
        if done.returncode != 0 or len(done.stdout) <= _HEADER_BYTES:
            raise ProviderFailed(f"espeak-ng failed (exit code {done.returncode}).")
        return VoiceAudio(_with_true_length(done.stdout), "audio/wav")

    def close(self) -> None:
        """Nothing runs."""


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
