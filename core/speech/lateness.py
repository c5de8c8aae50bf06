"""How long captions of one recording were not keeping up."""

from core.domain.transcript import CaptionMode, CaptionQuality


class Lateness:
    """Adds up what the screen said. Not thread-safe: the stream holds a lock around :meth:`note`."""

    def __init__(self) -> None:
        self._worst = CaptionMode.LIVE
        self._delayed_s = 0.0

    def note(self, mode: CaptionMode, seconds: float) -> None:
        """For so many seconds of sound the captions were in this mode."""
        if mode is not CaptionMode.LIVE:
            self._delayed_s += seconds
        if mode is CaptionMode.AFTER or self._worst is CaptionMode.LIVE:
            self._worst = mode

    def quality(self, longest_final_s: float) -> CaptionQuality:
        """What the captions were worth, given the longest wait for a final."""
        return CaptionQuality(self._worst, round(self._delayed_s, 1), round(longest_final_s, 2))
