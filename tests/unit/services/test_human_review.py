"""An interview the policy ended waits for a person, who says what they found."""

from dataclasses import replace

import pytest
from holding import Holder
from policies import policy_text

from core.domain.errors import InvalidInput, NotFound
from core.domain.page_events import PageEventKind
from core.services.human_review import MAX_NOTE_CHARS, policy_end
from core.storage.interviews import InterviewRepo


@pytest.fixture
def ended(held: Holder) -> Holder:
    """Left once with a warning and once more."""
    text = policy_text(name="Exam", leave={"action": "end", "warnings": 1})
    with held.house.database.transaction() as tx:
        InterviewRepo(tx).save_plan(held.session_id, replace(held.view.plan, policy=text))
    held.begin()
    for _ in range(2):
        held.house.pages.record(held.session_id, [(PageEventKind.HIDDEN, 0)])
        held.house.pages.record(held.session_id, [(PageEventKind.VISIBLE, 0)])
        held.clock.tick(5)
    return held


def is_due(holder: Holder) -> bool:
    return holder.house.desk.search()[0][0].review_due


def test_an_interview_nobody_ended_waits_for_nobody(held: Holder) -> None:
    assert policy_end(held.complete().file.logs) is None and not is_due(held)


def test_an_ended_interview_says_why_and_waits(ended: Holder) -> None:
    end = policy_end(ended.file.logs)
    assert end is not None and is_due(ended)
    assert (end.policy, end.count, end.warnings, end.reviewed_at) == ("Exam", 2, 1, None)


def test_after_a_person_has_looked_nothing_is_due(ended: Holder) -> None:
    ended.house.human_reviews.done(ended.session_id, "Eve", "A notification took the focus.")
    end = policy_end(ended.file.logs)
    assert end is not None and not is_due(ended)
    assert (end.reviewed_at, end.reviewer, end.note) == (ended.clock.now(), "Eve", "A notification took the focus.")


def test_a_second_look_is_kept_and_shown(ended: Holder) -> None:
    for note in ("First.", "Second."):
        ended.house.human_reviews.done(ended.session_id, "Eve", note)
    end = policy_end(ended.file.logs)
    assert end is not None and end.note == "Second." and len(ended.logged("human_review_done")) == 2


@pytest.mark.parametrize(
    "reviewer, note, field",
    [(" ", "A note.", "reviewer"), ("Eve", "\n", "note"), ("Eve", "x" * (MAX_NOTE_CHARS + 1), "note")],
)
def test_a_look_without_name_or_words_is_refused(ended: Holder, reviewer: str, note: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ended.house.human_reviews.done(ended.session_id, reviewer, note)
    assert refused.value.field == field and is_due(ended)


def test_an_interview_that_waits_for_nobody_cannot_be_reviewed(held: Holder) -> None:
    with pytest.raises(InvalidInput):
        held.house.human_reviews.done(held.session_id, "Eve", "A note.")


def test_an_unknown_interview_cannot_be_reviewed(held: Holder) -> None:
    with pytest.raises(NotFound):
        held.house.human_reviews.done("iv-000000000000", "Eve", "A note.")
