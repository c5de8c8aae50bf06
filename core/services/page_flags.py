"""What the page reported and still goes on: read back from the flags that are open, and ended with the watching."""

from datetime import datetime

from core.domain.page_events import PageEventKind
from core.domain.watch import FROM_PAGE, FlagKind
from core.proctoring.page_rules import Lasting, PageRules, began_by
from core.storage.database import Transaction
from core.storage.logs import LogRepo
from core.storage.watch import FlagRepo


def open_page_flags(tx: Transaction, session_id: str) -> tuple[PageRules, dict[FlagKind, int]]:
    """The rules as they stand, and the ids of the flags that are open.

    The database is their only memory: a killed server or another process goes on with the same.
    """
    lasting: dict[FlagKind, Lasting] = {}
    ids: dict[FlagKind, int] = {}
    for flag in FlagRepo(tx).list(session_id):
        if flag.ended_at is None and flag.kind in FROM_PAGE:
            beginnings = LogRepo(tx).list(session_id, [kind.value for kind in began_by(flag.kind)])
            if beginnings:
                lasting[flag.kind] = Lasting(PageEventKind(beginnings[-1].kind), flag.started_at)
                ids[flag.kind] = flag.id
    return PageRules(lasting), ids


def end_page_flags(tx: Transaction, session_id: str, at: datetime) -> None:
    """End what is open, because the page is not watched any more.

    Args:
        tx: The caller's.
        session_id: The interview.
        at: Last moment the page was watched, UTC.
    """
    rules, ids = open_page_flags(tx, session_id)
    for flag in rules.close(at):
        assert flag.ended_at is not None
        FlagRepo(tx).close(ids[flag.kind], flag.ended_at, flag.strength, flag.reason)
