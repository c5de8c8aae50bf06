"""What a stream asks of the service behind it."""

from typing import TYPE_CHECKING, Protocol

from core.speech.utterance import Utterance

if TYPE_CHECKING:
    from core.speech.captions import CaptionStream


class DecoderPort(Protocol):
    """Every call returns at once."""

    def request_final(self, stream: "CaptionStream", utterance: Utterance, ready_at: float) -> None:
        """Decode this, sooner or later, and call ``stream.deliver``."""
        ...

    def request_interim(self, stream: "CaptionStream", waiting_since: float) -> None:
        """Decode what ``stream.cut_interim`` gives at that time, if anything, and call ``stream.show_interim``."""
        ...

    def interim_after_s(self, first: bool) -> float | None:
        """Seconds of new speech after which an interim may be asked for; None while the machine is behind."""
        ...

    def is_live(self, stream: "CaptionStream") -> bool:
        """Whether the speaker is captioned while speaking, and not only afterwards."""
        ...

    def stream_finished(self, stream: "CaptionStream") -> None:
        """No more audio comes."""
        ...
