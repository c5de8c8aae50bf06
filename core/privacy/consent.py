"""The disclosure and the consent items, word for word as shown and as stored.

A changed word is a new version: what somebody agreed to is kept with the version they saw.
"""

from dataclasses import dataclass

from core.domain.interview import ConsentKind

VERSION = "2026-11.2"
NAMES_DELIVERY = frozenset({VERSION})
"""Versions whose scoring item names the manner of speaking; under any other it is not measured."""
_SENT = "voice may be sent to"


@dataclass(frozen=True, slots=True)
class ConsentItem:
    """One thing to agree to, and what follows from declining it."""

    kind: ConsentKind
    title: str
    text: str
    when_declined: str


def disclosure(company: str, retention_days: int) -> str:
    """What a candidate reads before anything is captured.

    Args:
        company: Who records and decides.
        retention_days: Days that recordings are kept after the decision.
    """
    return (
        "You are talking to a computer program. It reads the questions out, writes down what you say and, if you "
        "agree, watches the sound and whether a face is in the picture. It makes no decision about you: people at "
        f"{company} read your answers and decide. Recordings, pictures and transcripts are stored by {company} "
        f"and kept for {retention_days} days after the decision. Nothing is captured before you agree below, and no "
        "feelings are read from your face or your voice."
    )


def items(company: str, voice_goes_to: str = "") -> tuple[ConsentItem, ...]:
    """The items to be answered one by one.

    Args:
        company: Who records and decides.
        voice_goes_to: Host that turns speech into text, when it is not this server.
    """
    sentence_start = company[:1].upper() + company[1:]
    sent = f" For that your {_SENT} {voice_goes_to}." if voice_goes_to else ""
    again = "Afterwards the recording is turned into text once more"
    again += ", in the same way." if voice_goes_to else " by a program on the server."
    return (
        ConsentItem(
            ConsentKind.AUDIO,
            "Record my voice",
            f"Your spoken answers are recorded and turned into text by a program.{sent} {again} While you answer, a "
            "program watches the sound level; noise, silence and a microphone that is too loud are noted with the "
            f"interview. {sentence_start} can listen to the recordings.",
            "You answer by typing. Nothing else changes.",
        ),
        ConsentItem(
            ConsentKind.VIDEO,
            "Use my camera",
            "Your camera is on during the interview. A program counts the faces in the picture and keeps a still "
            f"picture every few seconds, which {company} can see.",
            "The interview goes on without camera watching, and the report says so.",
        ),
        ConsentItem(
            ConsentKind.SCORING,
            "Let a program prepare scores",
            f"A program may compare your answers with what was asked and propose scores, which a person at {company} "
            "checks. The program also measures how you speak: pace, pauses, pitch and wording. That is shown beside "
            "the answers and is never part of a score.",
            "A person scores your answers without a program's proposal, and how you speak is not measured.",
        ),
    )


def names_recipient(text: str, host: str) -> bool:
    """Whether a stored audio text says that the voice may be sent to this host; true of every version's wording."""
    return f"{_SENT} {host}. " in text  # the space: example.org is not example.org.uk
