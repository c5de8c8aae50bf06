"""Column types that keep what SQLite would lose or PostgreSQL would refuse."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class UtcDateTime(TypeDecorator[datetime]):
    """Timezone-aware UTC in Python, naive UTC with microseconds in the table (SQLite keeps no zone).

    A naive value is a bug of the caller and raises ``ValueError`` rather than being guessed at.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware value of any zone to naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a timezone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Naive UTC to aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class PlainText(TypeDecorator[str]):
    """Text of any length, verbatim, but for the two things no database takes.

    NUL (refused by PostgreSQL) and lone surrogates (half an emoji, cut by a browser; refused by UTF-8)
    become U+FFFD: an answer must not fail to be saved because of one character.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Text with unstorable characters replaced."""
        return None if value is None else _UNSTORABLE.sub("\ufffd", value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Text as it was stored."""
        return value
