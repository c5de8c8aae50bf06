"""What the page reported about itself: written down, raised as flags, and answered as the policy says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.domain.clock import Clock
from core.domain.events import TimeDeducted
from core.domain.flow import CLOCKED, OVER, Phase
from core.domain.interview import InterviewPlan
from core.domain.page_events import COMING_BACK, LEAVING_THE_PAGE, PageEventKind, PageReply, PageSignal
from core.domain.policy import LeaveAction, MonitorPolicy
from core.domain.watch import Flag, FlagKind
from core.proctoring.page_rules import Leaving, count_leaving, flag_kind
from core.proctoring.policy import policy_of
from core.services.answers import AnswerService
from core.services.flag_book import FlagBook
from core.services.interview_steps import take_step
from core.services.leaving_words import deducted_text, ended_reason, warning_text
from core.services.page_flags import open_page_flags
from core.services.policy_ending import PolicyEnding
from core.storage.database import Database, Transaction
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.records import InterviewRow, LogRow
from core.storage.watch import FlagRepo

MAX_AGE_S = 3600.0
"""A page that was frozen reports late; older than this is not believed."""
_ALL = tuple(kind.value for kind in PageEventKind)


@dataclass
class _Taken:
    """What one batch led to."""

    latest: Leaving | None
    warning: str = ""
    deducted_s: float = 0.0
    ends: bool = False
    closed: list[tuple[int, Flag]] = field(default_factory=list)


class PageMonitor:
    """Takes what pages report. Safe to call from any thread."""

    def __init__(self, database: Database, clock: Clock, answers: AnswerService) -> None:
        self._database = database
        self._clock = clock
        self._book = FlagBook(database, clock)
        self._ending = PolicyEnding(database, answers, clock)

    def record(
        self, session_id: str, events: Sequence[tuple[PageEventKind, int]], at_ms: Sequence[int] = ()
    ) -> PageReply:
        """Write page events down and do what the policy says.

        Args:
            session_id: The interview.
            events: Kind and, for the clipboard, length in characters. The text itself is never sent.
            at_ms: When each happened by the candidate's clock, milliseconds since 1970. Only their distances are
                used: the newest is taken to have happened now. Without them all happened now.

        Returns:
            What the candidate is told.

        Raises:
            NotFound: Unknown interview.
            StorageUnavailable: When the log refused, nothing was changed; when the ending did, the interview goes on.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            logs = LogRepo(tx).list(session_id, _ALL)
            signals = _dated(events, at_ms, now, logs[-1].created_at if logs else row.created_at)
            if row.state.phase in OVER:
                for signal in signals:
                    LogRepo(tx).add(session_id, signal.kind.value, _detail(signal), signal.at)
                return PageReply()
            policy = policy_of(row.plan)
            taken = self._take(tx, row, policy, signals, _latest_leaving(logs))
        for flag_id, flag in taken.closed:
            self._book.close(session_id, flag_id, flag)
        if not taken.ends or taken.latest is None:
            return PageReply(taken.warning, taken.deducted_s)
        return self._end(session_id, policy, taken.latest)

    def _take(
        self,
        tx: Transaction,
        row: InterviewRow,
        policy: MonitorPolicy,
        signals: Sequence[PageSignal],
        latest: Leaving | None,
    ) -> _Taken:
        rules, ids = open_page_flags(tx, row.session_id)
        taken = _Taken(latest)
        for signal in signals:
            detail = _detail(signal)
            if signal.kind in LEAVING_THE_PAGE and _counts(row.plan, signal.kind):
                away = bool({FlagKind.TAB_SWITCHING, flag_kind(signal.kind)} & {*rules.active})
                taken.latest = count_leaving(taken.latest, signal, away=away)
                detail |= {"count": taken.latest.count} | ({"same": True} if taken.latest.same else {})
            elif signal.kind in COMING_BACK and taken.latest is not None:
                taken.latest = replace(taken.latest, back_at=signal.at)
            LogRepo(tx).add(row.session_id, signal.kind.value, detail, signal.at)
            flag = rules.observe(signal)
            if flag is not None:
                self._write(tx, row.session_id, flag, ids, taken)
            if "count" in detail and "same" not in detail:
                self._answer(tx, row.session_id, policy, signal.kind, taken)
            elif signal.kind is PageEventKind.PASTE and FlagKind.COPY_PASTE.value not in row.plan.rules_off:
                taken.warning = "You pasted text. This is noted with your answer."
        if row.state.phase not in CLOCKED | {Phase.SUBMITTED}:  # it came late, and nothing is watched in a pause
            for flag in rules.close(self._clock.now()):
                self._write(tx, row.session_id, flag, ids, taken)
        return taken

    def _write(self, tx: Transaction, session_id: str, flag: Flag, ids: dict[FlagKind, int], taken: _Taken) -> None:
        if flag.kind in ids:
            taken.closed.append((ids.pop(flag.kind), flag))
        else:
            flag_id = self._book.add(tx, session_id, flag)
            if flag_id is not None and flag.ended_at is None:
                ids[flag.kind] = flag_id

    def _answer(
        self, tx: Transaction, session_id: str, policy: MonitorPolicy, kind: PageEventKind, taken: _Taken
    ) -> None:
        """What a counted leaving leads to."""
        assert taken.latest is not None
        rule, count = policy.leave, taken.latest.count
        if rule.action is LeaveAction.LOG:
            return
        taken.warning = warning_text(kind, count, rule)
        if count <= rule.warnings:
            return
        if rule.action is LeaveAction.END:
            taken.ends = True
        elif rule.action is LeaveAction.DEDUCT:
            seconds = self._deduct(tx, session_id, policy, count)
            taken.deducted_s += seconds
            taken.warning = deducted_text(kind, taken.deducted_s)

    def _deduct(self, tx: Transaction, session_id: str, policy: MonitorPolicy, count: int) -> float:
        """Take time from the open question; returns the seconds it had to give."""
        now = self._clock.now()
        row = InterviewRepo(tx).get(session_id)
        if row.state.phase not in CLOCKED:
            return 0.0
        before, after = row.state.deadline, take_step(tx, row, TimeDeducted(policy.leave.deduct_s), now).deadline
        seconds = (before - after).total_seconds() if before and after else 0.0
        detail = {"seconds": seconds, "asked_s": policy.leave.deduct_s, "count": count, "policy": policy.name}
        LogRepo(tx).add(session_id, "time_deducted", {**detail, "question": row.state.question_index}, now)
        return seconds

    def _end(self, session_id: str, policy: MonitorPolicy, latest: Leaving) -> PageReply:
        with self._database.reading() as tx:
            state = InterviewRepo(tx).get(session_id).state
            leavings = LogRepo(tx).list(session_id, [kind.value for kind in LEAVING_THE_PAGE])
            flags = [f.id for f in FlagRepo(tx).list(session_id) if f.kind is FlagKind.TAB_SWITCHING]
        reason = ended_reason(latest.count, policy.leave.warnings)
        detail: dict[str, object] = {
            "policy": policy.name,
            "stakes": policy.stakes.value,
            "count": latest.count,
            "warnings": policy.leave.warnings,
            "question": state.question_index,
            "attempt": state.attempt,
            "phase": state.phase.value,
            "left": [f"{e.kind} {e.created_at.isoformat()}" for e in leavings if e.detail.get("count")],
            "flags": flags,
        }
        ended = self._ending.end(session_id, reason, detail)
        return PageReply(f"{reason} A person will look at it." if ended else "", ended=ended)


