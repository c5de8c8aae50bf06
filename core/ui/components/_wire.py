"""What crosses from the browser: shared types and their limits."""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, StringConstraints

from core.domain.interview import MAX_ANSWER_CHARS

FORBID = ConfigDict(extra="forbid")


def _clean(value: object) -> object:
    """Drops what a database cannot keep: NUL and half surrogate pairs; cuts at the limit instead of refusing."""
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")[:MAX_ANSWER_CHARS]


Name = Annotated[str, StringConstraints(max_length=200)]
"""A short text: an id, a label, a word of the browser."""
AnswerText = Annotated[str, BeforeValidator(_clean)]
"""A candidate's text, at most ``MAX_ANSWER_CHARS`` characters."""
