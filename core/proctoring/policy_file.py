"""A policy as people write it: a JSON file with a schema, and errors that name the field and the next step."""

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from core.domain.errors import InvalidInput
from core.domain.policy import LeaveAction, Severity, Stakes
from core.domain.watch import FlagKind

MAX_POLICY_BYTES = 20_000
"""A whole policy is a twentieth of this."""
MAX_NAME_CHARS = 60
_NAME = r"^[^\W_]([\w .-]*[^\W_])?$"


class LeaveFile(BaseModel):
    """What follows from leaving the page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: LeaveAction = Field(
        default=LeaveAction.WARN,
        description="log: noted only. warn: told as '1 of n'. deduct: after the warnings, time is taken from the open "
        "question. end: after the warnings, the interview ends and a person must look at it.",
    )
    warnings: int | None = Field(
        default=None,
        ge=1,
        le=50,
        description="Warnings before anything else follows; left out, the setting PAGE_WARNINGS.",
    )
    deduct_s: float = Field(default=15.0, ge=1, le=600, description="Seconds taken at each leaving after the warnings.")


class PolicyFile(BaseModel):
    """How much each kind of flag matters, and what follows from leaving the page."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Policy of the interview monitor")

    version: Literal[1] = Field(description="Version of this format.")
    name: str = Field(
        max_length=MAX_NAME_CHARS, pattern=_NAME, description="Letters, digits, spaces, full stops and hyphens."
    )
    stakes: Stakes = Field(description="How much hangs on the interview.")
    severity: dict[FlagKind, Severity] = Field(
        default_factory=dict,
        description="By kind of flag. A kind left out has the severity of the built-in policy for the same stakes.",
    )
    leave: LeaveFile = Field(default_factory=lambda: LeaveFile(), description="What follows from leaving the page.")
    lock_mode: bool = Field(default=False, description="The page asks for full screen, and leaving it is noted.")


def policy_schema() -> str:
    """The JSON schema of a policy file, as indented text."""
    return json.dumps(PolicyFile.model_json_schema(), indent=2)


def parse_policy(data: str | bytes) -> PolicyFile:
    """Read a policy file.

    Args:
        data: The file, or its text.

    Raises:
        InvalidInput: ``field`` is the path of the first thing that is wrong, as ``severity.phone``; ``policy`` when
            it is the whole file.
    """
    text = _text_of(data)
    try:
        content = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_such_number)
    except RecursionError as error:
        raise InvalidInput("policy", "The policy is nested too deeply.", _START_AGAIN) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, character {error.colno}"
        raise InvalidInput(
            "policy", f"This is no JSON: {error.msg} at {where}.", "Correct that place, then save again."
        ) from error
    except ValueError as error:  # more digits than Python reads
        raise InvalidInput("policy", "A number in the policy is far too long.", "Write a plain number.") from error
    if not isinstance(content, dict):
        raise InvalidInput("policy", "A policy is a JSON object in braces.", _START_AGAIN)
    try:
        return PolicyFile.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise _plain(error.errors(include_url=False, include_context=False)[0]) from error


_START_AGAIN = "Start from the text of a built-in policy."


def _text_of(data: str | bytes) -> str:
    size = len(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    if size > MAX_POLICY_BYTES:
        raise InvalidInput(
            "policy", f"The policy has {size:,} bytes; {MAX_POLICY_BYTES:,} are allowed.", "Choose the right file."
        )
    try:
        # Also a text: a lone half of a character pair is no Unicode.
        raw = data.encode() if isinstance(data, str) else data
        return raw.decode("utf-8-sig")
    except UnicodeError as error:
        raise InvalidInput("policy", "The policy is not text in UTF-8.", "Save it as UTF-8.") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InvalidInput(key, f'"{_quoted(key)}" is there twice.', "Keep one of the two.")
        found[key] = value
    return found


def _no_such_number(name: str) -> None:
    raise InvalidInput("policy", f"{name} is no number a policy can have.", "Write a plain number.")


def _plain(problem: ErrorDetails) -> InvalidInput:
    """The first problem in words; ``input`` is what the file says there."""
    path = [str(part) for part in problem["loc"] if part != "[key]"]
    field, kind = ".".join(path) or "policy", problem["type"]
    name, given = f'"{_quoted(field)}"', problem["input"]
    if kind == "enum":
        return _not_one_of(field, path, given, is_key=problem["loc"][-1] == "[key]")
    if kind == "missing":
        return InvalidInput(field, f"The policy does not say {name}.", "Add it; the schema lists what it may be.")
    if kind == "extra_forbidden":
        known = [*PolicyFile.model_fields] if len(path) == 1 else [*LeaveFile.model_fields]
        return InvalidInput(
            field, f"{name} is no part of a policy.", _suggest(path[-1], known) or f"Known are: {', '.join(known)}."
        )
    if kind == "literal_error":
        return InvalidInput(field, f"{name} must be 1, the only version there is.", "Write 1.")
    if kind in ("greater_than_equal", "less_than_equal"):
        low, high = (1, 50) if field == "leave.warnings" else (1, 600)
        return InvalidInput(field, f"{name} must lie between {low} and {high}.", "Correct the number.")
    if kind in ("string_pattern_mismatch", "string_too_long"):
        words = f"{name} must begin and end with a letter or digit and have at most {MAX_NAME_CHARS} characters"
        return InvalidInput(field, f"{words}, with only spaces, full stops, hyphens between.", "Choose another name.")
    wanted = next((words for part, words in _WANTED if kind.startswith(part)), "of another kind")
    return InvalidInput(field, f"{name} must be {wanted}.", "Correct it; the schema lists what it may be.")


_WANTED = (
    ("int", "a whole number"),
    ("float", "a number"),
    ("finite", "a number"),
    ("bool", "true or false"),
    ("string", "a text in quotation marks"),
    ("dict", "an object in braces"),
    ("model", "an object in braces"),
)


def _not_one_of(field: str, path: Sequence[str], given: Any, *, is_key: bool) -> InvalidInput:
    what, allowed = {
        "stakes": ("no stakes", [s.value for s in Stakes]),
        "leave": ("nothing that can follow from leaving the page", [a.value for a in LeaveAction]),
        "severity": ("no severity", [s.value for s in Severity]),
    }[path[0]]
    if is_key:
        what, allowed = "no kind of flag", [k.value for k in FlagKind]
    hint = _suggest(str(given), allowed) or f"Use one of: {', '.join(allowed)}."
    where = "" if is_key else f' of "{_quoted(field)}"'
    return InvalidInput(field, f'"{_quoted(str(given))}"{where} is {what}.', hint)


def _suggest(given: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(given, known, 1)
    return f'Did you mean "{near[0]}"?' if near else ""


def _quoted(text: str) -> str:
    """What a file says, fit for a message that is drawn as Markdown."""
    return re.sub(r"[^\w .-]", "?", text[:40])
