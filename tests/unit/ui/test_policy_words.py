"""A policy in words."""

import pytest

from core.domain.interview import InterviewPlan
from core.domain.policy import LeaveAction, LeaveRule
from core.ui.policy_words import leaving_for_candidate, leaving_text, policy_line, policy_note


def plan(action: str, **changes: object) -> InterviewPlan:
    policy = f'{{"version": 1, "name": "Exam", "stakes": "high", "leave": {{"action": "{action}", "warnings": 2}}}}'
    return InterviewPlan("Python", policy=policy, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "action, words",
    [
        ("log", "nothing else follows"),
        ("warn", "you are told 2 times"),
        ("deduct", "After 2 warnings each further time takes **15 seconds**"),
        ("end", "After 2 warnings the next time **ends the interview**"),
    ],
)
def test_a_candidate_reads_what_leaving_leads_to(action: str, words: str) -> None:
    assert words in leaving_for_candidate(plan(action))


def test_a_candidate_who_may_leave_reads_that() -> None:
    assert "You may leave this page" in leaving_for_candidate(plan("end", rules_off=("tab_switching",)))


@pytest.mark.parametrize("action", list(LeaveAction))
def test_every_action_has_words_for_recruiters(action: LeaveAction) -> None:
    assert leaving_text(LeaveRule(action)).endswith(".")


def test_one_warning_is_given_once() -> None:
    assert "warned about once" in leaving_text(LeaveRule(LeaveAction.END, warnings=1))


def test_a_reviewer_reads_which_policy_it_was() -> None:
    assert policy_line(plan("end")).startswith("Policy: Exam (high stakes).")


def test_a_policy_that_cannot_be_read_is_told_to_the_reviewer() -> None:
    broken = InterviewPlan("Python", policy="{")
    assert "cannot be read" in policy_note(broken) and "Policy: medium" in policy_line(broken)
