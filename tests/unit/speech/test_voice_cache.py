from collections.abc import Callable
from pathlib import Path

import pytest

from core.speech.voice_cache import VoiceCache
from core.speech.voice_engines import VoiceAudio

WAV = VoiceAudio(b"RIFF" + bytes(1000), "audio/wav")


@pytest.fixture
def cache(tmp_path: Path) -> VoiceCache:
    cache = VoiceCache(tmp_path / "voices", max_mb=1)
    cache.save("Why?", "piper-joe", 1.0, WAV)
    return cache


def the_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "voices").iterdir()
    return file


def test_what_was_kept_comes_back(cache: VoiceCache) -> None:
    assert cache.load("Why?", "piper-joe", 1.0) == WAV


@pytest.mark.parametrize(
    ("text", "voice", "speed"), [("Why", "piper-joe", 1.0), ("Why?", "piper-amy", 1.0), ("Why?", "piper-joe", 1.25)]
)
def test_another_text_voice_or_speed_is_another_entry(cache: VoiceCache, text: str, voice: str, speed: float) -> None:
    assert cache.load(text, voice, speed) is None


DAMAGES = {
    "cut": lambda whole: whole[:-200],
    "emptied": lambda whole: b"",
    "changed": lambda whole: b"x" + whole[1:],
    "longer": lambda whole: whole + b"more",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_not_played(cache: VoiceCache, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = the_file(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert cache.load("Why?", "piper-joe", 1.0) is None


def test_a_damaged_file_is_removed(cache: VoiceCache, tmp_path: Path) -> None:
    the_file(tmp_path).write_bytes(b"x" * 500)
    cache.load("Why?", "piper-joe", 1.0)
    assert not list((tmp_path / "voices").iterdir())


def test_a_folder_that_cannot_be_written_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = VoiceCache(tmp_path / "file", max_mb=1)
    blocked.save("Why?", "piper-joe", 1.0, WAV)
    assert blocked.load("Why?", "piper-joe", 1.0) is None


def test_the_oldest_go_when_it_is_full(tmp_path: Path) -> None:
    cache = VoiceCache(tmp_path, max_mb=0.01)
    for number in range(30):
        cache.save(str(number), "piper-joe", 1.0, WAV)
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 10_000
    assert cache.load("29", "piper-joe", 1.0) == WAV
