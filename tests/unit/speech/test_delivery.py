from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from samples import SENTENCES, silence
from voices_made import noise

from core.domain.delivery import DeliveryFigures, Figure, FigureName
from core.domain.transcript import FinalSegment, Gap, Word
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.delivery import DeliveryParams, measure_delivery

Say = Callable[[str], Samples]
N = FigureName
TEXT = " ".join(SENTENCES)
AUDIO = [N.PACE, N.PAUSES, N.PAUSE_SHARE, N.PITCH_MEDIAN, N.PITCH_RANGE, N.ENERGY_RANGE]
SCORES = [N.FLUENCY, N.RICHNESS, N.CONFIDENCE_INDEX]


def heard(text: str, seconds: float, confidence: float | None = 0.9) -> list[FinalSegment]:
    return [FinalSegment(0, text, 0.0, seconds, confidence, "whisper")]


def get(figures: DeliveryFigures, name: FigureName) -> Figure:
    found = figures.find(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def answer(say: Say) -> Samples:
    """Three sentences, a second of silence before each and behind the last."""
    pieces = [piece for sentence in SENTENCES for piece in (silence(1), say(sentence))]
    return np.concatenate([*pieces, silence(1)])


@pytest.fixture(scope="module")
def spoken(answer: Samples) -> DeliveryFigures:
    return measure_delivery(answer, heard(TEXT, answer.size / SAMPLE_RATE))


def test_each_figure_is_there_once(spoken: DeliveryFigures) -> None:
    assert sorted(f.name for f in spoken.figures) == sorted(N)


def test_a_clear_answer_has_all_figures_that_need_no_times_of_words(spoken: DeliveryFigures) -> None:
    assert [f.name for f in spoken.figures if f.value is None] == [N.PAUSES_IN_PHRASE]


def test_each_figure_says_how_it_is_measured_and_in_which_unit(spoken: DeliveryFigures) -> None:
    assert all(f.unit and f.how for f in spoken.figures)


def test_the_pace_is_words_over_the_time_from_first_to_last_speech(spoken: DeliveryFigures, answer: Samples) -> None:
    seconds = answer.size / SAMPLE_RATE - 2
    assert get(spoken, N.PACE).value == pytest.approx(60 * len(TEXT.split()) / seconds, rel=0.1)


@pytest.mark.parametrize("name", SCORES)
def test_the_terms_of_a_score_add_up_to_it(spoken: DeliveryFigures, name: FigureName) -> None:
    figure = get(spoken, name)
    assert sum(t.contribution for t in figure.terms) == pytest.approx(figure.value)


def test_a_typed_answer_is_not_measured() -> None:
    figures = measure_delivery(silence(0), [])
    assert all(f.value is None and f.reason.endswith("the answer was typed") for f in figures.figures)


def test_noise_is_not_measured() -> None:
    figures = measure_delivery(noise(20, 2000), [])
    assert {get(figures, n).reason for n in AUDIO if n is not N.PACE} == {"no speech was found in the recording"}


@pytest.mark.parametrize("samples", [silence(0.01), silence(30)], ids=["short", "long"])
def test_silence_is_not_measured(samples: Samples) -> None:
    assert all(f.value is None for f in measure_delivery(samples, []).figures)


def test_one_word_is_too_little(say: Say) -> None:
    figures = measure_delivery(say("Yes."), heard("Yes.", 1))
    assert get(figures, N.PACE).reason == "less than 5 s of speech"
    assert get(figures, N.HEDGES).reason == "fewer than 20 words"


def test_speech_in_noise_as_loud_is_refused_where_noise_misleads(answer: Samples) -> None:
    loud = noise(answer.size / SAMPLE_RATE, float(np.sqrt(np.mean(answer.astype(float) ** 2))))
    mixed = np.clip(answer.astype(np.int32) + loud, -32768, 32767).astype(np.int16)
    figures = measure_delivery(mixed, heard(TEXT, 30))
    assert all("too noisy" in get(figures, n).reason for n in (N.PITCH_RANGE, N.PAUSE_SHARE, N.ENERGY_RANGE))


def test_what_refuses_a_part_refuses_the_sum(answer: Samples) -> None:
    figures = measure_delivery(answer, heard(TEXT, 30), params=DeliveryParams(min_voiced_s=1000))
    assert get(figures, N.CONFIDENCE_INDEX).reason.startswith("Pitch range: less than 1000 s of voiced sound")


def test_without_words_the_voice_is_still_measured(answer: Samples) -> None:
    figures = measure_delivery(answer, [])
    assert get(figures, N.PITCH_MEDIAN).value is not None
    assert get(figures, N.PACE).reason == "no words were heard"


def test_segments_without_text_are_no_words(answer: Samples) -> None:
    assert get(measure_delivery(answer, heard("  ", 30)), N.RICHNESS).reason == "no words were heard"


def test_words_without_a_recording_are_still_counted() -> None:
    figures = measure_delivery(silence(0), heard(TEXT, 30))
    assert get(figures, N.HEDGES).value == 0
    assert get(figures, N.PACE).reason == "no recording was kept"


def test_unsure_words_are_not_counted(answer: Samples) -> None:
    figures = measure_delivery(answer, heard(TEXT, 30, confidence=0.5))
    assert all("the words are unsure" in get(figures, n).reason for n in (N.HEDGES, N.RICHNESS, N.WORDING))


def test_confidence_nobody_gave_is_no_reason(answer: Samples) -> None:
    assert get(measure_delivery(answer, heard(TEXT, 30, confidence=None)), N.HEDGES).value is not None


def test_words_without_times_leave_the_place_of_pauses_open(spoken: DeliveryFigures) -> None:
    assert get(spoken, N.PAUSES_IN_PHRASE).reason == "the speech engine gave no times of words"


def test_pauses_behind_a_mark_are_not_within_a_phrase(answer: Samples, spoken: DeliveryFigures) -> None:
    found = []
    for mark in (",", ""):
        words = tuple(Word(f"word{mark}", s / 2, s / 2 + 0.4, 0.9) for s in range(2 * answer.size // SAMPLE_RATE))
        segment = replace(heard(TEXT, 30)[0], words=words)
        found.append(get(measure_delivery(answer, [segment]), N.PAUSES_IN_PHRASE).value)
    assert found == [0, get(spoken, N.PAUSES).value]


def test_another_language_has_no_figures_from_english_lists(answer: Samples) -> None:
    figures = measure_delivery(answer, heard(TEXT, 30), language="de")
    refused = {f.name for f in figures.figures if "English only" in f.reason}
    assert refused == {N.ARTICULATION, N.PAUSES_IN_PHRASE, N.FILLERS, N.HEDGES, N.REPAIRS, N.WORDING, *SCORES}


def test_a_recording_with_large_holes_is_not_measured(answer: Samples) -> None:
    figures = measure_delivery(answer, heard(TEXT, 30), [Gap(0, 5, "damaged")])
    assert {get(figures, n).reason for n in AUDIO} == {"part of the recording cannot be read"}


def test_a_small_hole_is_not_taken_for_a_pause(answer: Samples) -> None:
    figures = measure_delivery(answer, heard(TEXT, 30), [Gap(0, 0.5, "damaged")])
    assert get(figures, N.PAUSES).value is None and get(figures, N.PITCH_MEDIAN).value is not None


def test_ten_minutes_come_to_the_same_as_one_answer(answer: Samples, spoken: DeliveryFigures) -> None:
    times = 600 * SAMPLE_RATE // answer.size
    segments = [replace(heard(TEXT, 30)[0], number=n) for n in range(times)]
    long = measure_delivery(np.tile(answer, times), segments)
    assert get(long, N.PITCH_RANGE).value == pytest.approx(get(spoken, N.PITCH_RANGE).value, abs=0.5)
    assert get(long, N.PACE).value == pytest.approx(get(spoken, N.PACE).value, rel=0.15)


@pytest.mark.parametrize(
    "samples",
    [np.full(16000, np.nan, np.float32), np.zeros((16000, 2), np.int16), np.zeros(9)],
    ids=["not a number", "stereo", "float"],
)
def test_anything_but_int16_of_one_channel_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="int16"):
        measure_delivery(samples, [])  # type: ignore[arg-type]


def test_words_of_any_script_are_measured_or_refused(answer: Samples) -> None:
    text = "مرحبا 你好 <b>x</b> 🎤 " * 12
    assert len(measure_delivery(answer, heard(text, 30)).figures) == len(N)
