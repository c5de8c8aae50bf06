from datetime import datetime, timedelta

import pytest

from core.domain.health import MonitorSource, Span
from core.storage.database import Database
from core.storage.seen_spans import SeenSpan, SeenSpanRepo
from core.storage.tables import Interview


@pytest.fixture
def minute(now: datetime) -> Span:
    return Span(now, now + timedelta(minutes=1))


def write(database: Database, *spans: SeenSpan) -> list[int | None]:
    with database.transaction() as tx:
        return SeenSpanRepo(tx).write(spans)


def stored(database: Database, session_id: str) -> list[SeenSpan]:
    with database.reading() as tx:
        return SeenSpanRepo(tx).list(session_id)


def test_a_span_comes_back_as_it_was_written(database: Database, interview: str, minute: Span) -> None:
    (span_id,) = write(database, SeenSpan(None, interview, MonitorSource.PAGE, minute))
    assert stored(database, interview) == [SeenSpan(span_id, interview, MonitorSource.PAGE, minute)]


def test_a_known_span_is_drawn_out_and_not_written_twice(database: Database, interview: str, minute: Span) -> None:
    (span_id,) = write(database, SeenSpan(None, interview, MonitorSource.CAMERA, minute))
    longer = Span(minute.started_at, minute.ended_at + timedelta(minutes=1))
    assert write(database, SeenSpan(span_id, interview, MonitorSource.CAMERA, longer)) == [span_id]
    assert [row.span for row in stored(database, interview)] == [longer]


def test_a_span_that_was_lost_with_its_database_is_written_again(
    database: Database, interview: str, minute: Span
) -> None:
    (span_id,) = write(database, SeenSpan(77, interview, MonitorSource.CAMERA, minute))
    assert [row.id for row in stored(database, interview)] == [span_id]


def test_an_unknown_interview_keeps_no_other_span_from_being_written(
    database: Database, interview: str, minute: Span
) -> None:
    gone = SeenSpan(None, "s-gone", MonitorSource.PAGE, minute)
    ids = write(database, gone, SeenSpan(None, interview, MonitorSource.PAGE, minute))
    assert ids[0] is None and len(stored(database, interview)) == 1


def test_the_spans_go_with_their_interview(database: Database, interview: str, minute: Span) -> None:
    write(database, SeenSpan(None, interview, MonitorSource.PAGE, minute))
    with database.transaction() as tx:
        tx.delete(tx.get_one(Interview, interview))
    assert stored(database, interview) == []
