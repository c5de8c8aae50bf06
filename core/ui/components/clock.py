"""The countdown of the open phase."""

from typing import Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from core.ui.components._inbox import mount
from core.ui.components._register import register
from core.ui.components._wire import FORBID, Name

_clock = register("clock")


@dataclass(frozen=True, slots=True, config=FORBID)
class ClockRanOut:
    """The countdown with this stamp has reached zero. Check against your own deadline before acting."""

    kind: Literal["time_up"]
    stamp: Name


_events = TypeAdapter(ClockRanOut)


def clock(key: str, *, label: str, remaining_ms: int, total_ms: int, running: bool, stamp: str) -> list[ClockRanOut]:
    """Shows the time left and reports its end.

    Args:
        key: Widget key.
        label: What the time is for: "Time to answer".
        remaining_ms: Left now, by the server's clock.
        total_ms: Full length of the phase, for the bar.
        running: False shows the time standing still.
        stamp: Names the phase of this question and attempt, such as ``"3:1:answering"``; a new one starts afresh.

    Returns:
        One event when the time is up; once for each stamp, unless a later run says there is time left after all.
    """
    data = {"label": label, "remaining_ms": remaining_ms, "total_ms": total_ms, "running": running, "stamp": stamp}
    return mount(_clock, key, data, _events)
