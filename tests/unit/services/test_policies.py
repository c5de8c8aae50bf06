"""Policies of an installation: built in, edited, restored, and copied into interviews."""

import json
import logging

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse
from policies import policy_text

from core.bootstrap import House
from core.domain.errors import InvalidInput, NotFound
from core.domain.policy import LeaveAction, Severity, Stakes
from core.domain.watch import FlagKind
from core.proctoring.policy import policy_of
from core.services.policies import PoliciesService
from core.storage.policies import PolicyRepo


def own(name: str = "Exam", **changes: object) -> str:
    return policy_text(name=name, **changes)


@pytest.fixture
def policies(house: House) -> PoliciesService:
    return house.policies


def put(house: House, name: str, data: dict) -> None:
    """A row as no page would write it."""
    with house.database.transaction() as tx:
        PolicyRepo(tx).add(name, data, house.clock.now())


def test_the_built_in_policies_are_there_from_the_beginning(policies: PoliciesService) -> None:
    assert [p.name for p in policies.list()] == ["low", "medium", "high"]


def test_a_saved_policy_is_listed_after_the_built_in_ones(policies: PoliciesService) -> None:
    policies.save(own())
    assert [(p.name, p.built_in) for p in policies.list()][-1] == ("Exam", False)


def test_a_saved_policy_says_what_its_file_said(policies: PoliciesService) -> None:
    policies.save(own(stakes="high", severity={"phone": "low"}, lock_mode=True))
    file = policies.get("Exam").file
    assert file is not None
    assert (file.stakes, dict(file.severity), file.lock_mode) == (Stakes.HIGH, {FlagKind.PHONE: Severity.LOW}, True)


def test_saving_again_makes_the_new_version_count(policies: PoliciesService) -> None:
    policies.save(own(lock_mode=True))
    policies.save(own(lock_mode=False))
    file = policies.get("Exam").file
    assert file is not None and not file.lock_mode and len(policies.versions("Exam")) == 2


def test_saving_the_same_again_makes_no_version(policies: PoliciesService) -> None:
    policies.save(own())
    policies.save(own())
    assert len(policies.versions("Exam")) == 1


@pytest.mark.parametrize("name", ["low", "Medium", "HIGH"])
def test_a_built_in_policy_cannot_be_replaced(policies: PoliciesService, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        policies.save(own(name))
    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["low", "medium", "high"])
def test_a_built_in_policy_cannot_be_removed(policies: PoliciesService, name: str) -> None:
    with pytest.raises(InvalidInput):
        policies.remove(name)


def test_a_wrong_policy_is_not_stored(policies: PoliciesService) -> None:
    with pytest.raises(InvalidInput):
        policies.save(own(stakes="highest"))
    assert len(policies.list()) == 3


def test_an_earlier_version_can_be_restored(policies: PoliciesService) -> None:
    policies.save(own(lock_mode=True))
    policies.save(own(lock_mode=False))
    file = policies.restore("Exam", policies.versions("Exam")[1].id).file
    assert file is not None and file.lock_mode


def test_restoring_can_be_undone(policies: PoliciesService) -> None:
    policies.save(own(lock_mode=True))
    policies.save(own(lock_mode=False))
    policies.restore("Exam", policies.versions("Exam")[1].id)
    file = policies.restore("Exam", policies.versions("Exam")[1].id).file
    assert file is not None and not file.lock_mode


def test_a_removed_policy_is_not_listed_and_can_be_restored(policies: PoliciesService) -> None:
    policies.save(own())
    policies.remove("Exam")
    assert (len(policies.list()), policies.removed()) == (3, ["Exam"])
    policies.restore("Exam", policies.versions("Exam")[1].id)
    assert (len(policies.list()), policies.removed()) == (4, [])


def test_a_version_of_another_policy_is_not_restored(policies: PoliciesService) -> None:
    policies.save(own("One"))
    policies.save(own("Two"))
    with pytest.raises(NotFound):
        policies.restore("One", policies.versions("Two")[0].id)


def test_an_unknown_policy_is_not_found(policies: PoliciesService) -> None:
    with pytest.raises(NotFound):
        policies.get("Exam")


def test_a_policy_survives_the_process(make_house: MakeHouse) -> None:
    make_house().policies.save(own())
    assert make_house().policies.get("Exam").file is not None


def test_a_stored_policy_that_cannot_be_read_is_listed_with_the_reason(house: House) -> None:
    put(house, "Old", {"version": 1, "name": "Old", "stakes": "extreme"})
    found = house.policies.get("Old")
    assert found.file is None and "extreme" in found.trouble


# --- in interviews ------------------------------------------------------------------------------------------


def test_an_interview_is_held_by_the_policy_of_the_settings(make_house: MakeHouse, clock: ManualClock) -> None:
    plan = Holder.registered(make_house(monitor_policy="high"), clock).view.plan
    policy = policy_of(plan)
    assert (policy.name, policy.lock_mode, policy.leave.action) == ("high", True, LeaveAction.DEDUCT)


def test_the_settings_may_name_an_own_policy(make_house: MakeHouse, clock: ManualClock) -> None:
    house = make_house(monitor_policy="Exam")
    house.policies.save(own(leave={"action": "end", "warnings": 2}))
    assert policy_of(Holder.registered(house, clock).view.plan).leave.action is LeaveAction.END


def test_a_policy_that_is_not_there_gives_way_to_medium_and_says_so(
    make_house: MakeHouse, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    house = make_house(monitor_policy="Exam")
    with caplog.at_level(logging.ERROR):
        plan = Holder.registered(house, clock).view.plan
    assert policy_of(plan).name == "medium"
    assert "cannot be used" in caplog.text and "medium is used instead" in house.policies.choose().trouble


def test_a_chosen_policy_that_cannot_be_read_gives_way_to_medium_and_says_so(house: House) -> None:
    put(house, "Old", {"version": 9})
    chosen = house.policies.choose("Old")
    assert chosen.name == "medium" and "cannot be read" in chosen.trouble


def test_a_later_edit_does_not_change_an_interview(make_house: MakeHouse, clock: ManualClock) -> None:
    house = make_house(monitor_policy="Exam")
    house.policies.save(own(lock_mode=True))
    holder = Holder.registered(house, clock)
    house.policies.save(own(lock_mode=False))
    assert policy_of(holder.view.plan).lock_mode


def test_the_copy_in_a_plan_is_complete(house: House) -> None:
    house.policies.save(own(severity={"phone": "low"}))
    severity = json.loads(house.policies.choose("Exam").text)["severity"]
    assert set(severity) == {kind.value for kind in FlagKind} and severity["phone"] == "low"


def test_an_invitation_keeps_the_policy_it_was_made_with(house: House, clock: ManualClock) -> None:
    house.policies.save(own(lock_mode=True))
    token = house.registration.create_invite(house.registration.plan_from_settings("Python", "Exam"), None)
    house.policies.remove("Exam")
    assert policy_of(Holder.registered(house, clock, invite=token).view.plan).lock_mode


def test_the_policy_of_an_interview_stands_in_its_log(make_house: MakeHouse, clock: ManualClock) -> None:
    holder = Holder.registered(make_house(monitor_policy="low"), clock)
    assert holder.logged("policy") == [{"name": "low"}]
