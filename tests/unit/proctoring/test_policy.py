"""The policy an interview is held by."""

import logging

import pytest

from core.domain.errors import NotFound
from core.domain.interview import InterviewPlan
from core.domain.policy import LeaveAction, Severity, Stakes
from core.domain.watch import FlagKind
from core.proctoring.policy import BUILT_IN, built_in, plan_text, policy_of, severities
from core.proctoring.policy_file import parse_policy

ORDER = list(Severity)


def plan(policy: str = "", page_warnings: int = 3) -> InterviewPlan:
    return InterviewPlan("Python", policy=policy, page_warnings=page_warnings)


def test_a_plan_without_a_policy_is_held_by_medium_stakes() -> None:
    assert policy_of(plan()).name == "medium"


def test_the_default_is_to_warn_three_times() -> None:
    rule = policy_of(plan()).leave
    assert (rule.action, rule.warnings) == (LeaveAction.WARN, 3)


def test_a_policy_that_leaves_the_warnings_out_takes_those_of_the_plan() -> None:
    assert policy_of(plan(page_warnings=7)).leave.warnings == 7


def test_a_policy_that_says_how_often_to_warn_is_followed() -> None:
    text = '{"version": 1, "name": "x", "stakes": "low", "leave": {"warnings": 2}}'
    assert policy_of(plan(text, page_warnings=7)).leave.warnings == 2


def test_only_high_stakes_lock_the_page() -> None:
    assert [policy_of(plan(plan_text(built_in(name)))).lock_mode for name in BUILT_IN] == [False, False, True]


def test_low_stakes_cost_nothing_and_no_built_in_policy_ends_an_interview() -> None:
    actions = [policy_of(plan(plan_text(built_in(name)))).leave.action for name in BUILT_IN]
    assert actions == [LeaveAction.LOG, LeaveAction.WARN, LeaveAction.DEDUCT]


@pytest.mark.parametrize("kind", list(FlagKind))
def test_no_kind_weighs_less_where_more_is_at_stake(kind: FlagKind) -> None:
    weights = [ORDER.index(built_in(name).severity[kind]) for name in BUILT_IN]
    assert weights == sorted(weights)


@pytest.mark.parametrize("stakes", list(Stakes))
def test_a_kind_left_out_has_the_severity_of_its_stakes(stakes: Stakes) -> None:
    file = parse_policy(f'{{"version": 1, "name": "x", "stakes": "{stakes}", "severity": {{"phone": "info"}}}}')
    assert severities(file) == {**built_in(stakes.value).severity, FlagKind.PHONE: Severity.INFO}


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2, "name": "x", "stakes": "low"}', '{"stakes": "low"}'])
def test_a_stored_policy_that_cannot_be_read_gives_way_to_medium_and_says_so(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        policy = policy_of(plan(text, page_warnings=11))
    assert policy.stakes is Stakes.MEDIUM and "cannot be read" in policy.note and "cannot be read" in caplog.text


def test_a_readable_policy_has_no_note() -> None:
    assert policy_of(plan(plan_text(built_in("high")))).note == ""


def test_an_unknown_built_in_policy_is_not_found() -> None:
    with pytest.raises(NotFound):
        built_in("extreme")
