import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.transcript import FinalSegment, Word
from core.media.audio import SAMPLE_RATE
from core.speech.windows import Span, Window, WindowParams, find_utterances, pack, split

PARAMS = WindowParams(max_s=28.0, max_gap_s=3.0)


@st.composite
def spans(draw: st.DrawFn, longest_s: float = 32.0) -> list[Span]:
    """Ordered, without overlap; some longer than a window."""
    at, found = 0, []
    for gap_s, length_s in draw(st.lists(st.tuples(st.floats(0, 6), st.floats(0.1, longest_s)), max_size=12)):
        start = at + int(gap_s * SAMPLE_RATE)
        at = start + int(length_s * SAMPLE_RATE)
        found.append((start, at))
    return found


@st.composite
def heard(draw: st.DrawFn) -> tuple[Window, FinalSegment]:
    """A window and words whose times only grow, wherever they lie."""
    found = draw(spans(longest_s=8.0).filter(bool))
    end_s = found[-1][1] / SAMPLE_RATE
    times = sorted(draw(st.lists(st.floats(0, end_s + 1), max_size=20)))
    words = tuple(Word(f"w{n}", a, b, 0.9) for n, (a, b) in enumerate(itertools.pairwise(times)))
    text = " ".join(word.text for word in words)
    return Window(tuple(found)), FinalSegment(3, text, found[0][0] / SAMPLE_RATE, end_s, 0.8, "engine", words)


def seconds(*pairs: tuple[float, float]) -> list[Span]:
    return [(int(a * SAMPLE_RATE), int(b * SAMPLE_RATE)) for a, b in pairs]


@given(spans())
def test_each_utterance_is_in_exactly_one_window_in_order(found: list[Span]) -> None:
    assert [span for window in pack(found, PARAMS) for span in window.spans] == found


@given(spans())
def test_no_window_is_longer_than_the_limit_unless_one_utterance_is(found: list[Span]) -> None:
    for window in pack(found, PARAMS):
        assert len(window.spans) == 1 or window.end - window.start <= PARAMS.max_s * SAMPLE_RATE


@given(spans())
def test_no_window_holds_a_long_silence(found: list[Span]) -> None:
    for window in pack(found, PARAMS):
        assert all(b[0] - a[1] <= PARAMS.max_gap_s * SAMPLE_RATE for a, b in itertools.pairwise(window.spans))


@given(spans())
def test_neighbours_are_apart_only_for_a_reason(found: list[Span]) -> None:
    for a, b in itertools.pairwise(pack(found, PARAMS)):
        too_long = b.spans[0][1] - a.start > PARAMS.max_s * SAMPLE_RATE
        assert too_long or b.start - a.end > PARAMS.max_gap_s * SAMPLE_RATE


@given(heard())
def test_no_word_is_lost_doubled_or_moved_by_splitting(case: tuple[Window, FinalSegment]) -> None:
    window, segment = case
    parts = split(window, segment)
    assert tuple(word for part in parts for word in part.words) == segment.words
    assert " ".join(part.text for part in parts) == segment.text


@given(heard())
def test_parts_are_numbered_on_and_ordered_in_time(case: tuple[Window, FinalSegment]) -> None:
    parts = split(*case)
    assert [part.number for part in parts] == [3 + n for n in range(len(parts))]
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(parts))
    assert all((part.confidence, part.engine) == (0.8, "engine") for part in parts)


def words(*texts_at: tuple[str, float]) -> tuple[Word, ...]:
    return tuple(Word(text, at, at + 0.2, 0.9) for text, at in texts_at)


def test_each_utterance_gets_the_words_within_it() -> None:
    window = Window(tuple(seconds((1, 3), (4, 6))))
    segment = FinalSegment(0, "one two three", 1, 6, 0.9, "e", words(("one", 1.5), ("two", 3.2), ("three", 4.5)))
    assert [(p.text, p.start_s, p.end_s) for p in split(window, segment)] == [("one two", 1, 3), ("three", 4, 6)]


def test_an_utterance_without_words_makes_no_segment() -> None:
    window = Window(tuple(seconds((1, 3), (4, 6), (7, 8))))
    segment = FinalSegment(5, "one three", 1, 8, 0.9, "e", words(("one", 1.5), ("three", 7.2)))
    assert [(p.number, p.text) for p in split(window, segment)] == [(5, "one"), (6, "three")]


@pytest.mark.parametrize(
    ("text", "given_words"),
    [
        pytest.param("one two", (), id="no word times"),
        pytest.param("one", words(("one", 1.5), ("one", 2), ("one", 4.5)), id="repeats collapsed"),
        pytest.param("一二", words(("一", 1.5), ("二", 4.5)), id="no blanks between words"),
    ],
)
def test_a_text_that_is_not_its_words_stays_whole(text: str, given_words: Sequence[Word]) -> None:
    segment = FinalSegment(0, text, 1, 6, 0.9, "e", tuple(given_words))
    assert split(Window(tuple(seconds((1, 3), (4, 6)))), segment) == [segment]


def test_nothing_is_found_in_nothing() -> None:
    assert list(find_utterances(np.zeros(0, np.int16))) == []
    assert pack([]) == []
