import hashlib
import re

import pytest

from core.domain.interview import ConsentKind
from core.privacy import consent

SHA256 = {
    "2026-11.2": "2ac2de72a935cd9bb8c07067f0ff07cba9d19602397effe061946c3a6d97f247",
    "2026-11.3": "6c876a238847900fcc3fd89633958aaf6604a4950f0d922838894c84466dc010",
}
"""By version, of all the words; a version that was given out never changes."""


def text(kind: ConsentKind, voice_goes_to: str = "") -> str:
    return next(item.words for item in consent.items("Acme", voice_goes_to) if item.kind is kind)


def test_changed_words_are_a_new_version() -> None:
    words = [consent.disclosure("Acme", 90)]
    for host in ("", "stt.example.org"):
        words += [f"{item.words} {item.when_declined}" for item in consent.items("Acme", host)]
    assert hashlib.sha256("\n".join(words).encode()).hexdigest() == SHA256[consent.VERSION]


@pytest.mark.parametrize("word", ["sound level", "noise", "silence", "too loud", "once more by a program"])
def test_recording_a_voice_names_what_is_done_with_the_sound(word: str) -> None:
    assert word in text(ConsentKind.AUDIO)


@pytest.mark.parametrize("word", ["how you speak", "pace", "pauses", "pitch", "never part of a score"])
def test_scoring_names_the_manner_of_speaking(word: str) -> None:
    assert word in text(ConsentKind.SCORING)


@pytest.mark.parametrize(
    "word",
    [
        "voice while a question is open and no answer",
        "another voice",
        "in memory during the interview only",
        "never stored",
    ],
)
def test_recording_a_voice_names_what_is_noted_of_voices(word: str) -> None:
    assert word in text(ConsentKind.AUDIO)


@pytest.mark.parametrize(
    "word",
    [
        "how many faces",
        "head and your eyes point",
        "eyes are closed",
        "same face",
        "in memory during the interview only",
        "never stored",
        "covered",
        "stands still",
        "moves behind you",
        "telephone",
        "still picture is kept every few seconds",
        "No feelings",
        "A person decides",
        "you can comment on each one",
    ],
)
def test_the_camera_item_names_all_that_is_done_with_the_picture(word: str) -> None:
    assert word in text(ConsentKind.VIDEO)


@pytest.mark.parametrize(
    "word",
    ["leave it", "full screen", "copy or paste", "never the text", "window's size", "second screen", "not recorded"],
)
def test_the_disclosure_names_what_the_page_notes(word: str) -> None:
    assert word in consent.disclosure("Acme", 90)


def test_no_sentence_is_longer_than_forty_words() -> None:
    """The length beyond which few people read to the end."""
    shown = [consent.disclosure("Acme", 90)]
    for item in consent.items("Acme", "stt.example.org"):
        shown += [item.text, *item.points, item.when_declined]
    sentences = [s for words in shown for s in re.split(r"[.:;](?:\s|$)", words)]
    assert max(len(s.split()) for s in sentences) <= 40


def test_the_words_shown_now_let_the_manner_of_speaking_be_measured() -> None:
    assert consent.VERSION in consent.NAMES_DELIVERY


def test_the_words_of_before_still_let_the_manner_of_speaking_be_measured() -> None:
    assert "2026-11.2" in consent.NAMES_DELIVERY


def test_only_the_words_shown_now_let_more_than_faces_be_measured() -> None:
    assert frozenset({consent.VERSION}) == consent.NAMES_SIGNALS


def test_the_first_version_did_not_name_the_manner_of_speaking() -> None:
    assert "2026-11" not in consent.NAMES_DELIVERY


def test_a_host_that_was_named_is_found_again() -> None:
    assert consent.names_recipient(text(ConsentKind.AUDIO, "stt.example.org"), "stt.example.org")


def test_a_host_named_by_the_first_version_is_found_again() -> None:
    old = "My spoken answers are recorded. For that my voice may be sent to stt.example.org. Acme can listen to them."
    assert consent.names_recipient(old, "stt.example.org")


@pytest.mark.parametrize("named", ["", "stt.example.org.uk", "other.example.org"])
def test_a_host_that_was_not_named_is_not_found(named: str) -> None:
    assert not consent.names_recipient(text(ConsentKind.AUDIO, named), "stt.example.org")
