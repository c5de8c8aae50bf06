"""The words of one stream as they become known: finals in order, interims until replaced."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.domain.transcript import FinalSegment, Word
from core.speech.agreement import Agreement, AgreementParams, Guess

FAILED = "failed"
"""Engine name of a segment no engine could decode; its text is empty, its audio is in the recording."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BoardView:
    """What stands on the board.

    Attributes:
        finals: Finished segments in order.
        solid: Words of unfinished utterances that are not expected to change, up to the first that are.
        interim: Everything behind them.
        pending: Segments complete but not yet given out.
        oldest_s: Monotonic seconds when the oldest of them was complete; None without one.
        heard_to_s: End of the newest audio behind the guesses, in seconds of the stream; None without a guess.
    """

    finals: tuple[FinalSegment, ...]
    solid: str
    interim: str
    pending: int
    oldest_s: float | None
    heard_to_s: float | None


class CaptionBoard:
    """Collects results that may arrive in any order and gives them out in the right one. Thread-safe.

    Args:
        on_final: Called once for each segment, in order, on the thread that delivered it or a predecessor.
        agreement: Knobs of what is shown solid.
    """

    def __init__(self, on_final: Callable[[FinalSegment], None], agreement: AgreementParams | None = None) -> None:
        self._on_final = on_final
        self._agreement = agreement or AgreementParams()
        self._state = threading.Condition()
        self._delivering = threading.Lock()
        self._expected: dict[int, float] = {}  # number -> when its audio was complete, until given out
        self._early: dict[int, FinalSegment] = {}  # decoded before their predecessors
        self._guessing: dict[int, Agreement] = {}
        self._guesses: dict[int, tuple[Guess, float]] = {}  # with the end of the audio behind it
        self._finals: list[FinalSegment] = []
        self._next_number = 0
        self._longest_wait_s = 0.0

    @property
    def next_number(self) -> int:
        """Number of the segment being spoken, or of the next one."""
        with self._state:
            return self._next_number

    @property
    def longest_wait_s(self) -> float:
        """Longest time from a complete segment to its text."""
        return self._longest_wait_s

    def expect(self, now: float) -> int:
        """A segment is complete and will be decoded.

        Args:
            now: Monotonic seconds.

        Returns:
            Its number.
        """
        with self._state:
            number = self._next_number
            self._next_number += 1
            self._expected[number] = now
            return number

    def show_interim(
        self, number: int, text: str, heard_to_s: float, words: Sequence[Word] = (), *, paused: bool = False
    ) -> None:
        """Publish a guess at a segment, unless its final or a newer guess has come first.

        Args:
            number: Of the segment.
            text: The words.
            heard_to_s: End of the audio decoded, seconds of the stream.
            words: The same words with their confidence, where known.
            paused: The speaker paused behind them.
        """
        with self._state:
            if number != self._next_number and number not in self._expected:
                return
            if number in self._guesses and self._guesses[number][1] >= heard_to_s:
                return
            if not text and number in self._guesses:  # refused by the guards: what was shown before stands
                self._guesses[number] = self._guesses[number][0], heard_to_s
                return
            agreement = self._guessing.setdefault(number, Agreement(self._agreement))
            self._guesses[number] = agreement.update(text, heard_to_s, words, paused=paused), heard_to_s

    def guess(self, number: int) -> Guess | None:
        """The guess shown at a segment without a final."""
        with self._state:
            return self._guesses[number][0] if number in self._guesses else None

    def deliver(self, segment: FinalSegment, now: float) -> None:
        """Publish a final; it is held back until its predecessors are there. The first for a number counts."""
        with self._delivering:  # two workers must not overtake each other on the way to on_final
            with self._state:
                if segment.number < len(self._finals):
                    return  # a worker believed lost came back
                self._early.setdefault(segment.number, segment)
            while True:
                with self._state:
                    ready = self._early.pop(len(self._finals), None)
                    if ready is None:
                        return
                    self._finals.append(ready)
                    self._guessing.pop(ready.number, None)
                    self._guesses.pop(ready.number, None)
                    waited = now - self._expected.get(ready.number, now)
                    self._longest_wait_s = max(self._longest_wait_s, waited)
                try:
                    self._on_final(ready)
                except Exception as error:
                    _log.error("final segment not taken: %s", type(error).__name__)
                with self._state:  # only now: whoever waits may rely on on_final having run
                    self._expected.pop(ready.number, None)
                    self._state.notify_all()

    def view(self) -> BoardView:
        """What stands on the board now."""
        with self._state:
            solid: list[str] = []
            rest: list[str] = []
            for number in sorted(self._guesses):
                guess, _ = self._guesses[number]
                # Words behind uncertain ones are uncertain too, whatever their own utterance says.
                (rest if rest else solid).append(guess.solid)
                rest.append(guess.rest)
                rest = [words for words in rest if words]
            return BoardView(
                finals=tuple(self._finals),
                solid=" ".join(words for words in solid if words),
                interim=" ".join(words for words in rest if words),
                pending=len(self._expected),
                oldest_s=min(self._expected.values(), default=None),
                heard_to_s=max((end for _, end in self._guesses.values()), default=None),
            )

    def wait_empty(self, timeout_s: float) -> bool:
        """Wait until each expected segment was given out; False when that takes longer than ``timeout_s``."""
        with self._state:
            return self._state.wait_for(lambda: not self._expected, timeout_s)
