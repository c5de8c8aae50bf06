"""What the page reported about itself, written down as it happens."""

from core.domain.clock import Clock
from core.domain.page_events import LEAVING_THE_PAGE, PageEventKind
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo


class PageMonitor:
    """Logs what the page reports and counts "1 of n". Safe to call from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def record(self, session_id: str, events: list[tuple[PageEventKind, int]]) -> str:
        """Log page events.

        Args:
            session_id: The interview.
            events: Kind and, for the clipboard, length in characters. The text itself is never sent.

        Returns:
            The warning to show, or an empty string.
        """
        warning = ""
        with self._database.transaction() as tx:
            logs = LogRepo(tx)
            limit = InterviewRepo(tx).get(session_id).plan.page_warnings
            for kind, length in events:
                detail: dict[str, object] = {"length": length} if length else {}
                if kind in LEAVING_THE_PAGE:
                    count = logs.count(session_id, LEAVING_THE_PAGE) + 1
                    detail["count"] = count
                    warning = _warning(kind, count, limit)
                elif kind is PageEventKind.PASTE:
                    warning = "You pasted text. This is noted with your answer."
                logs.add(session_id, kind.value, detail, self._clock.now())
        return warning


def _warning(kind: PageEventKind, count: int, limit: int) -> str:
    what = {
        PageEventKind.HIDDEN: "You left this tab",
        PageEventKind.BLUR: "You switched to another window",
        PageEventKind.FULLSCREEN_EXIT: "You left full screen",
    }[kind]
    if count <= limit:
        return f"{what}. {count} of {limit}. Please stay on this page until you are done."
    return f"{what}. This was noted; a person will look at it. Your interview goes on."
