"""What the page reports about itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PageEventKind(StrEnum):
    """What the page reports about itself."""

    HIDDEN = "tab_hidden"
    VISIBLE = "tab_visible"
    BLUR = "window_blur"
    FOCUS = "window_focus"
    FULLSCREEN_ON = "fullscreen_on"
    FULLSCREEN_EXIT = "fullscreen_exit"
    COPY = "copy"
    CUT = "cut"
    PASTE = "paste"
    RESIZED = "window_resized"
    """The page became much smaller while its window did not, as when developer tools open beside it."""
    RESIZED_BACK = "window_resized_back"
    EXTRA_SCREEN = "extra_screen"
    """The browser says that more than one screen is connected."""
    SINGLE_SCREEN = "single_screen"


LEAVING_THE_PAGE = frozenset({PageEventKind.HIDDEN, PageEventKind.BLUR, PageEventKind.FULLSCREEN_EXIT})
"""Events that count as one step of "1 of n"; the rest are only noted."""
COMING_BACK = frozenset({PageEventKind.VISIBLE, PageEventKind.FOCUS, PageEventKind.FULLSCREEN_ON})
"""Events that end one."""


@dataclass(frozen=True, slots=True)
class PageSignal:
    """One page event as the rules take it.

    Attributes:
        kind: What happened.
        at: When, UTC.
        length: Characters copied, cut or pasted; 0 for the rest.
    """

    kind: PageEventKind
    at: datetime
    length: int = 0


@dataclass(frozen=True, slots=True)
class PageReply:
    """What follows from what the page reported.

    Attributes:
        warning: To show to the candidate; empty for nothing.
        deducted_s: Seconds taken from the open question's time.
        ended: The policy ended the interview.
    """

    warning: str = ""
    deducted_s: float = 0.0
    ended: bool = False
