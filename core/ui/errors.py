"""The one place where an error becomes something a person reads. No traceback ever reaches the screen."""

import logging
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from pydantic import ValidationError

from core.domain.errors import InterviewError

_LOG = logging.getLogger(__name__)


@contextmanager
def shown() -> Iterator[None]:
    """Show what goes wrong inside; expected errors in their own words, others with a number to quote."""
    try:
        yield
    except InterviewError as error:
        show(error)
    except ValidationError as error:
        fields = ", ".join(str(e["loc"][0]).upper() for e in error.errors(include_input=False) if e["loc"])
        st.error(f"A setting is not valid: {fields}. Correct it in the environment, .env or the secrets, and restart.")
    except Exception as error:
        number = uuid.uuid4().hex[:8]
        # Only where, never the message: it may hold what a candidate said.
        where = "".join(traceback.format_tb(error.__traceback__))
        _LOG.error("unexpected %s, number %s\n%s", type(error).__name__, number, where)
        st.error(
            f"Something went wrong on our side (number {number}). What you answered so far is saved. "
            "Reload the page to go on."
        )


def show(error: InterviewError) -> None:
    """An expected error and the next step."""
    text = f"{error.message} {error.next_step}".strip()
    if error.retryable:
        st.warning(text, icon=":material/sync_problem:")
    else:
        st.error(text, icon=":material/error:")
