import pytest

from core.domain.transcript import CaptionMode, CaptionQuality, FinalSegment, Word
from core.ui.transcripts import captions_note, certainty_html, confidences, row_html


def heard(text: str, *words: tuple[str, float]) -> FinalSegment:
    timed = tuple(Word(word, n, n + 1, sure) for n, (word, sure) in enumerate(words))
    return FinalSegment(0, text, 65, 70, 0.8, "whisper-tiny.en", timed)


def test_each_word_of_the_text_has_its_confidence() -> None:
    assert confidences(heard("A list.", ("A", 0.9), ("list.", 0.4))) == [("A", 0.9), ("list.", 0.4)]


def test_of_a_word_given_in_pieces_the_least_sure_counts() -> None:
    assert confidences(heard("with py-spy.", ("with", 0.9), ("py", 0.3), ("-spy.", 0.8))) == [
        ("with", 0.9),
        ("py-spy.", 0.3),
    ]


def test_words_that_were_taken_out_of_the_text_are_passed_over() -> None:
    found = confidences(heard("no go", ("no", 0.9), ("no", 0.2), ("no", 0.1), ("go", 0.7)))
    assert found == [("no", 0.9), ("go", 0.7)]


def test_a_word_that_the_engine_did_not_give_has_no_confidence_and_the_next_is_found_again() -> None:
    assert confidences(heard("A new list.", ("A", 0.9), ("list.", 0.4))) == [("A", 0.9), ("new", None), ("list.", 0.4)]


def test_only_words_below_the_limit_are_marked() -> None:
    assert row_html(heard("A list.", ("A", 0.6), ("list.", 0.59))).count("unsure") == 1


def test_the_row_begins_with_its_time() -> None:
    assert '<span class="at">1:05</span>' in row_html(heard("Yes."))


def test_a_pause_taken_for_noise_has_no_row() -> None:
    assert row_html(heard("")) == ""


def test_speech_no_engine_could_write_down_is_said_to_be_missing() -> None:
    assert "no engine could write down" in row_html(heard(""), unheard=True)


def test_nothing_heard_becomes_markup() -> None:
    evil = '<b>"x"</b>'
    assert "<b>" not in row_html(heard(f"{evil} {evil}", (evil, 0.1), (evil, 0.9)))


def test_the_share_of_marked_words_is_said_with_its_meaning() -> None:
    said = certainty_html([heard("A list.", ("A", 0.9), ("list.", 0.4)), heard("No. No.", ("No.", 0.8), ("No.", 0.9))])
    assert "1 of 4 words, 25%" in said and "listen before you judge" in said


def test_without_a_marked_word_nothing_is_promised() -> None:
    assert "may still be wrong" in certainty_html([heard("A", ("A", 0.9))])


def test_an_engine_that_gives_no_confidence_is_not_called_sure() -> None:
    assert "does not say" in certainty_html([heard("A list.")])


def test_where_nothing_was_heard_nothing_is_said() -> None:
    assert certainty_html([]) == ""


@pytest.mark.parametrize("quality", [None, CaptionQuality(longest_final_s=3)])
def test_captions_that_kept_up_are_not_spoken_of(quality: CaptionQuality | None) -> None:
    assert captions_note(quality) == ""


def test_delayed_captions_are_told_with_their_seconds() -> None:
    assert captions_note(CaptionQuality(CaptionMode.DELAYED, 12.4, 0)) == (
        "Captions were delayed for 12 s while this was said; the candidate may not have seen the words."
    )


def test_captions_that_came_after_are_told_with_the_longest_wait() -> None:
    note = captions_note(CaptionQuality(CaptionMode.AFTER, 30, 9.2))
    assert "without seeing them" in note and note.endswith("Finished words took up to 9 s.")
