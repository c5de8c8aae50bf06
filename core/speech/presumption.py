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
        self._awaited: dict[int, Utterance] = {}  # have ended as presumed, their decode under way; by number

    def begin(self, utterance: Utterance) -> None:
        """The speaker paused; an earlier presumption, if any, was wrong."""
        self._current, self._heard = utterance, None

    def wants(self, utterance: Utterance) -> bool:
        """Whether a decode of this is still of use."""
        return any(
            known is not None and _same(known, utterance)
            for known in (self._current, self._awaited.get(utterance.number))
        )

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
            self._awaited[utterance.number] = utterance
        return True, heard

    def take(self, segment: FinalSegment) -> bool:
        """A presumed utterance was decoded, or given up.

        Returns:
            Whether it has ended by now: then this is its final.
        """
        # Of one number there may be several: an earlier presumption, still being decoded, lacks what was said since.
        awaited = self._awaited.get(segment.number)
        if awaited is not None and _same(awaited, segment):
            del self._awaited[segment.number]
            return True
        if self._current is not None and _same(self._current, segment):
            self._heard = segment
        return False

    def drop(self, utterance: Utterance) -> bool:
        """It cannot be decoded. Returns whether it has ended, so that somebody must be told."""
        awaited = self._awaited.get(utterance.number)
        if awaited is not None and _same(awaited, utterance):
            del self._awaited[utterance.number]
            return True
        if self._current is not None and _same(self._current, utterance):
            self._current = self._heard = None
        return False


def _same(a: Utterance, b: Utterance | FinalSegment) -> bool:
    return (a.number, a.start_s, a.end_s) == (b.number, b.start_s, b.end_s)
