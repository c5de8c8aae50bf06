"""The page of policies, the invitation form, and what an ending by policy looks like to both sides."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from browser_tab import PASSWORD, Tab, consented

from core.bootstrap import House
from core.domain.interview import InterviewPlan
from core.domain.page_events import PageEventKind
from core.proctoring.policy import policy_of
from core.storage.interviews import InterviewRepo

NewTab = Callable[..., Tab]
EXAM = {"version": 1, "name": "Exam", "stakes": "high", "leave": {"action": "end", "warnings": 1}}


@pytest.fixture
def desk(tab: Tab) -> Tab:
    """A tab whose recruiter has signed in."""
    return tab.open("recruiter").fill("Password", PASSWORD).press("Sign in")


@pytest.fixture
def page(desk: Tab) -> Tab:
    """The page of policies."""
    return desk.open("policies")


def write(tab: Tab, policy: object) -> Tab:
    (box,) = [area for area in tab.at.text_area if area.label == "Policy as JSON"]
    box.set_value(policy if isinstance(policy, str) else json.dumps(policy))
    return tab.press("Save")


def test_without_a_password_no_policy_is_shown(tab: Tab) -> None:
    assert "Recruiter sign-in" in tab.open("policies").text


def test_the_default_policy_is_shown_first_in_words(page: Tab) -> None:
    assert "Medium stakes" in page.text and "Leaving the page is warned about 3 times" in page.text


def test_every_kind_of_flag_has_its_severity_on_the_page(page: Tab) -> None:
    (table,) = [f.value for f in page.at.dataframe if "Severity" in f.value.columns]
    assert len(table) == 19 and set(table["Severity"]) == {"▲ High", "◆ Medium", "● Low", "○ Info"}


def test_a_policy_is_saved_and_chosen(page: Tab, house: House) -> None:
    write(page, EXAM)
    assert "The next time ends the interview" in page.text
    assert house.policies.get("Exam").file is not None


def test_a_wrong_policy_is_answered_with_the_field_and_the_text_stays(page: Tab, house: House) -> None:
    write(page, {**EXAM, "stakes": "hgih"})
    assert 'Did you mean "high"?' in page.messages and len(house.policies.list()) == 3
    assert "hgih" in page.at.text_area[0].value


def test_what_is_no_json_is_answered_with_the_place(page: Tab) -> None:
    assert "This is no JSON" in write(page, "{").messages


def test_a_built_in_policy_is_not_overwritten(page: Tab) -> None:
    assert "stays as it is" in write(page, {**EXAM, "name": "high"}).messages


def test_the_last_change_can_be_undone(page: Tab, house: House) -> None:
    write(write(page, EXAM), {**EXAM, "lock_mode": True}).press("Undo the last change")
    file = house.policies.get("Exam").file
    assert file is not None and not file.lock_mode


def test_a_removed_policy_can_be_brought_back(page: Tab, house: House) -> None:
    write(page, EXAM).press("Remove this policy")
    assert len(house.policies.list()) == 3
    page.press("Bring back Exam")
    assert len(house.policies.list()) == 4


def test_a_built_in_policy_offers_no_way_to_remove_it(page: Tab) -> None:
    assert not page.has_button("Remove this policy")


def invited(house: House, tab: Tab) -> InterviewPlan:
    (link,) = [c.value for c in tab.press("Create invitation").at.code]
    plan = house.registration.read_invite(link.partition("invite=")[2])
    assert plan is not None
    return plan


def test_an_invitation_holds_the_chosen_policy(house: House, desk: Tab) -> None:
    plan = invited(house, desk.fill("Policy of the monitor", "high"))
    assert policy_of(plan).lock_mode and "Policy: high (high stakes)" in desk.text


def test_an_invitation_offers_own_policies(house: House, desk: Tab) -> None:
    house.policies.save(json.dumps(EXAM))
    desk._run().fill("Policy of the monitor", "Exam")
    assert policy_of(invited(house, desk)).name == "Exam"


def test_an_invitation_holds_what_is_not_noted_and_the_wider_windows(house: House, desk: Tab) -> None:
    (kinds,) = [m for m in desk.at.multiselect if m.label == "Not noted"]
    kinds.set_value(["Looking away", "Leaving the page"])
    desk.fill("What the rest must last", 1.5)
    plan = invited(house, desk)
    assert (set(plan.rules_off), plan.window_factor) == ({"looking_away", "tab_switching"}, 1.5)


@pytest.fixture
def ended(house: House) -> tuple[str, str]:
    """An interview the policy ended: left once with a warning and once more."""
    session_id, token = consented(house)
    with house.database.transaction() as tx:
        plan = InterviewRepo(tx).get(session_id).plan
        InterviewRepo(tx).save_plan(session_id, replace(plan, policy=json.dumps(EXAM)))
    house.interviews.start(session_id)
    # The second follows at once and belongs to the first; the third is the one too many.
    house.pages.record(session_id, [(PageEventKind.HIDDEN, 0), (PageEventKind.VISIBLE, 0)] * 3)
    return session_id, token


def test_a_candidate_reads_why_it_ended_who_looks_and_how_to_object(new_tab: NewTab, ended: tuple[str, str]) -> None:
    text = new_tab(session_id=ended[0], token=ended[1]).open("results").text
    assert "The page was left 2 times; 1 warning was given before." in text
    assert "looks at it before anything is decided" in text
    assert f"Write to the people who invited you, name the interview number {ended[0]}" in text


def test_a_candidate_who_finished_reads_nothing_of_that(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house)
    house.interviews.start(session_id)
    for _ in range(5):
        view = house.interviews.load(session_id)
        house.interviews.submit(session_id, view.question_key, "Yes.", edited=True, ending="submitted")  # type: ignore[arg-type]
    assert "Why it ended" not in new_tab(session_id=session_id, token=token).open("results").text


def test_the_list_says_that_a_review_is_due(desk: Tab, ended: tuple[str, str]) -> None:
    (row,) = desk._run().at.dataframe[0].value.to_dict("records")
    assert row["State"] == "Ended, review due"


def test_a_reviewer_says_what_was_found_and_nothing_is_due(desk: Tab, ended: tuple[str, str]) -> None:
    desk.open("review", interview=ended[0])
    assert "human review due" in desk.text
    (note,) = [a for a in desk.at.text_area if a.label == "What you found and decided"]
    (name,) = [t for t in desk.at.text_input if t.label == "Your name"]
    note.set_value("A notification took the focus.")
    name.set_value("Eve")
    desk.press("I have looked at this")
    assert "human review due" not in desk.text and "Eve: A notification took the focus." in desk.text


def test_a_look_without_words_is_refused(desk: Tab, ended: tuple[str, str]) -> None:
    desk.open("review", interview=ended[0]).press("I have looked at this")
    assert "Your name is missing" in desk.messages and "human review due" in desk.text


def test_a_reviewer_reads_by_which_policy_it_was_held(desk: Tab, ended: tuple[str, str]) -> None:
    assert "Policy: Exam (high stakes)." in desk.open("review", interview=ended[0]).text


def test_a_reviewer_is_told_when_the_policy_cannot_be_read(desk: Tab, house: House, ended: tuple[str, str]) -> None:
    with house.database.transaction() as tx:
        plan = InterviewRepo(tx).get(ended[0]).plan
        InterviewRepo(tx).save_plan(ended[0], replace(plan, policy="{"))
    assert "cannot be read" in desk.open("review", interview=ended[0]).messages
