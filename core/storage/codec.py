"""Interview plans and flow states as JSON. Old rows must stay readable after fields are added or dropped."""

import types
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from core.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def encode(value: "DataclassInstance") -> dict[str, Any]:
    """Flat dataclass to plain JSON values: enums by value, datetimes as ISO 8601 in UTC.

    Raises:
        ValueError: A datetime has no timezone.
    """
    return {field.name: _encode_value(getattr(value, field.name)) for field in fields(value)}


def decode(kind: type[T], data: dict[str, Any]) -> T:
    """Rebuild ``kind``; unknown keys are ignored, missing ones take the field's default.

    Raises:
        StorageUnavailable: A required key is missing, or a value is not what the field takes.
    """
    hints = _hints(kind)
    try:
        known = {f.name: _decode_value(hints[f.name], data[f.name]) for f in fields(kind) if f.name in data}
    except (TypeError, ValueError) as error:
        raise _unreadable(kind, str(error)) from error
    missing = [f.name for f in fields(kind) if f.name not in known and f.default is MISSING]
    if missing:
        raise _unreadable(kind, f"missing {', '.join(missing)}")
    return kind(**known)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _unreadable(kind: type, why: str) -> StorageUnavailable:
    return StorageUnavailable(
        f"A stored {kind.__name__} cannot be read: {why}.",
        "Ask the person who runs this site to check the database.",
    )


def _encode_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a timezone cannot be stored")
        return value.astimezone(UTC).isoformat()
    return value


def _decode_value(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        hint = next(arg for arg in get_args(hint) if arg is not types.NoneType)
    if get_origin(hint) is tuple:  # of one kind, as tuple[str, ...]
        if not isinstance(value, list | tuple):
            raise ValueError(f"{value!r} is not a list")
        return tuple(_decode_value(get_args(hint)[0], item) for item in value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if hint is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"{value!r} is not a {hint.__name__}")
    return value
