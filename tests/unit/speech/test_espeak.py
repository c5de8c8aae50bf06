import io
import wave

import pytest

from core.domain.errors import InvalidInput, ProviderFailed
from core.media.audio import SAMPLE_RATE
from core.media.clip import decode_clip
from core.speech.espeak import EspeakParams, EspeakVoice
from core.speech.hearing import Effort, Piece
from core.speech.whisper import WhisperEngine
from tests.unit.speech.samples import word_errors

QUESTION = "What does an index do for a query, and what does it cost?"


def test_it_is_understood(engine: WhisperEngine) -> None:
    samples = decode_clip(EspeakVoice().speak(QUESTION, 1.0).data)
    assert word_errors(QUESTION, engine.decode([Piece(samples)], Effort.FULL)[0].text) < 0.4


def test_its_header_tells_the_true_length() -> None:
    audio = EspeakVoice().speak(QUESTION, 1.0)
    with wave.open(io.BytesIO(audio.data)) as file:
        told_s = file.getnframes() / file.getframerate()
    assert told_s == pytest.approx(decode_clip(audio.data).size / SAMPLE_RATE, abs=0.01)


def test_a_faster_speed_is_shorter() -> None:
    slow, fast = EspeakVoice().speak(QUESTION, 0.7), EspeakVoice().speak(QUESTION, 1.4)
    assert len(slow.data) > 1.4 * len(fast.data)


@pytest.mark.parametrize(
    "text",
    ["-f /etc/passwd", "[[h@'loU]] a < b & c", "naïve café \x01 🙂", "--help", "a\nb\r\nc", "مرحبا بالعالم", "🙂"],
)
def test_odd_text_is_spoken_as_text(text: str) -> None:
    assert len(EspeakVoice().speak(text, 1.0).data) > 5000


def test_half_a_surrogate_pair_is_spoken_around() -> None:
    assert len(EspeakVoice().speak("What is \ud83d a queue?", 1.0).data) > 5000


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(InvalidInput):
        EspeakVoice().speak("?!...", 1.0)


def test_an_absent_program_says_what_to_install() -> None:
    with pytest.raises(ProviderFailed) as caught:
        EspeakVoice(program="no-such-program").speak("Hello", 1.0)
    assert "Install" in caught.value.next_step


def test_a_voice_it_does_not_know_is_a_failure() -> None:
    with pytest.raises(ProviderFailed, match="exit code"):
        EspeakVoice(EspeakParams(voice="xx-nowhere")).speak("Hello", 1.0)


def test_five_thousand_characters_are_spoken() -> None:
    assert len(EspeakVoice().speak("word " * 999 + "word.", 1.0).data) > 5_000_000
