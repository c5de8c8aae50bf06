"""Real speech for the tests: synthesised by programs, never recorded from people."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from spoken import synthesise

from core import weight_table, weights
from core.media.audio import Samples
from core.media.clip import decode_clip
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], Samples]:
    """Speech of a text at 16 kHz, by Piper where it is installed (a human hears it as human), else espeak-ng."""
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("speech")

    def speak(text: str) -> Samples:
        path = kept / f"{hashlib.sha256(text.encode()).hexdigest()}.wav"
        if not path.exists():
            synthesise(text, path)
        return decode_clip(path.read_bytes())

    return speak


@pytest.fixture(scope="session")
def engine() -> WhisperEngine:
    engine = WhisperEngine(lambda: weights.resolve(weight_table.WHISPER_TINY_EN))
    engine.load()
    return engine


@pytest.fixture(scope="session")
def service(engine: WhisperEngine) -> Iterator[TranscriptionService]:
    service = TranscriptionService(engine)
    service.start()
    assert service.wait_ready(30)
    yield service
    service.stop()
