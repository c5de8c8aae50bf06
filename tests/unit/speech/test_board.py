import itertools
import threading

import pytest

from core.domain.transcript import FinalSegment
from core.speech.board import FAILED, CaptionBoard


def segment(number: int, engine: str = "test") -> FinalSegment:
    return FinalSegment(number, f"words {number}", float(number), number + 1.0, 0.9, engine)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_results_in_any_order_are_given_out_in_order(order: tuple[int, ...]) -> None:
    got: list[int] = []
    board = CaptionBoard(lambda s: got.append(s.number), 4.0)
    for _ in order:
        board.expect(0.0)
    for number in order:
        board.deliver(segment(number))
    assert got == [0, 1, 2]
    assert board.view(0.0).text == "words 0 words 1 words 2"


def test_interim_stays_until_its_final_and_never_returns() -> None:
    board = CaptionBoard(lambda _s: None, 4.0)
    board.show_interim(0, "wor")
    board.expect(0.0)
    assert board.view(0.0).interim == "wor"
    board.deliver(segment(0))
    board.show_interim(0, "late")
    assert board.view(0.0).interim == ""


def test_delay_is_admitted_by_age() -> None:
    board = CaptionBoard(lambda _s: None, 4.0)
    board.expect(10.0)
    assert not board.view(13.0).delayed
    assert board.view(15.0).delayed
    assert board.view(15.0).pending_finals == 1


def test_failed_segment_shows_as_delayed() -> None:
    board = CaptionBoard(lambda _s: None, 4.0)
    board.expect(0.0)
    board.deliver(segment(0, FAILED))
    assert board.view(0.0).delayed


def test_consumer_that_raises_loses_only_its_own_call() -> None:
    def fail(_segment: FinalSegment) -> None:
        raise RuntimeError("no")

    board = CaptionBoard(fail, 4.0)
    board.expect(0.0)
    board.deliver(segment(0))
    assert board.view(0.0).finals == (segment(0),)
    assert board.wait_empty(0.0)


def test_waiting_ends_when_the_last_is_given_out() -> None:
    board = CaptionBoard(lambda _s: None, 4.0)
    board.expect(0.0)
    assert not board.wait_empty(0.01)
    threading.Timer(0.05, board.deliver, [segment(0)]).start()
    assert board.wait_empty(5.0)
