"""What happens to the page: left, returned to, copied from, pasted into."""

from typing import Annotated

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.domain.page_events import PageEventKind
from core.ui.components._inbox import mount
from core.ui.components._register import register
from core.ui.components._wire import FORBID

_guard = register("guard")


@dataclass(frozen=True, slots=True, config=FORBID)
class PageEvent:
    """One page event.

    Attributes:
        kind: What happened.
        at_ms: Milliseconds since 1970 by the candidate's clock: good for order and distance, not for truth.
        length: Characters copied, cut or pasted (never the text); None for the rest.
    """

    kind: PageEventKind
    at_ms: int
    length: Annotated[int, Field(ge=0)] | None = None


_events = TypeAdapter(PageEvent)


def guard(key: str = "guard", *, active: bool = True) -> list[PageEvent]:
    """Watches the page and returns what happened since the last call.

    One leaving is one event, whatever the browser fires: a blur followed by a hidden tab is ``tab_hidden`` alone.
    Focus in the media frame and permission prompts do not count.

    Args:
        key: Widget key.
        active: False notes nothing (device check, after the end).
    """
    return mount(_guard, key, {"active": active}, _events)
