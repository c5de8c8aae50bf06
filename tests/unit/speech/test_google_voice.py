import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.google_voice import GttsParams, GttsVoice
from tests.fakes.google_voice import SOUND, GoogleVoice, google_voice

QUESTION = "What does an index do for a query, and what does it cost?"
QUICK = GttsParams(deadline_s=0.3, piece_deadline_s=0.3, whole_deadline_s=5.0)


def go_through(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleVoice]:
    with google_voice(tmp_path) as server:
        go_through(monkeypatch, server.port)
        yield server


def test_the_sound_is_fetched(google: GoogleVoice) -> None:
    audio = GttsVoice().speak(QUESTION, 1.0)
    assert (audio.data, audio.mime) == (SOUND, "audio/mpeg")


def test_a_long_text_is_fetched_piece_by_piece(google: GoogleVoice) -> None:
    audio = GttsVoice().speak("One sentence of some length, to be said as a whole. " * 10, 1.0)
    assert audio.data == SOUND * len(google.requests)
    assert len(google.requests) >= 5


def test_a_line_that_nobody_answers_is_a_failure_by_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and never says a word
        go_through(monkeypatch, silent.getsockname()[1])
        with pytest.raises(ProviderFailed, match=r"did not answer|cannot be reached"):
            GttsVoice(QUICK).speak(QUESTION, 1.0)


def test_a_line_that_falls_silent_in_the_middle_is_a_failure(google: GoogleVoice) -> None:
    google.pieces = 2
    with pytest.raises(ProviderFailed):
        GttsVoice(GttsParams(deadline_s=2.0, piece_deadline_s=0.3)).speak(
            "Seven words are in this one sentence. " * 20, 1
        )


def test_the_whole_text_has_a_deadline_too(google: GoogleVoice) -> None:
    with pytest.raises(ProviderFailed, match="within 0 s"):
        GttsVoice(GttsParams(whole_deadline_s=0.0)).speak(QUESTION, 1.0)


def test_a_dead_port_is_a_failure_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    go_through(monkeypatch, 9)
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        GttsVoice().speak(QUESTION, 1.0)


def test_a_refusal_names_its_status(google: GoogleVoice) -> None:
    google.status = 429
    with pytest.raises(ProviderFailed, match="429"):
        GttsVoice().speak(QUESTION, 1.0)


@pytest.mark.parametrize("text", ["?!", "...", "\x00\x01", "\u202e"])
def test_a_text_without_words_is_not_sent(google: GoogleVoice, text: str) -> None:
    with pytest.raises(InvalidInput):
        GttsVoice().speak(text, 1.0)
    assert google.requests == []
