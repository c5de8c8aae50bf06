from collections.abc import Callable

import numpy as np
import pytest
from samples import silence
from voices_made import noise

from core.media.audio import SAMPLE_RATE, Samples
from core.speech.pace import summarise_pauses
from core.speech.spans import SpeechSpans, find_speech

PHRASES = ("We build and test every commit.", "Then the change is merged into main.", "Later it goes to the servers.")
Say = Callable[[str], Samples]


def with_pauses(say: Say, *pauses_s: float) -> Samples:
    """Phrases without the silence around them, apart by these pauses."""
    pieces = [silence(0.5)]
    for phrase, pause_s in zip(PHRASES, (*pauses_s, 0.5), strict=False):
        sound = say(phrase)
        loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 300)
        pieces += [sound[loud[0] : loud[-1]], silence(pause_s)]
    return np.concatenate(pieces)


@pytest.mark.parametrize("pauses", [(0.4, 0.8), (1.0, 2.0), (3.0, 0.5)])
def test_known_pauses_are_found_to_a_tenth_of_a_second(say: Say, pauses: tuple[float, float]) -> None:
    found = [end - start for start, end in find_speech(with_pauses(say, *pauses)).pauses]
    assert found == pytest.approx(pauses, abs=0.1)


def test_a_silence_shorter_than_a_pause_is_none(say: Say) -> None:
    assert find_speech(with_pauses(say, 0.1, 0.1)).pauses == ()


def test_waiting_before_and_after_is_not_part_of_the_answer(say: Say) -> None:
    answer = with_pauses(say, 1.0, 1.0)
    padded = np.concatenate([silence(5), answer, silence(5)])
    assert find_speech(padded).answer_s == pytest.approx(find_speech(answer).answer_s, abs=0.1)


def test_the_share_of_pauses_is_of_the_answer_without_its_edges(say: Say) -> None:
    found = summarise_pauses(find_speech(with_pauses(say, 2.0, 2.0)))
    speech_s = find_speech(with_pauses(say, 0.0, 0.0)).answer_s
    assert found.share == pytest.approx(4 / (4 + speech_s), abs=0.02)


@pytest.mark.parametrize(
    "samples", [silence(0), silence(0.01), silence(3), noise(3, 2000)], ids=["nothing", "short", "silence", "noise"]
)
def test_where_nobody_speaks_there_are_no_spans(samples: Samples) -> None:
    assert find_speech(samples).spans == ()


def test_an_answer_without_speech_has_no_length() -> None:
    assert SpeechSpans((), SAMPLE_RATE).answer_s == 0.0


def test_one_stretch_of_speech_has_no_pauses() -> None:
    assert summarise_pauses(SpeechSpans(((0, 16000),), 16000)).count == 0


def test_a_mask_holds_whole_frames_within_the_spans() -> None:
    mask = SpeechSpans(((600, 1600),), 2048).mask(512)
    assert mask.tolist() == [False, False, True, False]


def test_a_margin_widens_and_narrows_the_mask() -> None:
    spans = SpeechSpans(((1024, 3072),), 4096)
    assert (spans.mask(512, 512).sum(), spans.mask(512, -512).sum(), spans.mask(512, -5000).sum()) == (6, 2, 0)
