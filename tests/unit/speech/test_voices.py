import socket
import threading
from pathlib import Path

import pytest

from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.espeak import EspeakVoice
from core.speech.google_voice import GttsParams, GttsVoice
from core.speech.piper import PiperVoice
from core.speech.voice_engines import VoiceAudio
from core.speech.voices import VoiceChain, VoiceParams, chosen_voices
from tests.fakes.clock import ManualClock
from tests.fakes.google_voice import google_voice

QUESTION = "What does an index do for a query, and what does it cost?"


class Switched:
    """A voice that can be cut, and counts how often it was asked."""

    def __init__(self, name: str = "remote", *, local: bool = False, broken: bool = False) -> None:
        self.name = name
        self.local = local
        self.broken = broken
        self.said: list[str] = []

    def speak(self, text: str, speed: float) -> VoiceAudio:
        self.said.append(text)
        if self.broken:
            raise ProviderFailed("The line is cut.")
        return VoiceAudio(f"{self.name}:{text}".encode(), "audio/mpeg")

    def close(self) -> None:
        self.broken = True


def go_through(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")


def test_without_google_a_local_voice_speaks_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_through(monkeypatch, 9)  # nothing listens there
    audio = VoiceChain(tmp_path).speak(QUESTION)
    assert audio is not None
    assert audio.engine.startswith(("piper", "espeak-ng"))
    assert audio.degraded
    assert "Google" in audio.reason


def test_when_google_never_answers_a_local_voice_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        go_through(monkeypatch, silent.getsockname()[1])
        chain = VoiceChain(tmp_path, voices=[GttsVoice(GttsParams(deadline_s=0.3)), EspeakVoice()])
        audio = chain.speak(QUESTION)
    assert audio is not None
    assert (audio.engine, audio.degraded) == ("espeak-ng-en-us", True)


def test_when_google_answers_it_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with google_voice(tmp_path) as google:
        go_through(monkeypatch, google.port)
        audio = VoiceChain(tmp_path / "voices").speak(QUESTION)
    assert audio is not None
    assert (audio.engine, audio.degraded, audio.reason) == ("gtts-en", False, "")


def test_without_google_and_piper_espeak_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_through(monkeypatch, 9)
    voices = chosen_voices("auto", PiperVoice("/no/such/piper"))
    audio = VoiceChain(tmp_path, voices=voices).speak(QUESTION)
    assert audio is not None
    assert audio.engine == "espeak-ng-en-us"


def test_a_voice_that_failed_is_left_alone_for_a_while(tmp_path: Path) -> None:
    remote = Switched(broken=True)
    chain = VoiceChain(tmp_path, voices=[remote, EspeakVoice()], clock=ManualClock())
    chain.speak("One.")
    second = chain.speak("Two.")
    assert remote.said == ["One."]
    assert second is not None
    assert second.reason == "The line is cut."


def test_a_voice_that_came_back_is_used_again(tmp_path: Path) -> None:
    remote, clock = Switched(broken=True), ManualClock()
    chain = VoiceChain(tmp_path, voices=[remote, EspeakVoice()], clock=clock)
    chain.speak("One.")
    clock.tick(61)
    remote.broken = False
    again = chain.speak("Two.")
    assert again is not None
    assert (again.engine, again.degraded) == ("remote", False)


def test_a_voice_that_fails_again_is_left_alone_for_longer(tmp_path: Path) -> None:
    remote, clock = Switched(broken=True), ManualClock()
    chain = VoiceChain(tmp_path, voices=[remote, Switched("local", local=True)], clock=clock)
    for number in range(60):  # an hour
        chain.speak(f"Number {number}.")
        clock.tick(60.5)
    assert 6 <= len(remote.said) <= 10


def test_a_text_that_a_voice_cannot_say_does_not_put_it_down(tmp_path: Path) -> None:
    class Choosy(Switched):
        def speak(self, text: str, speed: float) -> VoiceAudio:
            if "?" in text:
                raise InvalidInput("text", "It has no sound for this text.")
            return super().speak(text, speed)

    chain = VoiceChain(tmp_path, voices=[Choosy("choosy", local=True), EspeakVoice()])
    first, second = chain.speak("One?"), chain.speak("Two.")
    assert first is not None
    assert second is not None
    assert (first.engine, second.engine) == ("espeak-ng-en-us", "choosy")


def test_what_is_down_is_told_with_the_reason(tmp_path: Path) -> None:
    chain = VoiceChain(tmp_path, voices=[Switched(broken=True), Switched("local", local=True)])
    assert chain.outages() == []
    chain.speak("One.")
    assert chain.outages() == ["remote: The line is cut."]


def test_private_text_never_reaches_a_voice_that_is_not_local(tmp_path: Path) -> None:
    remote = Switched()
    chain = VoiceChain(tmp_path, voices=[remote, Switched("broken", local=True, broken=True)])
    assert chain.speak("You said: I like queues.", private=True) is None
    assert remote.said == []


@pytest.mark.parametrize(
    ("choice", "expected"), [("auto", False), ("gtts", False), ("local", True), ("piper", True), ("espeak", True)]
)
def test_the_choice_decides_whether_a_text_may_leave(tmp_path: Path, choice: str, expected: bool) -> None:
    assert VoiceChain(tmp_path, voices=chosen_voices(choice, PiperVoice())).local_only is expected


@pytest.mark.parametrize(
    ("choice", "first"), [("gtts", "gtts-en"), ("piper", "piper-en_US-joe-medium"), ("espeak", "espeak-ng-en-us")]
)
def test_a_single_voice_is_alone(choice: str, first: str) -> None:
    assert [voice.name for voice in chosen_voices(choice, PiperVoice())] == [first]


def test_the_order_of_auto_is_google_piper_espeak() -> None:
    names = [voice.name for voice in chosen_voices("auto", PiperVoice())]
    assert names == ["gtts-en", "piper-en_US-joe-medium", "espeak-ng-en-us"]


def test_piper_that_is_not_installed_is_left_out_of_auto() -> None:
    assert [v.name for v in chosen_voices("auto", PiperVoice("/no/such"))] == ["gtts-en", "espeak-ng-en-us"]


def test_private_text_stays_here_and_is_not_kept(tmp_path: Path) -> None:
    remote = Switched()
    audio = VoiceChain(tmp_path, voices=[remote, EspeakVoice()]).speak("You said: I like queues.", private=True)
    assert remote.said == []
    assert audio is not None
    assert audio.degraded
    assert "candidate" in audio.reason
    assert not list(tmp_path.iterdir())


def test_spoken_text_comes_from_the_cache_even_when_the_voice_is_gone(tmp_path: Path) -> None:
    first = VoiceChain(tmp_path, voices=[Switched()]).speak(QUESTION)
    gone = Switched(broken=True)
    second = VoiceChain(tmp_path, voices=[gone]).speak(QUESTION)
    assert first is not None
    assert first == second
    assert gone.said == []


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


def test_a_text_of_5001_characters_is_refused_with_the_limit(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="5000 characters"):
        VoiceChain(tmp_path, voices=[EspeakVoice()]).speak("x" * 5001)


def test_a_damaged_file_of_the_cache_is_spoken_afresh(tmp_path: Path) -> None:
    voice = Switched()
    VoiceChain(tmp_path, voices=[voice]).speak(QUESTION)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"damaged")
    again = VoiceChain(tmp_path, voices=[voice]).speak(QUESTION)
    assert again is not None
    assert again.data == f"remote:{QUESTION}".encode()


def test_warming_up_finds_out_what_is_down(tmp_path: Path) -> None:
    chain = VoiceChain(tmp_path, voices=[Switched(broken=True), ready := Switched("local", local=True)])
    chain.warm_up()
    for _ in range(100):
        if ready.said:
            break
        threading.Event().wait(0.02)
    assert chain.outages() == ["remote: The line is cut."]


def test_warming_up_again_at_once_does_nothing(tmp_path: Path) -> None:
    chain = VoiceChain(tmp_path, voices=[ready := Switched("local", local=True)], clock=ManualClock())
    for _ in range(5):
        chain.warm_up()
    for thread in threading.enumerate():
        if thread.name == "voice-warm-up":
            thread.join(5)
    assert len(ready.said) == 1


@pytest.mark.parametrize(
    ("text", "speed"), [("", 1.0), ("  \n", 1.0), ("?!", 1.0), ("\x00\u202e", 1.0), ("hello", 9.0), ("hello", 0.1)]
)
def test_bad_input_is_refused(tmp_path: Path, text: str, speed: float) -> None:
    with pytest.raises(InvalidInput):
        VoiceChain(tmp_path, voices=[EspeakVoice()]).speak(text, speed=speed)
