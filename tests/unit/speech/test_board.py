import itertools
import threading

import pytest

from core.domain.transcript import FinalSegment
from core.speech.agreement import AgreementParams, Guess
from core.speech.board import FAILED, CaptionBoard

AGREED_AT_ONCE = AgreementParams(agreed_for_s=0.0)


def segment(number: int, engine: str = "test") -> FinalSegment:
    return FinalSegment(number, f"words {number}", float(number), number + 1.0, 0.9, engine)


def ignore(_segment: FinalSegment) -> None:
    """Somebody who does not listen."""


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_results_in_any_order_are_given_out_in_order(order: tuple[int, ...]) -> None:
    got: list[int] = []
    board = CaptionBoard(lambda s: got.append(s.number))
    for _ in order:
        board.expect(0.0)
    for number in order:
        board.deliver(segment(number), 0.0)
    assert got == [0, 1, 2]
    assert board.view().finals == tuple(segment(n) for n in range(3))


def test_the_first_result_for_a_number_counts() -> None:
    got: list[str] = []
    board = CaptionBoard(lambda s: got.append(s.engine))
    for _ in range(2):
        board.expect(0.0)
    board.deliver(segment(1, "first"), 0.0)
    board.deliver(segment(1, "late"), 0.0)  # while its predecessor is missing
    board.deliver(segment(0, "first"), 0.0)
    board.deliver(segment(0, "late"), 0.0)  # after it was given out
    assert got == ["first", "first"]


def test_an_interim_stays_until_its_final_and_never_returns() -> None:
    board = CaptionBoard(ignore)
    board.show_interim(0, "wor", 1.0)
    board.expect(0.0)
    assert board.view().interim == "wor"
    board.deliver(segment(0), 0.0)
    board.show_interim(0, "late", 2.0)
    assert board.view().interim == ""


def test_an_older_guess_does_not_replace_a_newer() -> None:
    board = CaptionBoard(ignore)
    board.show_interim(0, "newer words", 2.0)
    board.show_interim(0, "older", 1.0)
    assert board.view().interim == "newer words"
    assert board.view().heard_to_s == 2.0


def test_a_guess_refused_by_the_guards_takes_nothing_off_the_screen() -> None:
    board = CaptionBoard(ignore)
    board.show_interim(0, "", 1.0)
    board.show_interim(0, "some words", 2.0)
    board.show_interim(0, "", 3.0)
    assert (board.view().interim, board.view().heard_to_s) == ("some words", 3.0)


def test_a_guess_at_an_utterance_not_begun_is_refused() -> None:
    board = CaptionBoard(ignore)
    board.show_interim(5, "from nowhere", 1.0)
    assert (board.view().interim, board.guess(5)) == ("", None)


def test_words_behind_uncertain_ones_are_uncertain() -> None:
    board = CaptionBoard(ignore, AGREED_AT_ONCE)
    for number in range(2):
        for heard_to_s in (1.0, 2.0):
            board.show_interim(number, f"a{number} b{number}", heard_to_s + number)
        board.expect(0.0)
    assert board.guess(1) == Guess("a1", "b1")
    assert (board.view().solid, board.view().interim) == ("a0", "b0 a1 b1")


def test_solid_words_of_a_paused_utterance_join_those_of_the_next() -> None:
    board = CaptionBoard(ignore, AGREED_AT_ONCE)
    for number in range(2):
        for heard_to_s in (1.0, 2.0):
            board.show_interim(number, f"a{number} b{number}", heard_to_s + number, paused=number == 0)
        board.expect(0.0)
    assert (board.view().solid, board.view().interim) == ("a0 b0 a1", "b1")


def test_what_waits_is_counted_with_the_age_of_the_oldest() -> None:
    board = CaptionBoard(ignore)
    assert board.view().oldest_s is None
    board.expect(10.0)
    board.expect(12.0)
    board.deliver(segment(1), 13.0)
    assert (board.view().pending, board.view().oldest_s) == (2, 10.0)


def test_the_longest_wait_counts_a_word_held_back_by_its_predecessor() -> None:
    board = CaptionBoard(ignore)
    board.expect(10.0)
    board.expect(11.0)
    board.deliver(segment(1), 12.0)
    board.deliver(segment(0), 15.0)
    assert board.longest_wait_s == 5.0


def test_a_failed_segment_is_given_out_like_any_other() -> None:
    board = CaptionBoard(ignore)
    board.expect(0.0)
    board.deliver(segment(0, FAILED), 0.0)
    assert board.view().finals[0].engine == FAILED


def test_a_consumer_that_raises_loses_only_its_own_call() -> None:
    def fail(_segment: FinalSegment) -> None:
        raise RuntimeError("no")

    board = CaptionBoard(fail)
    board.expect(0.0)
    board.deliver(segment(0), 0.0)
    assert board.view().finals == (segment(0),)
    assert board.wait_empty(0.0)


def test_waiting_ends_when_the_last_is_given_out() -> None:
    board = CaptionBoard(ignore)
    board.expect(0.0)
    assert not board.wait_empty(0.01)
    threading.Timer(0.05, board.deliver, [segment(0), 0.0]).start()
    assert board.wait_empty(5.0)


def test_who_waits_finds_the_consumer_done() -> None:
    gate, called = threading.Event(), threading.Event()

    def slow(_segment: FinalSegment) -> None:
        called.set()
        gate.wait(5)

    board = CaptionBoard(slow)
    board.expect(0.0)
    worker = threading.Thread(target=board.deliver, args=(segment(0), 0.0))
    worker.start()
    assert called.wait(5)
    assert not board.wait_empty(0.0)
    gate.set()
    worker.join()
    assert board.wait_empty(0.0)
