from pathlib import Path

import numpy as np
import pytest
from fakes.clock import ManualClock
from holding import TYPING, Holder, MakeHouse
from spoken import synthesise

from core.bootstrap import House
from core.domain.delivery import DeliveryFigures, FigureName
from core.domain.errors import NotFound
from core.domain.interview import Consent, ConsentKind
from core.domain.transcript import FinalSegment
from core.media.audio import Samples
from core.media.clip import decode_clip
from core.services.registration import Accommodations
from core.storage.consents import ConsentRepo
from core.storage.deliveries import DeliveryRepo

TEXT = (
    "To find a slow query, I would look at the execution plan, check whether an index is used, and measure before "
    "and after the change. Maybe the table is kind of large."
)


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    path = tmp_path_factory.mktemp("speech") / "answer.wav"
    synthesise(TEXT, path)
    return decode_clip(path.read_bytes())


def record(held: Holder, speech: Samples, parts: int = 1) -> int:
    """Begin an answer and leave sound and words in it."""
    held.begin()
    for n, piece in enumerate(np.array_split(speech, parts)):
        held.house.recordings.add(held.session_id, held.attempt_id, n, piece, held.clock.now())
    held.house.answers.keep_segment(held.attempt_id, FinalSegment(0, TEXT, 0.0, 9.0, 0.9, "whisper"))
    return held.attempt_id


def value(house: House, attempt_id: int, name: FigureName) -> float | None:
    figures = house.delivery.figures(attempt_id)
    figure = figures.find(name) if figures else None
    return figure.value if figure else None


def blob_of(held: Holder, attempt_id: int) -> Path:
    (recording,) = next(a.recordings for q in held.file.questions for a in q.attempts if a.attempt.id == attempt_id)
    return next((held.house.settings.data_dir / "blobs").rglob(Path(recording.blob_key).name))


def test_a_spoken_answer_is_measured_from_its_sound_and_its_words(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    held.house.delivery.compute(attempt_id)
    assert [value(held.house, attempt_id, n) is not None for n in (FigureName.PACE, FigureName.PITCH_RANGE)] == [
        True,
        True,
    ]


def test_what_was_computed_is_what_is_read_back(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    assert held.house.delivery.compute(attempt_id) == held.house.delivery.figures(attempt_id) is not None


def test_the_job_done_twice_comes_to_the_same_as_once(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    held.house.delivery.handle({"attempt_id": attempt_id})
    once = held.house.delivery.figures(attempt_id)
    held.house.delivery.handle({"attempt_id": attempt_id})
    assert held.house.delivery.figures(attempt_id) == once is not None


def test_an_answer_in_two_parts_is_measured_as_one(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech, parts=2)
    held.house.delivery.compute(attempt_id)
    pace = value(held.house, attempt_id, FigureName.PACE)
    assert pace == pytest.approx(60 * len(TEXT.split()) / (speech.size / 16000), rel=0.2)


def test_a_typed_answer_says_so(held: Holder) -> None:
    held.begin().draft("I typed this.")
    figures = held.house.delivery.compute(held.attempt_id)
    assert figures is not None and all(f.reason.endswith("the answer was typed") for f in figures.figures)


def test_nothing_is_measured_when_it_is_turned_off(make_house: MakeHouse, clock: ManualClock, speech: Samples) -> None:
    held = Holder.ready(make_house(delivery_metrics="off"), clock)
    attempt_id = record(held, speech)
    held.house.delivery.handle({"attempt_id": attempt_id})
    with held.house.database.reading() as tx:
        assert DeliveryRepo(tx).get(attempt_id) is None


def test_what_was_measured_before_is_not_shown_when_it_is_turned_off(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    held.house.delivery.compute(attempt_id)
    held.house.delivery.enabled = False
    assert held.house.delivery.figures(attempt_id) is None


def test_nothing_is_measured_of_somebody_who_declined_a_programs_judgement(
    house: House, clock: ManualClock, speech: Samples
) -> None:
    held = Holder.registered(house, clock)
    house.registration.record_consent(held.session_id, {**TYPING, ConsentKind.SCORING: False}, Accommodations())
    attempt_id = record(held, speech)
    house.delivery.handle({"attempt_id": attempt_id})
    with house.database.reading() as tx:
        assert DeliveryRepo(tx).get(attempt_id) is None


@pytest.fixture
def asked_before(house: House, clock: ManualClock) -> Holder:
    """Agreed to scoring on a text that did not name the manner of speaking."""
    held = Holder.ready(house, clock)
    with house.database.transaction() as tx:
        old = Consent(ConsentKind.SCORING, True, "A program may propose scores.", "2026-11", clock.now())
        ConsentRepo(tx).add(held.session_id, old)
    return held


def test_nothing_is_measured_of_somebody_who_agreed_to_a_text_that_did_not_name_it(
    asked_before: Holder, speech: Samples
) -> None:
    attempt_id = record(asked_before, speech)
    asked_before.house.delivery.handle({"attempt_id": attempt_id})
    with asked_before.house.database.reading() as tx:
        assert DeliveryRepo(tx).get(attempt_id) is None


def test_what_was_measured_without_being_named_is_not_shown(asked_before: Holder) -> None:
    attempt_id = asked_before.begin().attempt_id
    with asked_before.house.database.transaction() as tx:
        DeliveryRepo(tx).save(attempt_id, DeliveryFigures(()), asked_before.clock.now())
    assert asked_before.house.delivery.figures(attempt_id) is None


def test_an_unknown_attempt_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.delivery.compute(99)


def test_the_job_of_a_deleted_attempt_is_done(house: House) -> None:
    house.delivery.handle({"attempt_id": 99})


def test_a_recording_that_is_gone_is_not_called_a_typed_answer(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    blob_of(held, attempt_id).unlink()
    figures = held.house.delivery.compute(attempt_id)
    pitch = figures.find(FigureName.PITCH_RANGE) if figures else None
    assert pitch is not None and pitch.reason == "part of the recording cannot be read"


def test_words_outlive_their_recording(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    blob_of(held, attempt_id).unlink()
    held.house.delivery.compute(attempt_id)
    assert value(held.house, attempt_id, FigureName.HEDGES) == pytest.approx(100 * 2 / 32, rel=0.1)


def test_delivery_leaves_the_answer_as_it_is(held: Holder, speech: Samples) -> None:
    attempt_id = record(held, speech)
    held.submit(TEXT, edited=False)
    before = [q.question for q in held.file.questions]
    held.house.delivery.compute(attempt_id)
    assert [q.question for q in held.file.questions] == before
