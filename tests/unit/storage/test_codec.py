import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import StorageUnavailable
from core.domain.flow import FlowState, Phase
from core.domain.interview import AnswerEnding, AnswerMode, InterviewPlan
from core.storage.codec import decode, encode

MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]),
)
SECONDS = st.floats(min_value=0, max_value=1e6)
STATES = st.builds(
    FlowState,
    phase=st.sampled_from(Phase),
    updated_at=MOMENTS,
    question_index=st.integers(0, 100),
    attempt=st.integers(1, 10),
    deadline=st.none() | MOMENTS,
    ending=st.none() | st.sampled_from(AnswerEnding),
    paused_phase=st.none() | st.sampled_from(Phase),
    remaining_s=st.none() | SECONDS,
    pauses_used=st.integers(0, 10),
    paused_s=SECONDS,
)
PLANS = st.builds(
    InterviewPlan,
    subject=st.text(),
    think_s=SECONDS,
    time_factor=SECONDS,
    answer_mode=st.sampled_from(AnswerMode),
    watch_camera=st.booleans(),
)
NOW = datetime(2026, 11, 8, tzinfo=UTC)


@given(STATES)
def test_any_state_survives_json(state: FlowState) -> None:
    again = decode(FlowState, json.loads(json.dumps(encode(state))))
    assert again == state
    assert again.updated_at.tzinfo is UTC


@given(PLANS)
def test_any_plan_survives_json(plan: InterviewPlan) -> None:
    assert decode(InterviewPlan, json.loads(json.dumps(encode(plan)))) == plan


def test_old_and_newer_rows_stay_readable() -> None:
    plan = decode(InterviewPlan, {"subject": "SQL", "retries": 3, "colour": "blue", "think_s": 10})
    assert plan == InterviewPlan("SQL", retries=3, think_s=10.0)


@pytest.mark.parametrize(
    "damage",
    [
        {"phase": "dancing"},
        {"updated_at": "soon"},
        {"updated_at": 5},
        {"question_index": "2"},
        {"question_index": True},
        {"attempt": None},
    ],
)
def test_damage_is_said_not_guessed(damage: dict[str, object]) -> None:
    with pytest.raises(StorageUnavailable, match="FlowState"):
        decode(FlowState, encode(FlowState(Phase.ASKING, NOW)) | damage)


def test_a_required_key_cannot_be_missing() -> None:
    with pytest.raises(StorageUnavailable, match="phase"):
        decode(FlowState, {"updated_at": NOW.isoformat()})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        encode(FlowState(Phase.ASKING, datetime(2026, 1, 1)))
