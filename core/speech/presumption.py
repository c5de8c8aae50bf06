"""A decode begun at a pause, in case the speaker has ended: then the words are there as soon as the silence is long."""

from core.domain.transcript import FinalSegment
from core.speech.utterance import Utterance


class Presumption:
    """Follows one stream's presumed ends. The audio of a presumed and a real end is the same, sample by sample.

    Not thread-safe: the stream holds a lock around it.
    """

    def __init__(self) -> None:
        self._current: Utterance | None = None
        self._heard: FinalSegment | None = None
        self._awaited: set[int] = set()  # numbers that have ended as presumed, their decode under way

    def begin(self, utterance: Utterance) -> None:
        """The speaker paused; an earlier presumption, if any, was wrong."""
        self._current, self._heard = utterance, None

    def wants(self, utterance: Utterance) -> bool:
        """Whether a decode of this is still of use."""
        current = self._current
        return utterance.number in self._awaited or (current is not None and _same(current, utterance))

    def ended(self, utterance: Utterance) -> tuple[bool, FinalSegment | None]:
        """The utterance has ended.

        Returns:
            Whether that was presumed, and what was heard if it is decoded already; else the decode under way is final.
        """
        current, heard = self._current, self._heard
        self._current = self._heard = None
        if current is None or not _same(current, utterance):
            return False, None
        if heard is None:
            self._awaited.add(utterance.number)
        return True, heard

    def take(self, segment: FinalSegment) -> bool:
        """A presumed utterance was decoded, or given up.

        Returns:
            Whether it has ended by now: then this is its final.
        """
        if segment.number in self._awaited:
            self._awaited.discard(segment.number)
            return True
        current = self._current
        if current is not None and (current.number, current.end_s) == (segment.number, segment.end_s):
            self._heard = segment
        return False

    def drop(self, number: int) -> bool:
        """It cannot be decoded. Returns whether it has ended, so that somebody must be told."""
        awaited = number in self._awaited
        self._awaited.discard(number)
        if self._current is not None and self._current.number == number:
            self._current = self._heard = None
        return awaited


def _same(a: Utterance, b: Utterance) -> bool:
    return (a.number, a.start_s, a.end_s) == (b.number, b.start_s, b.end_s)
