"""The disclosure and the consent items, word for word as shown and as stored.

A changed word is a new version: what somebody agreed to is kept with the version they saw.
"""

from dataclasses import dataclass

from core.domain.interview import ConsentKind

VERSION = "2026-11.3"
NAMES_DELIVERY = frozenset({"2026-11.2", VERSION})
"""Versions whose scoring item names the manner of speaking; under any other it is not measured."""
NAMES_SIGNALS = frozenset({VERSION})
"""Versions that name all the monitor measures; under an older one it counts faces and no more."""
_SENT = "voice may be sent to"


@dataclass(frozen=True, slots=True)
class ConsentItem:
    """One thing to agree to, and what follows from declining it.

    Attributes:
        kind: Which.
        title: What is agreed to, in the candidate's words.
        text: The first sentences.
        points: What exactly is done, one short sentence each.
        when_declined: What follows from leaving it empty.
    """

    kind: ConsentKind
    title: str
    text: str
    points: tuple[str, ...]
    when_declined: str

    @property
    def words(self) -> str:
        """All that is agreed to, as it is stored."""
        return "\n".join((f"{self.title}. {self.text}", *(f"- {point}" for point in self.points)))


def disclosure(company: str, retention_days: int) -> str:
    """What a candidate reads before anything is captured; paragraphs stand apart by an empty line.

    Args:
        company: Who records and decides.
        retention_days: Days that recordings are kept after the decision.
    """
    return (
        "You are talking to a computer program. It reads the questions out and writes down what you say. If you "
        "agree, it watches the sound and your camera's picture while a question is open, never in a pause. It makes "
        f"no decision about you: people at {company} read your answers and decide. No feelings are read from your "
        "face or your voice.\n\n"
        "While a question is open, this page notes when you leave it and when full screen is left. It notes that you "
        "copy or paste and how many characters, never the text. It notes when the window's size changes much, and a "
        "second screen where the browser tells. What is on your screen is not recorded. A note is no verdict: a "
        "person looks at it, and you can comment on each one afterwards.\n\n"
        f"Recordings, pictures and transcripts are stored by {company} and kept for {retention_days} days after the "
        "decision. Nothing is captured before you agree below."
    )


def items(company: str, voice_goes_to: str = "") -> tuple[ConsentItem, ...]:
    """The items to be answered one by one.

    Args:
        company: Who records and decides.
        voice_goes_to: Host that turns speech into text, when it is not this server.
    """
    return (_audio(company, voice_goes_to), _video(company), _scoring(company))


def _audio(company: str, voice_goes_to: str) -> ConsentItem:
    sent = f" For that your {_SENT} {voice_goes_to}." if voice_goes_to else ""
    again = "in the same way" if voice_goes_to else "by a program on the server"
    return ConsentItem(
        ConsentKind.AUDIO,
        "Record my voice",
        f"Your spoken answers are recorded and turned into text by a program.{sent} {_sentence(company)} can listen to "
        "the recordings.",
        (
            f"Afterwards the recording is turned into text once more {again}.",
            "While you answer, a program watches the sound level. It notes noise, silence and a microphone that is too "
            "loud.",
            "It notes a voice while a question is open and no answer is being recorded. That sound is not kept.",
            "It notes whether another voice is heard beside yours, where this is set up. For this a description of "
            "your voice in numbers is kept in memory during the interview only. It is compared and never stored.",
        ),
        "You answer by typing. Nothing else changes.",
    )


def _video(company: str) -> ConsentItem:
    return ConsentItem(
        ConsentKind.VIDEO,
        "Use my camera",
        f"Your camera is on during the interview. A still picture is kept every few seconds, and {company} can see "
        "those. No feelings are read. A person decides what a note means, and you can comment on each one afterwards. "
        "While a question is open, a program notes:",
        (
            "how many faces are in the picture;",
            "where your head and your eyes point, and whether your eyes are closed;",
            "whether the same face is there as at the start. For this a description of your face in numbers is kept in "
            "memory during the interview only. It is compared and never stored;",
            "whether the camera is covered, the light too weak, or the picture stands still;",
            "whether somebody moves behind you;",
            "whether a telephone is in the picture, where a model for that is installed.",
        ),
        "The interview goes on without camera watching, and the report says so.",
    )


def _scoring(company: str) -> ConsentItem:
    return ConsentItem(
        ConsentKind.SCORING,
        "Let a program prepare scores",
        f"A program may compare your answers with what was asked and propose scores, which a person at {company} "
        "checks.",
        (
            "The program also measures how you speak: pace, pauses, pitch and wording. That is shown beside the "
            "answers and is never part of a score.",
        ),
        "A person scores your answers without a program's proposal, and how you speak is not measured.",
    )


def _sentence(company: str) -> str:
    return company[:1].upper() + company[1:]


def names_recipient(text: str, host: str) -> bool:
    """Whether a stored audio text says that the voice may be sent to this host; true of every version's wording."""
    return f"{_SENT} {host}. " in text  # the space: example.org is not example.org.uk
