"""Decisions and comments as they are stored."""

from datetime import datetime, timedelta

import pytest

from core.domain.errors import NotFound
from core.domain.review import FlagComment, FlagReview, Verdict
from core.domain.watch import FlagKind
from core.storage.database import Database
from core.storage.flag_reviews import FlagReviewRepo
from core.storage.watch import FlagRepo


@pytest.fixture
def flag_id(database: Database, interview: str, now: datetime) -> int:
    with database.transaction() as tx:
        return FlagRepo(tx).open(interview, FlagKind.NO_FACE, now, 1.0, "No face.", now)


def test_decisions_come_back_in_the_order_they_were_made(
    database: Database, interview: str, flag_id: int, now: datetime
) -> None:
    later = now + timedelta(seconds=5)
    with database.transaction() as tx:
        FlagReviewRepo(tx).decide(flag_id, Verdict.CONFIRMED, "Seen it.", "Grace", later)
        FlagReviewRepo(tx).decide(flag_id, Verdict.OPEN, "", "Grace", now)
    with database.reading() as tx:
        assert FlagReviewRepo(tx).reviews(interview) == [
            FlagReview(flag_id, Verdict.CONFIRMED, "Seen it.", "Grace", later),
            FlagReview(flag_id, Verdict.OPEN, "", "Grace", now),
        ]


def test_comments_come_back_word_for_word(database: Database, interview: str, flag_id: int, now: datetime) -> None:
    text = "<b>My cat</b> jumped\non the desk. \N{CAT FACE}"
    with database.transaction() as tx:
        FlagReviewRepo(tx).comment(flag_id, text, now)
    with database.reading() as tx:
        assert FlagReviewRepo(tx).comments(interview) == [FlagComment(flag_id, text, now)]


def test_another_interviews_decisions_are_not_listed(
    database: Database, interview: str, flag_id: int, now: datetime
) -> None:
    with database.transaction() as tx:
        FlagReviewRepo(tx).decide(flag_id, Verdict.DISMISSED, "", "Grace", now)
        FlagReviewRepo(tx).comment(flag_id, "It was me.", now)
    with database.reading() as tx:
        assert (FlagReviewRepo(tx).reviews("s-2"), FlagReviewRepo(tx).comments("s-2")) == ([], [])


def test_a_flag_knows_its_interview(database: Database, interview: str, flag_id: int) -> None:
    with database.reading() as tx:
        assert FlagReviewRepo(tx).session_of(flag_id) == interview


def test_an_unknown_flag_is_said_to_be_unknown(database: Database) -> None:
    with database.reading() as tx, pytest.raises(NotFound, match="does not exist"):
        FlagReviewRepo(tx).session_of(77)
