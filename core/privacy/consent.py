"""The disclosure and the consent items, word for word as shown and as stored.

A changed word is a new version: what somebody agreed to is kept with the version they saw.
"""

from dataclasses import dataclass

from core.domain.interview import ConsentKind

VERSION = "2026-11"


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
        "agree, watches whether a face is in the picture. It makes no decision about you: people at "
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
    sent = f" For that my voice may be sent to {voice_goes_to}." if voice_goes_to else ""
    return (
        ConsentItem(
            ConsentKind.AUDIO,
            "Record my voice",
            f"My spoken answers are recorded and turned into text by a program.{sent} {sentence_start} can listen to "
            "them.",
            "You answer by typing. Nothing else changes.",
        ),
        ConsentItem(
            ConsentKind.VIDEO,
            "Use my camera",
            "My camera is on during the interview. A program counts the faces in the picture and keeps a still picture "
            f"every few seconds, which {company} can see.",
            "The interview goes on without camera watching, and the report says so.",
        ),
        ConsentItem(
            ConsentKind.SCORING,
            "Let a program prepare scores",
            f"A program may compare my answers with what was asked and propose scores, which a person at {company} "
            "checks.",
            "A person scores your answers without a program's proposal.",
        ),
    )
