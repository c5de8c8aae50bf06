"""What every voice is to its callers: text in, playable audio out."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class VoiceAudio:
    """Audio of a spoken text: the file and its MIME type."""

    data: bytes
    mime: str


class VoicePort(Protocol):
    """A text-to-speech engine. Blocking, never without end; called from several threads at once."""

    @property
    def name(self) -> str:
        """Short name, also part of the cache key: includes whatever changes the sound, except the speed."""
        ...

    @property
    def local(self) -> bool:
        """Whether the text stays on this machine."""
        ...

    def speak(self, text: str, speed: float) -> VoiceAudio:
        """Speak ``text`` at ``speed`` (1.0 is normal).

        Raises:
            ProviderFailed: The voice cannot be had now; the message says why.
            InvalidInput: The voice is well, but this text cannot be spoken.
        """
        ...

    def close(self) -> None:
        """End what runs; the next text starts it again."""
        ...
