"""What the page reports about itself, as flags. Pure but for its memory: the clock comes with each event.

The browser says when something begins and when it ends, so there is nothing to measure and no window to wait for:
one beginning is one claim, of strength 1. What the browser repeats while it lasts changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.page_events import LEAVING_THE_PAGE, PageEventKind, PageSignal
from core.domain.watch import Flag, FlagKind
from core.proctoring.reasons import spoken

_BEGINS = {
    PageEventKind.HIDDEN: FlagKind.TAB_SWITCHING,
    PageEventKind.BLUR: FlagKind.TAB_SWITCHING,
    PageEventKind.FULLSCREEN_EXIT: FlagKind.FULLSCREEN_EXIT,
    PageEventKind.RESIZED: FlagKind.WINDOW_RESIZED,
    PageEventKind.EXTRA_SCREEN: FlagKind.EXTRA_SCREEN,
}
_ENDS = {
    PageEventKind.VISIBLE: FlagKind.TAB_SWITCHING,
    PageEventKind.FOCUS: FlagKind.TAB_SWITCHING,
    PageEventKind.FULLSCREEN_ON: FlagKind.FULLSCREEN_EXIT,
    PageEventKind.RESIZED_BACK: FlagKind.WINDOW_RESIZED,
    PageEventKind.SINGLE_SCREEN: FlagKind.EXTRA_SCREEN,
}
_CLIPBOARD = {
    PageEventKind.COPY: "copied from",
    PageEventKind.CUT: "cut from",
    PageEventKind.PASTE: "pasted into",
}


def flag_kind(event: PageEventKind) -> FlagKind:
    """The flag an event begins, ends or is."""
    return FlagKind.COPY_PASTE if event in _CLIPBOARD else (_BEGINS | _ENDS)[event]


def began_by(kind: FlagKind) -> tuple[PageEventKind, ...]:
    """Events that begin a flag which lasts; none for the clipboard."""
    return tuple(event for event, begun in _BEGINS.items() if begun is kind)


@dataclass(frozen=True, slots=True)
class Lasting:
    """A claim that is open: the event that began it, and when (UTC)."""

    by: PageEventKind
    since: datetime


class PageRules:
    """Turns the events of one page into flags. Belongs to one thread."""

    def __init__(self, lasting: Mapping[FlagKind, Lasting] | None = None) -> None:
        """Begin.

        Args:
            lasting: Claims left open by an earlier life of this object, by kind.
        """
        self._lasting = dict(lasting or {})

    @property
    def active(self) -> tuple[FlagKind, ...]:
        """Kinds of flag that are open now."""
        return tuple(self._lasting)

    def observe(self, signal: PageSignal) -> Flag | None:
        """Take one event.

        Args:
            signal: What happened. A time before the beginning of what it ends is read as that beginning.

        Returns:
            An open flag when something began, one with its end when it is over, a whole one for the clipboard;
            None when nothing changed.
        """
        if signal.kind in _CLIPBOARD:
            reason = _clipboard(signal.kind, signal.length)
            return Flag(FlagKind.COPY_PASTE, signal.at, signal.at, 1.0, reason)
        if signal.kind in _BEGINS:
            return self._begin(_BEGINS[signal.kind], signal)
        return self._end(_ENDS[signal.kind], signal.at)

    def close(self, at: datetime) -> list[Flag]:
        """End what is open; the watching itself has ended, so that the true end is not known.

        Args:
            at: Last moment it was known to last, UTC.
        """
        return [flag for kind in self.active if (flag := self._end(kind, at, at_least=True))]

    def _begin(self, kind: FlagKind, signal: PageSignal) -> Flag | None:
        if kind in self._lasting:
            return None
        self._lasting[kind] = Lasting(signal.kind, signal.at)
        return Flag(kind, signal.at, None, 1.0, _lasting_words(signal.kind, ""))

    def _end(self, kind: FlagKind, at: datetime, *, at_least: bool = False) -> Flag | None:
        if kind not in self._lasting:
            return None
        begun = self._lasting.pop(kind)
        at = max(at, begun.since)
        seconds = (at - begun.since).total_seconds()
        span = f" for {'at least ' if at_least else ''}{spoken(seconds)}" if seconds >= 1 or not at_least else ""
        return Flag(kind, begun.since, at, 1.0, _lasting_words(begun.by, span))


@dataclass(frozen=True, slots=True)
class LeaveParams:
    """Knobs of counting "1 of n"."""

    again_s: float = 2.0
    """What begins this soon after a counted leaving, or after the return from it, is the same leaving: browsers tell of
    one act in several ways, and focus comes and goes while a window is moved to the front."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The latest leaving.

    Attributes:
        count: Its number, from 1.
        at: When it began, UTC.
        same: It was taken as part of the one before.
        back_at: When the page was back, UTC; None while it is away or when nobody knows.
    """

    count: int
    at: datetime
    same: bool = False
    back_at: datetime | None = None


def count_leaving(
    latest: Leaving | None, signal: PageSignal, *, away: bool, params: LeaveParams | None = None
) -> Leaving:
    """Number a leaving.

    Args:
        latest: The one before; None for none.
        signal: One of ``LEAVING_THE_PAGE``.
        away: The page is away already, or this very thing has begun before and goes on.
        params: Knobs.

    Returns:
        The next number, or that of the one before with ``same`` set. Only a counted leaving can take another one in,
        so that going to and fro is not free.
    """
    assert signal.kind in LEAVING_THE_PAGE
    if latest is None:
        return Leaving(1, signal.at)
    last_sign = max(latest.at, latest.back_at or latest.at)
    soon = (signal.at - last_sign).total_seconds() < (params or LeaveParams()).again_s
    if away or (soon and not latest.same):
        return Leaving(latest.count, signal.at, same=True)
    return Leaving(latest.count + 1, signal.at)


def _lasting_words(by: PageEventKind, span: str) -> str:
    return {
        PageEventKind.HIDDEN: f"The page was left{span} (another tab).",
        PageEventKind.BLUR: f"The page was left{span} (another window).",
        PageEventKind.FULLSCREEN_EXIT: f"The page was out of full screen{span}.",
        PageEventKind.RESIZED: f"The page was much smaller than its window{span}, as beside developer tools.",
        PageEventKind.EXTRA_SCREEN: f"More than one screen was connected{span}, by the browser's word.",
    }[by]


def _clipboard(kind: PageEventKind, length: int) -> str:
    if length <= 0:
        return f"Something without text was {_CLIPBOARD[kind]} the page."
    return f"Text of {length:,} character{'' if length == 1 else 's'} was {_CLIPBOARD[kind]} the page."
