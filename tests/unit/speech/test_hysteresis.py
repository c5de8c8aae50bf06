import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.machine_state import MachineState
from core.speech.hysteresis import Cleared, Hysteresis, HysteresisParams, Raised

PARAMS = HysteresisParams(on=10.0, off=5.0, start_s=2.0, stop_s=1.0)


def run(machine: Hysteresis, values: list[float | None], step_s: float = 0.5) -> list[Raised | Cleared]:
    changes = [machine.observe(n * step_s, value) for n, value in enumerate(values)]
    return [change for change in changes if change is not None]


def test_claim_begins_when_it_began_not_when_it_was_believed() -> None:
    assert run(Hysteresis(PARAMS), [0, 0, 11, 12, 11, 11, 11]) == [Raised(1.0, 12)]


def test_short_burst_is_not_claimed() -> None:
    machine = Hysteresis(PARAMS)
    assert run(machine, [20, 20, 20, 9, 20, 20, 20, 9]) == []
    assert machine.state is MachineState.QUIET


def test_claim_ends_when_it_was_good_again() -> None:
    assert run(Hysteresis(PARAMS), [11] * 5 + [4, 4, 4]) == [Raised(0.0, 11), Cleared(0.0, 2.5, 11)]


def test_values_between_the_thresholds_change_nothing() -> None:
    machine = Hysteresis(PARAMS)
    assert len(run(machine, [11] * 5 + [7] * 20)) == 1
    assert machine.state is MachineState.ACTIVE


def test_stop_that_does_not_last_ends_nothing() -> None:
    machine = Hysteresis(PARAMS)
    assert len(run(machine, [11] * 5 + [4, 11, 4, 11, 4])) == 1
    assert machine.state is MachineState.STOPPING


def test_states_follow_one_another() -> None:
    machine = Hysteresis(PARAMS)
    seen = []
    for n, value in enumerate([0, 11, 11, 11, 11, 11, 4, 4, 4]):
        machine.observe(n * 0.5, value)
        if not seen or seen[-1] is not machine.state:
            seen.append(machine.state)
    assert seen == [
        MachineState.QUIET,
        MachineState.STARTING,
        MachineState.ACTIVE,
        MachineState.STOPPING,
        MachineState.QUIET,
    ]


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_unknown_value_ends_a_claim_at_once(unknown: float | None) -> None:
    assert run(Hysteresis(PARAMS), [11] * 5 + [unknown])[-1] == Cleared(0.0, 2.5, 11)


def test_worst_value_is_kept() -> None:
    assert run(Hysteresis(PARAMS), [11] * 5 + [30, 12, 4, 4, 4])[-1] == Cleared(0.0, 3.5, 30)


def test_earlier_time_is_read_as_the_latest() -> None:
    machine = Hysteresis(PARAMS)
    assert [machine.observe(t, 11) for t in (5.0, 1.0, 6.9)] == [None] * 3
    assert machine.observe(7.0, 11) == Raised(5.0, 11)


@given(st.lists(st.one_of(st.none(), st.floats(0, 20)), max_size=80))
def test_claims_alternate_last_long_enough_and_do_not_overlap(values: list[float | None]) -> None:
    machine = Hysteresis(PARAMS)
    changes = run(machine, values)
    if (last := machine.close(len(values) * 0.5)) is not None:
        changes.append(last)
    assert [type(c) for c in changes] == [Raised, Cleared] * (len(changes) // 2)
    end_s = 0.0
    for raised, cleared in zip(changes[::2], changes[1::2], strict=True):
        assert isinstance(cleared, Cleared)
        assert raised.started_s == cleared.started_s >= end_s
        assert cleared.ended_s - cleared.started_s >= PARAMS.start_s
        end_s = cleared.ended_s
