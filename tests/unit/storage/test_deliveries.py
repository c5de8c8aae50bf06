from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from core.domain.delivery import DeliveryFigures, Figure, FigureName, Term
from core.domain.errors import NotFound, StorageUnavailable
from core.storage.attempts import AttemptRepo
from core.storage.database import Database
from core.storage.deliveries import DeliveryRepo
from core.storage.questions import QuestionRepo

TERM = Term("Pace", 150.0, "words/min", "0 points at 50", 100.0, 0.35, 35.0)
FIGURES = DeliveryFigures(
    (
        Figure(FigureName.FLUENCY, 35.0, "of 100", "A sum.", terms=(TERM,)),
        Figure(FigureName.PITCH_RANGE, None, "semitones", "Percentiles.", "too noisy"),
    )
)


@pytest.fixture
def attempt_id(database: Database, question_id: int, now: datetime) -> int:
    with database.transaction() as tx:
        return AttemptRepo(tx).get_or_add(question_id, 1, now).id


@pytest.fixture
def stored(database: Database, attempt_id: int, now: datetime) -> int:
    with database.transaction() as tx:
        DeliveryRepo(tx).save(attempt_id, FIGURES, now)
    return attempt_id


def read(database: Database, attempt_id: int) -> DeliveryFigures | None:
    with database.reading() as tx:
        return DeliveryRepo(tx).get(attempt_id)


def test_figures_come_back_as_they_were_stored(database: Database, stored: int) -> None:
    assert read(database, stored) == FIGURES


def test_an_attempt_never_measured_has_none(database: Database, attempt_id: int) -> None:
    assert read(database, attempt_id) is None


def test_figures_stored_again_replace_the_earlier_ones(database: Database, stored: int, now: datetime) -> None:
    later = DeliveryFigures((Figure(FigureName.PACE, 99.0, "words/min"),))
    with database.transaction() as tx:
        DeliveryRepo(tx).save(stored, later, now + timedelta(1))
    assert read(database, stored) == later


def test_figures_of_an_unknown_attempt_are_refused(database: Database, now: datetime) -> None:
    with pytest.raises(NotFound), database.transaction() as tx:
        DeliveryRepo(tx).save(7, FIGURES, now)


def test_figures_of_another_version_wait_to_be_made_anew(database: Database, stored: int) -> None:
    with database.transaction() as tx:
        tx.execute(text("""update deliveries set data = '{"version": 0, "figures": []}'"""))
    assert read(database, stored) is None


@pytest.mark.parametrize("figures", ['[{"name": "aura"}]', "[1]", '[{"name": "pace", "value": null}]', "7"])
def test_what_cannot_be_read_says_so(database: Database, stored: int, figures: str) -> None:
    with database.transaction() as tx:
        tx.execute(text("update deliveries set data = :data"), {"data": f'{{"version": 1, "figures": {figures}}}'})
    with pytest.raises(StorageUnavailable, match="cannot be read"):
        read(database, stored)


def test_figures_can_be_deleted_once(database: Database, stored: int) -> None:
    with database.transaction() as tx:
        assert [DeliveryRepo(tx).delete(stored), DeliveryRepo(tx).delete(stored)] == [True, False]


def test_figures_go_with_their_interview(database: Database, stored: int, question_id: int) -> None:
    with database.transaction() as tx:
        session_id = QuestionRepo(tx).get(question_id).session_id
        tx.execute(text("delete from interviews where session_id = :id"), {"id": session_id})
    with database.reading() as tx:
        assert tx.execute(text("select count(*) from deliveries")).scalar() == 0
