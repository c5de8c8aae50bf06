"""Spoken texts on disk, so that a question is synthesised once."""

import contextlib
import hashlib
import logging
import os
import tempfile
from pathlib import Path

from core.speech.voice_engines import VoiceAudio

_SUFFIXES = {"audio/wav": ".wav", "audio/mpeg": ".mp3"}
_DIGEST_BYTES = 32  # SHA-256 of the sound, behind it: players ignore it, and half a file is noticed
_log = logging.getLogger(__name__)


class VoiceCache:
    """Files named by the hash of text, voice and speed. A broken cache only costs time; it never raises.

    Args:
        folder: Created when needed.
        max_mb: When the folder is bigger, the files unused for longest are removed.
    """

    def __init__(self, folder: Path, max_mb: float) -> None:
        self._folder = folder
        self._max_bytes = int(max_mb * 1_000_000)

    def load(self, text: str, voice: str, speed: float) -> VoiceAudio | None:
        """The audio, if it is there."""
        stem = self._stem(text, voice, speed)
        for mime, suffix in _SUFFIXES.items():
            path = self._folder / (stem + suffix)
            with contextlib.suppress(OSError):
                whole = path.read_bytes()
                data, digest = whole[:-_DIGEST_BYTES], whole[-_DIGEST_BYTES:]
                if data and hashlib.sha256(data).digest() == digest:
                    os.utime(path)  # marks it as used
                    return VoiceAudio(data, mime)
                _log.warning("voice cache: a damaged file was removed")
                path.unlink()
        return None

    def save(self, text: str, voice: str, speed: float, audio: VoiceAudio) -> None:
        """Keep audio for the next time."""
        target = self._folder / (self._stem(text, voice, speed) + _SUFFIXES[audio.mime])
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Renamed when complete: another process must never play half a file.
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
                part.write(audio.data + hashlib.sha256(audio.data).digest())
            os.replace(part.name, target)
            self._prune()
        except OSError as error:
            _log.warning("voice cache not written: %s", error.strerror)

    def _stem(self, text: str, voice: str, speed: float) -> str:
        return hashlib.sha256(f"{voice}\n{speed:.2f}\n{text}".encode()).hexdigest()

    def _prune(self) -> None:
        files = [(p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.iterdir() if p.is_file()]
        excess = sum(size for _, size, _ in files) - self._max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size
