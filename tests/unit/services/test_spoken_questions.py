import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import ProviderFailed
from core.services.spoken_questions import QuestionVoice, QuestionVoiceParams
from core.speech.espeak import EspeakVoice
from core.speech.voice_engines import VoiceAudio
from core.speech.voices import VoiceChain
from tests.fakes.clock import ManualClock

QUESTION = "What is a queue?"
QUOTE = "You said that you like queues. Why?"


class Held:
    """A voice that speaks when it is let go."""

    def __init__(self, *, local: bool = True) -> None:
        self.name = "held"
        self.local = local
        self.go = threading.Event()
        self.said: list[str] = []
        self.broken = False

    def speak(self, text: str, speed: float) -> VoiceAudio:
        self.said.append(text)
        self.go.wait(20)
        if self.broken:
            raise ProviderFailed("The line is cut.")
        return VoiceAudio(bytes(1000), "audio/wav")

    def close(self) -> None:
        self.go.set()


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def voice(tmp_path: Path, held: Held, clock: ManualClock) -> Iterator[QuestionVoice]:
    chain = VoiceChain(tmp_path, voices=[held], clock=clock)
    voice = QuestionVoice(chain, QuestionVoiceParams(max_kept=3), clock)
    yield voice
    voice.close()


def test_what_was_prepared_is_there_at_once(tmp_path: Path) -> None:
    voice = QuestionVoice(VoiceChain(tmp_path, voices=[EspeakVoice()]))
    voice.prepare(QUESTION)
    assert voice.get(QUESTION, 20) is not None
    assert voice.get(QUESTION) is not None
    voice.close()


def test_asking_does_not_wait_for_the_sound(voice: QuestionVoice) -> None:
    assert voice.get(QUESTION) is None
    assert voice.is_making(QUESTION)


def test_asking_twice_makes_it_once(voice: QuestionVoice, held: Held) -> None:
    held.go.set()
    voice.prepare(QUESTION)
    voice.get(QUESTION, 20)
    voice.get(QUESTION, 20)
    assert held.said == [QUESTION]


def test_nobody_waits_longer_than_the_limit(voice: QuestionVoice, clock: ManualClock) -> None:
    voice.prepare(QUESTION)
    clock.tick(9)
    assert not voice.is_making(QUESTION)


def test_what_nobody_asked_for_is_not_being_made(voice: QuestionVoice) -> None:
    assert not voice.is_making(QUESTION)


def test_a_private_text_is_not_kept_on_disk(voice: QuestionVoice, held: Held, tmp_path: Path) -> None:
    held.go.set()
    assert voice.get(QUOTE, 20, private=True) is not None
    assert list(tmp_path.iterdir()) == []


def test_a_private_text_is_not_given_to_a_voice_that_is_not_local(tmp_path: Path) -> None:
    away = Held(local=False)
    voice = QuestionVoice(VoiceChain(tmp_path, voices=[away]))
    assert voice.get(QUOTE, 20, private=True) is None
    assert away.said == []
    voice.close()


def test_the_same_text_private_and_not_are_two_sounds(voice: QuestionVoice, held: Held) -> None:
    held.go.set()
    voice.get(QUESTION, 20)
    voice.get(QUESTION, 20, private=True)
    assert held.said == [QUESTION, QUESTION]


def test_what_is_remembered_is_bounded_by_number(voice: QuestionVoice, held: Held) -> None:
    held.go.set()
    for number in range(50):
        voice.get(f"Question {number}?", 20, private=True)
    assert len(voice._jobs) <= 3


def test_what_is_remembered_is_bounded_by_size(tmp_path: Path, held: Held) -> None:
    held.go.set()
    voice = QuestionVoice(VoiceChain(tmp_path, voices=[held]), QuestionVoiceParams(max_kept_mb=0.005))
    for number in range(50):
        voice.get(f"Question {number}?", 20)
    assert len(voice._jobs) <= 6  # five, and the newest
    voice.close()


def test_what_is_being_made_is_not_forgotten(voice: QuestionVoice, held: Held) -> None:
    for number in range(6):
        voice.prepare(f"Question {number}?")
    held.go.set()
    assert all(voice.get(f"Question {number}?", 20) for number in range(6))


def test_what_was_used_last_is_kept(voice: QuestionVoice, held: Held) -> None:
    held.go.set()
    voice.get(QUESTION, 20, private=True)
    for number in range(10):
        voice.get(f"Question {number}?", 20, private=True)
        voice.get(QUESTION, 20, private=True)
    assert held.said.count(QUESTION) == 1


def test_a_text_that_cannot_be_spoken_leaves_it_to_the_browser(voice: QuestionVoice) -> None:
    assert voice.get("x" * 5001, 20) is None
    assert not voice.is_making("x" * 5001)


def test_a_failure_is_not_tried_again_while_the_browser_reads(voice: QuestionVoice, held: Held) -> None:
    held.broken = True
    held.go.set()
    voice.get(QUESTION, 20)
    assert voice.get(QUESTION, 20) is None
    assert held.said == [QUESTION]


def test_a_failure_is_tried_again_when_it_is_prepared_later(
    voice: QuestionVoice, held: Held, clock: ManualClock
) -> None:
    held.broken = True
    held.go.set()
    voice.get(QUESTION, 20)
    held.broken = False
    clock.tick(61)
    voice.prepare(QUESTION)
    assert voice.get(QUESTION, 20) is not None


def test_a_voice_that_is_down_is_told_to_the_recruiter(voice: QuestionVoice, held: Held) -> None:
    held.broken = True
    held.go.set()
    voice.get(QUESTION, 20)
    assert any("The line is cut." in text for text in voice.warnings)


def test_without_voices_the_browser_reads() -> None:
    voice = QuestionVoice(None)
    voice.prepare(QUESTION)
    voice.warm_up()
    assert (voice.get(QUESTION), voice.is_making(QUESTION), voice.warnings) == (None, False, [])
    voice.close()
