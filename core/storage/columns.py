"""Column types that keep what SQLite would lose or PostgreSQL would refuse."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.domain.transcript import Gap, Word

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


class WordList(TypeDecorator[tuple[Word, ...]]):
    """Words with times as a JSON list of ``[text, start_s, end_s, confidence]``: a row a word would be 200 a minute."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Word, ...] | None, dialect: Dialect) -> list[Any] | None:
        """Words to lists; times to the millisecond."""
        if value is None:
            return None
        return [
            [_UNSTORABLE.sub("\ufffd", w.text), round(w.start_s, 3), round(w.end_s, 3), round(w.confidence, 3)]
            for w in value
        ]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[Word, ...] | None:
        """Lists to words."""
        return None if value is None else tuple(Word(*item) for item in value)


class GapList(TypeDecorator[tuple[Gap, ...]]):
    """Gaps as a JSON list of ``[start_s, end_s, reason]``."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Gap, ...] | None, dialect: Dialect) -> list[Any] | None:
        """Gaps to lists."""
        return None if value is None else [[g.start_s, g.end_s, g.reason] for g in value]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[Gap, ...] | None:
        """Lists to gaps."""
        return None if value is None else tuple(Gap(*item) for item in value)


class IdList(TypeDecorator[list[int]]):
    """Row ids as a JSON list."""

    impl = JSON
    cache_ok = True
