"""An engine whose answers and faults a test decides; for faults no real model can be brought to."""

from collections.abc import Callable, Sequence

from core.speech.hearing import Effort, Heard, Piece

Answer = Callable[[Sequence[Piece], Effort], list[Heard]]


def say_lengths(pieces: Sequence[Piece], _effort: Effort) -> list[Heard]:
    """Hears of each piece its length in samples, in figures."""
    return [Heard(str(piece.samples.size), 0.9, 0.0, engine="scripted") for piece in pieces]


class ScriptedEngine:
    """Implements ``core.speech.hearing.EnginePort``.

    Args:
        answer: Called on a worker thread; may raise.
        load: Called when the engine is loaded; may raise.
    """

    name = "scripted"

    def __init__(self, answer: Answer = say_lengths, load: Callable[[], None] = lambda: None) -> None:
        self.answer = answer
        self.load = load
        self.asked: list[tuple[Effort, list[int]]] = []
        """Effort and lengths of each call, in samples."""

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        """What the test says."""
        self.asked.append((effort, [piece.samples.size for piece in pieces]))
        return self.answer(pieces, effort)
