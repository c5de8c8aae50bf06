"""Policy files: what is read, and what is refused in words that name the field and the next step."""

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInput
from core.domain.policy import LeaveAction, Severity, Stakes
from core.domain.watch import FlagKind
from core.proctoring.policy_file import MAX_POLICY_BYTES, PolicyFile, parse_policy, policy_schema

SMALL: dict[str, Any] = {"version": 1, "name": "Exam", "stakes": "high"}


def with_(**changes: object) -> str:
    return json.dumps({**SMALL, **changes})


def refused(data: str | bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_policy(data)
    return caught.value


def test_the_smallest_policy_is_complete_by_defaults() -> None:
    file = parse_policy(json.dumps(SMALL))
    assert (file.leave.action, file.leave.warnings, file.leave.deduct_s, file.lock_mode, dict(file.severity)) == (
        LeaveAction.WARN, None, 15, False, {},
    )  # fmt: skip


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    assert parse_policy(b"\xef\xbb\xbf" + json.dumps(SMALL).encode()).name == "Exam"


def test_names_of_other_scripts_are_read() -> None:
    assert parse_policy(with_(name="Prüfung 2026")).name == "Prüfung 2026"


WRONG = {
    "nothing": ("", "policy", "no JSON"),
    "half a file": ('{"version": 1,', "policy", "line 1"),
    "a list": ("[]", "policy", "object"),
    "a number": ("7", "policy", "object"),
    "not UTF-8": (b"\xff\xfe{\x00}\x00", "policy", "UTF-8"),
    "half a character pair": ('{"name": "\ud800"}', "policy", "UTF-8"),
    "too large": (" " * (MAX_POLICY_BYTES + 1), "policy", "20,000"),
    "too deep": ("[" * 15_000, "policy", "deep"),
    "a number that is none": ('{"version": NaN}', "policy", "NaN"),
    "a number without end": (with_(leave={"deduct_s": "X"}).replace('"X"', "1e999"), "leave.deduct_s", "600"),
    "a number of 9000 digits": (with_(version="X").replace('"X"', "9" * 9000), "policy", "too long"),
    "a doubled key": ('{"version": 1, "version": 1}', "version", "twice"),
    "a doubled key inside": ('{"leave": {"action": "log", "action": "end"}}', "action", "twice"),
    "no stakes": (json.dumps({"version": 1, "name": "x"}), "stakes", "stakes"),
    "unknown stakes": (with_(stakes="highest"), "stakes", "highest"),
    "no such field": (with_(leev={}), "leev", "leev"),
    "no such field of the rule": (with_(leave={"acton": "log"}), "leave.acton", "acton"),
    "an unknown kind": (with_(severity={"no_fase": "low"}), "severity.no_fase", "no_fase"),
    "an unknown severity": (with_(severity={"no_face": "severe"}), "severity.no_face", "severe"),
    "a severity by number": (with_(severity={"no_face": 3}), "severity.no_face", "3"),
    "severities as a list": (with_(severity=["no_face"]), "severity", "object"),
    "an unknown action": (with_(leave={"action": "expel"}), "leave.action", "expel"),
    "negative seconds": (with_(leave={"deduct_s": -5}), "leave.deduct_s", "between 1 and 600"),
    "seconds as text": (with_(leave={"deduct_s": "15"}), "leave.deduct_s", "a number"),
    "no warning at all": (with_(leave={"warnings": 0}), "leave.warnings", "between 1 and 50"),
    "half a warning": (with_(leave={"warnings": 2.5}), "leave.warnings", "whole number"),
    "true as a number": (with_(leave={"warnings": True}), "leave.warnings", "whole number"),
    "lock mode as text": (with_(lock_mode="yes"), "lock_mode", "true or false"),
    "another version": (with_(version=2), "version", "must be 1"),
    "a name of nothing": (with_(name=""), "name", "letter or digit"),
    "a name in Markdown": (with_(name="**bold**"), "name", "letter or digit"),
    "a name with a line break": (with_(name="a\nb\n"), "name", "letter or digit"),
    "a long name": (with_(name="x" * 61), "name", "60"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_the_field(name: str) -> None:
    assert refused(WRONG[name][0]).field == WRONG[name][1]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_in_words_and_with_the_next_step(name: str) -> None:
    error = refused(WRONG[name][0])
    assert WRONG[name][2] in error.message and error.next_step


@pytest.mark.parametrize("near, meant", [("no_fase", "no_face"), ("tab_switch", "tab_switching")])
def test_a_misspelt_kind_is_met_with_the_right_one(near: str, meant: str) -> None:
    assert meant in refused(with_(severity={near: "low"})).next_step


def test_what_a_file_says_is_not_drawn_as_markdown() -> None:
    error = refused(with_(stakes="[x](javascript:alert(1)) <b>"))
    assert not set("[]()<>*") & set(error.message)


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_file_is_read_or_refused(data: str | bytes) -> None:
    try:
        parse_policy(data)
    except InvalidInput as error:
        assert error.message and error.field


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(["version", "name", "stakes", "severity", "leave", "lock_mode", "else"]),
)
def test_any_value_in_any_field_is_read_or_refused(value: object, field: str) -> None:
    try:
        parse_policy(json.dumps({**SMALL, field: value}))
    except InvalidInput as error:
        assert error.message and error.next_step


@given(
    st.builds(
        lambda stakes, severity, action, lock: {
            **SMALL,
            "stakes": stakes,
            "severity": severity,
            "leave": {"action": action},
            "lock_mode": lock,
        },
        st.sampled_from([s.value for s in Stakes]),
        st.dictionaries(st.sampled_from([k.value for k in FlagKind]), st.sampled_from([s.value for s in Severity])),
        st.sampled_from([a.value for a in LeaveAction]),
        st.booleans(),
    )
)
def test_what_is_written_reads_back_the_same(data: dict[str, Any]) -> None:
    file = parse_policy(json.dumps(data))
    assert parse_policy(file.model_dump_json(exclude_none=True)) == file


def test_the_schema_names_every_field_and_kind() -> None:
    schema = policy_schema()
    assert all(f'"{name}"' in schema for name in [*PolicyFile.model_fields, *(k.value for k in FlagKind)])


def test_the_schema_allows_nothing_else() -> None:
    schema = json.loads(policy_schema())
    assert schema["additionalProperties"] is False and schema["$defs"]["LeaveFile"]["additionalProperties"] is False


@pytest.mark.parametrize("name", [s.value for s in Stakes])
def test_a_built_in_file_is_readable_and_names_every_kind(name: str) -> None:
    data = (resources.files("core.proctoring") / "policies" / f"{name}.json").read_bytes()
    file = parse_policy(data)
    assert file.name == file.stakes.value == name and set(file.severity) == set(FlagKind)
