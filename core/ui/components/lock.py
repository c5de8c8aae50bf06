"""Lock mode in the page: a start button that also asks for full screen, and the way back when that was left."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.ui.components._inbox import mount
from core.ui.components._register import register
from core.ui.components._wire import FORBID, Name

_lock = register("lock")


@dataclass(frozen=True, slots=True, config=FORBID)
class LockStart:
    """The start button was pressed; full screen was asked for with the same press."""

    kind: Literal["lock_start"]


@dataclass(frozen=True, slots=True, config=FORBID)
class FullScreenUnavailable:
    """The page cannot have full screen; the candidate was told, and the interview goes on.

    Attributes:
        kind: Discriminator.
        reason: ``no_api`` where pages have none (iPhone, some frames), else the name of the browser's error.
    """

    kind: Literal["fullscreen_unavailable"]
    reason: Name


LockEvent = LockStart | FullScreenUnavailable
_events: TypeAdapter[LockEvent] = TypeAdapter(Annotated[LockEvent, Field(discriminator="kind")])


def lock(key: str, *, start_label: str = "", active: bool) -> list[LockEvent]:
    """Draws lock mode's part of the right column: nothing while the page is in full screen.

    When the component leaves the page for good, the page leaves full screen.

    Args:
        key: Widget key.
        start_label: "Start interview", "Go on"; empty where another button starts.
        active: A question is open: the page should be in full screen, and a banner says so when it is not.
    """
    return mount(_lock, key, {"start_label": start_label, "active": active}, _events)
