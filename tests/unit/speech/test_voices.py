import time
from pathlib import Path

import pytest

from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.espeak import EspeakVoice
from core.speech.voice_engines import VoiceAudio
from core.speech.voices import VoiceChain, VoiceParams

QUESTION = "What does an index do for a query, and what does it cost?"


class Remote:
    """A voice on the network whose line can be cut."""

    name = "remote"
    local = False

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.calls = 0

    def speak(self, text: str, speed: float) -> VoiceAudio:
        self.calls += 1
        if self.broken:
            raise ProviderFailed("The line is cut.")
        return VoiceAudio(b"remote:" + text.encode(), "audio/mpeg")


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> object:
        raise NotImplementedError


def test_without_google_espeak_speaks_and_says_why(tmp_path: Path) -> None:
    # Nothing listens on this proxy, so Google's voice cannot be reached on any machine.
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTPS_PROXY", "https_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
        started = time.monotonic()
        audio = VoiceChain(tmp_path).speak(QUESTION)
    assert time.monotonic() - started < 10
    assert audio is not None
    assert audio.engine.startswith("espeak-ng")
    assert audio.degraded
    assert "Google" in audio.reason
    assert audio.mime == "audio/wav"


def test_voice_that_failed_is_left_alone_for_a_while(tmp_path: Path) -> None:
    remote, clock = Remote(broken=True), Clock()
    chain = VoiceChain(tmp_path, voices=[remote, EspeakVoice()], clock=clock)  # type: ignore[arg-type]
    chain.speak("One.")
    second = chain.speak("Two.")
    assert remote.calls == 1
    assert second is not None
    assert second.reason == "The line is cut."
    clock.at += 61
    remote.broken = False
    third = chain.speak("Three.")
    assert third is not None
    assert (third.engine, third.degraded) == ("remote", False)


def test_private_text_stays_here_and_is_not_kept(tmp_path: Path) -> None:
    remote = Remote()
    audio = VoiceChain(tmp_path, voices=[remote, EspeakVoice()]).speak("You said: I like queues.", private=True)
    assert remote.calls == 0
    assert audio is not None
    assert audio.degraded
    assert "candidate" in audio.reason
    assert not list(tmp_path.iterdir())


def test_spoken_text_comes_from_the_cache_even_when_the_voice_is_gone(tmp_path: Path) -> None:
    first = VoiceChain(tmp_path, voices=[Remote()]).speak(QUESTION)
    gone = Remote(broken=True)
    second = VoiceChain(tmp_path, voices=[gone]).speak(QUESTION)
    assert first == second
    assert gone.calls == 0


def test_speed_is_part_of_the_cache_key_and_changes_the_length(tmp_path: Path) -> None:
    chain = VoiceChain(tmp_path, voices=[EspeakVoice()])
    slow, fast = chain.speak(QUESTION, speed=0.7), chain.speak(QUESTION, speed=1.4)
    assert slow is not None
    assert fast is not None
    assert len(slow.data) > 1.4 * len(fast.data)


def test_no_voice_at_all_leaves_it_to_the_browser(tmp_path: Path) -> None:
    assert VoiceChain(tmp_path, voices=[EspeakVoice(program="no-such-program")]).speak(QUESTION) is None


def test_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert VoiceChain(blocked, voices=[EspeakVoice()]).speak(QUESTION) is not None


def test_cache_stays_within_its_size(tmp_path: Path) -> None:
    chain = VoiceChain(tmp_path, VoiceParams(cache_max_mb=0.3), voices=[EspeakVoice()])
    for i in range(6):
        chain.speak(f"This is sentence number {i}, and it is not short.")
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 300_000


def test_longest_text_is_spoken(tmp_path: Path) -> None:
    audio = VoiceChain(tmp_path, voices=[EspeakVoice()]).speak("word " * 999 + "word.")
    assert audio is not None
    assert len(audio.data) > 5_000_000


@pytest.mark.parametrize(("text", "speed"), [("", 1.0), ("  \n", 1.0), ("x" * 5001, 1.0), ("hello", 9.0)])
def test_bad_input_is_refused(tmp_path: Path, text: str, speed: float) -> None:
    with pytest.raises(InvalidInput):
        VoiceChain(tmp_path, voices=[EspeakVoice()]).speak(text, speed=speed)
