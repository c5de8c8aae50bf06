"""Reviewers decide, candidates comment, and both are kept."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import Holder

from core.bootstrap import House
from core.domain.errors import InvalidInput, NotFound
from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span
from core.domain.integrity import IntegrityBand
from core.domain.policy import Severity
from core.domain.review import Verdict
from core.domain.watch import Flag, FlagKind
from core.services.flag_book import FlagBook

NOTE = "She looked at <b>the cat</b>."


@pytest.fixture
def flag_id(held: Holder, clock: ManualClock) -> int:
    """A flag that lasted a minute."""
    held.start()
    now = clock.now()
    flag = Flag(FlagKind.NO_FACE, now, now + timedelta(seconds=60), 1.0, "No face was visible for 1 min.")
    flag_id = FlagBook(held.house.database, clock).open(held.session_id, flag)
    assert flag_id is not None
    return flag_id


@pytest.fixture
def ten_minutes(clock: ManualClock) -> HealthReport:
    """A monitor that saw all of ten minutes."""
    span = (Span(clock.now(), clock.now() + timedelta(seconds=600)),)
    return HealthReport(span, tuple(SourceHealth(s, True, span, (), 1.0) for s in MonitorSource))


def test_a_decision_is_kept_with_note_name_and_time(
    house: House, held: Holder, flag_id: int, clock: ManualClock
) -> None:
    made = house.reviews.decide(flag_id, Verdict.DISMISSED, f" {NOTE} ", " Grace  Hopper ")
    assert (made.note, made.reviewer, made.at) == (NOTE, "Grace Hopper", clock.now())
    assert house.reviews.reviews(held.session_id) == [made]


def test_the_latest_decision_counts_and_the_earlier_stay(house: House, held: Holder, flag_id: int) -> None:
    for verdict in (Verdict.DISMISSED, Verdict.OPEN, Verdict.CONFIRMED):
        house.reviews.decide(flag_id, verdict, "", "Grace")
    (entry,) = held.file.flag_files()
    assert entry.verdict is Verdict.CONFIRMED
    assert [review.verdict for review in entry.reviews] == [Verdict.DISMISSED, Verdict.OPEN, Verdict.CONFIRMED]


def test_a_decision_is_logged_by_number_and_without_what_was_written(house: House, held: Holder, flag_id: int) -> None:
    house.reviews.decide(flag_id, Verdict.CONFIRMED, NOTE, "Grace")
    assert held.logged("flag_reviewed") == [{"flag_id": flag_id, "review_id": 1, "verdict": "confirmed"}]


@pytest.mark.parametrize(
    ("note", "reviewer", "field"), [("", "  ", "reviewer"), ("", "x" * 81, "reviewer"), ("x" * 2001, "Grace", "note")]
)
def test_a_decision_needs_a_name_and_bounds(
    house: House, held: Holder, flag_id: int, note: str, reviewer: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        house.reviews.decide(flag_id, Verdict.CONFIRMED, note, reviewer)
    assert refused.value.field == field
    assert house.reviews.reviews(held.session_id) == []


def test_an_unknown_flag_cannot_be_decided(house: House) -> None:
    with pytest.raises(NotFound):
        house.reviews.decide(999, Verdict.CONFIRMED, "", "Grace")


def test_dismissing_a_flag_raises_the_score_and_undoing_lowers_it_again(
    house: House, held: Holder, flag_id: int, ten_minutes: HealthReport
) -> None:
    scores = [house.reviews.integrity(held.session_id, ten_minutes).score]
    for verdict in (Verdict.DISMISSED, Verdict.OPEN):
        house.reviews.decide(flag_id, verdict, "", "Grace")
        scores.append(house.reviews.integrity(held.session_id, ten_minutes).score)
    assert scores == [85.0, 100.0, 85.0]


def test_a_confirmed_flag_counts_like_one_nobody_decided(
    house: House, held: Holder, flag_id: int, ten_minutes: HealthReport
) -> None:
    before = house.reviews.integrity(held.session_id, ten_minutes)
    house.reviews.decide(flag_id, Verdict.CONFIRMED, "", "Grace")
    assert house.reviews.integrity(held.session_id, ten_minutes) == before


def test_the_score_goes_by_the_severity_fixed_when_the_flag_was_raised(
    house: House, held: Holder, flag_id: int, ten_minutes: HealthReport
) -> None:
    (line,) = house.reviews.integrity(held.session_id, ten_minutes).lines
    assert line.severity is held.file.flags[0].severity is Severity.MEDIUM


def test_an_interview_nothing_is_known_of_has_no_score(house: House, held: Holder) -> None:
    assert house.reviews.integrity(held.session_id).band is IntegrityBand.NOT_ENOUGH


def test_the_latest_comment_counts(house: House, held: Holder, flag_id: int) -> None:
    house.reviews.comment(held.session_id, flag_id, "It was me.")
    house.reviews.comment(held.session_id, flag_id, " It was my cat. ")
    (entry,) = held.file.flag_files()
    assert entry.comment is not None and entry.comment.text == "It was my cat."
    assert [comment.text for comment in held.file.comments] == ["It was me.", "It was my cat."]


def test_an_empty_comment_takes_it_back(house: House, held: Holder, flag_id: int) -> None:
    house.reviews.comment(held.session_id, flag_id, "It was me.")
    house.reviews.comment(held.session_id, flag_id, "")
    assert held.file.flag_files()[0].comment is None


def test_a_comment_is_logged_without_its_words(house: House, held: Holder, flag_id: int) -> None:
    house.reviews.comment(held.session_id, flag_id, "It was my cat.")
    assert held.logged("flag_commented") == [{"flag_id": flag_id, "comment_id": 1}]


def test_a_comment_of_2000_characters_is_taken(house: House, held: Holder, flag_id: int) -> None:
    assert len(house.reviews.comment(held.session_id, flag_id, "x" * 2000).text) == 2000


def test_a_longer_comment_is_refused_with_the_next_step(house: House, held: Holder, flag_id: int) -> None:
    with pytest.raises(InvalidInput, match="2,001 characters") as refused:
        house.reviews.comment(held.session_id, flag_id, "x" * 2001)
    assert (refused.value.field, refused.value.next_step) == ("comment", "Shorten it to 2,000 or less.")


def test_a_flag_of_somebody_else_cannot_be_commented(
    house: House, held: Holder, flag_id: int, clock: ManualClock
) -> None:
    other = Holder.registered(house, clock, "eve@example.org")
    with pytest.raises(NotFound):
        house.reviews.comment(other.session_id, flag_id, "Mine.")


@pytest.fixture
def said(house: House, held: Holder, flag_id: int) -> Holder:
    """An interview whose flag was commented on and dismissed."""
    house.reviews.comment(held.session_id, flag_id, "It was my cat.")
    house.reviews.decide(flag_id, Verdict.DISMISSED, NOTE, "Grace")
    return held


def package(holder: Holder) -> dict:
    archive = zipfile.ZipFile(io.BytesIO(holder.house.desk.package(holder.session_id)))
    return json.loads(archive.read("interview.json"))


def test_the_package_holds_decisions_and_comments_with_each_flag(said: Holder) -> None:
    (flag,) = package(said)["flags"]
    assert (flag["severity"], flag["evidence"], flag["health"]) == ("medium", [], {})
    assert [(r["verdict"], r["note"], r["reviewer"]) for r in flag["reviews"]] == [("dismissed", NOTE, "Grace")]
    assert [c["text"] for c in flag["comments"]] == ["It was my cat."]


def test_the_package_holds_the_score_with_its_arithmetic(said: Holder) -> None:
    integrity = package(said)["integrity"]
    assert integrity["band"] == "Not enough monitoring" and integrity["score"] is None
    assert [line["kind"] for line in integrity["lines"]] == ["no_face"]


def test_the_candidates_copy_holds_flags_and_comments_but_nothing_a_reviewer_wrote(said: Holder) -> None:
    text = said.house.desk.own_copy(said.session_id).decode()
    (flag,) = json.loads(text)["flags"]
    assert flag["set_aside"] is True and [c["text"] for c in flag["comments"]] == ["It was my cat."]
    assert "reviews" not in flag and "cat</b>" not in text and "Grace" not in text


def test_the_candidates_copy_holds_no_score(said: Holder) -> None:
    assert "integrity" not in json.loads(said.house.desk.own_copy(said.session_id))