def _detail(signal: PageSignal) -> dict[str, object]:
    return {"length": signal.length} if signal.length else {}


def _dated(
    events: Sequence[tuple[PageEventKind, int]], at_ms: Sequence[int], now: datetime, earliest: datetime
) -> list[PageSignal]:
    """Events with the house's time: in order, none before what was written last, none in the future."""
    times = list(at_ms) if len(at_ms) == len(events) else [0] * len(events)
    newest, at, signals = max(times, default=0), earliest, []
    for (kind, length), ms in zip(events, times, strict=True):
        age_s = min(MAX_AGE_S, (newest - ms) / 1000)
        at = min(now, max(at, now - timedelta(seconds=age_s)))
        signals.append(PageSignal(kind, at, length))
    return signals


def _counts(plan: InterviewPlan, kind: PageEventKind) -> bool:
    """Whether a leaving is more than noted; who may leave the page may leave full screen with it."""
    return not {FlagKind.TAB_SWITCHING.value, flag_kind(kind).value} & {*plan.rules_off}


def _latest_leaving(logs: Sequence[LogRow]) -> Leaving | None:
    """The last counted or taken-in leaving, with the return from it."""
    latest: Leaving | None = None
    for entry in logs:
        if entry.kind in LEAVING_THE_PAGE and "count" in entry.detail:
            latest = Leaving(int(entry.detail["count"]), entry.created_at, bool(entry.detail.get("same")))
        elif entry.kind in COMING_BACK and latest is not None:
            latest = replace(latest, back_at=entry.created_at)
    return latest
