"""The health of one interview's monitor: what the spans seen leave open of the time that counts.

The time that counts is read from the log of the interview's own steps, so that it needs nobody who was there: after a
killed server the gap runs from the last heartbeat to the return of the candidate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.domain.flow import CLOCKED
from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span, common, length_s, union, without
from core.domain.interview import AnswerMode, ConsentKind
from core.storage.consents import ConsentRepo
from core.storage.database import Transaction
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.records import LogRow
from core.storage.seats import SeatRepo
from core.storage.seen_spans import SeenSpanRepo

_STEP, _MODE, _WISHES = "state", "answer_mode_changed", "accommodations"
_FROM_OUTSIDE = ("DeadlinePassed", "Terminated")
_EVER, _NEVER = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
_CAMERA = (MonitorSource.CAMERA, MonitorSource.WORKER)


@dataclass(frozen=True, slots=True)
class HealthReportParams:
    """Knobs of the report."""

    min_blind_s: float = 1.0
    """Shorter remainders of camera, microphone and worker are not listed."""
    min_blind_page_s: float = 6.5
    """The same of the page, whose heartbeats are five seconds apart."""
    settle_s: float = 6.0
    """The end of an interview that goes on is judged this much later: heartbeats may not be written yet."""

    def min_s(self, source: MonitorSource) -> float:
        """Shortest span of a source that is listed as blind."""
        return self.min_blind_page_s if source is MonitorSource.PAGE else self.min_blind_s


PARAMS = HealthReportParams()


@dataclass(frozen=True, slots=True)
class Way:
    """How the interview was held in a stretch of time: what was expected to see.

    Attributes:
        span: From when to when.
        live: Answers came over the live microphone.
        watched: The camera was watched.
    """

    span: Span
    live: bool
    watched: bool

    def expects(self, source: MonitorSource) -> bool:
        """Whether a source was expected to see."""
        if source in _CAMERA:
            return self.watched
        return self.live or source is not MonitorSource.MICROPHONE


def read_health(tx: Transaction, session_id: str, params: HealthReportParams = PARAMS) -> HealthReport:
    """The health of an interview as it is stored.

    Raises:
        NotFound: Unknown interview.
    """
    plan = InterviewRepo(tx).get(session_id).plan
    logs = LogRepo(tx).list(session_id, (_STEP, _MODE, _WISHES))
    rows, seat = SeenSpanRepo(tx).list(session_id), SeatRepo(tx).get(session_id)
    seen = {source: [row.span for row in rows if row.source is source] for source in MonitorSource}
    agreed = any(c.kind is ConsentKind.VIDEO and c.granted for c in ConsentRepo(tx).list(session_id))
    declined = any(e.detail.get("no_camera_analysis") for e in logs if e.kind == _WISHES)
    watched = (agreed and not declined) or any(seen[source] for source in _CAMERA)
    ways = held_ways(logs, plan.answer_mode is AnswerMode.LIVE, plan.watch_camera, watched_before=watched)
    last_beat = max((row.span.ended_at for row in rows), default=_NEVER)
    last_page = seat.seen_at if seat is not None else _NEVER
    settled = last_page - timedelta(seconds=params.settle_s) if seat is not None else _NEVER
    spans = open_spans(logs, max(last_beat, settled), max(last_beat, last_page))
    return compute_health(spans, ways, seen, recorded=bool(rows), params=params)


def open_spans(logs: Iterable[LogRow], running_until: datetime, alive_until: datetime) -> tuple[Span, ...]:
    """When a question was open and the clock ran.

    Args:
        logs: Of the interview, in order; lines of other kinds are passed over.
        running_until: Where a question that is still open is cut off, UTC: nobody has come back to it since.
        alive_until: Last sign of the interview, UTC. A question that was ended from outside (the last date, a
            person) long after everybody had left it was not open longer than that.
    """
    spans: list[Span] = []
    begun: datetime | None = None
    latest = _NEVER
    for entry in (e for e in logs if e.kind == _STEP):
        latest = max(latest, entry.created_at)  # a clock set back does not turn a span round
        clocked = entry.detail.get("to") in CLOCKED
        if begun is None and clocked:
            begun = latest
        elif begun is not None and not clocked:
            outside = entry.detail.get("event") in _FROM_OUTSIDE
            spans.append(Span(begun, min(latest, max(begun, alive_until)) if outside else latest))
            begun = None
    if begun is not None:
        spans.append(Span(begun, running_until))
    return union(spans)


def held_ways(logs: Iterable[LogRow], live: bool, watched: bool, *, watched_before: bool) -> tuple[Way, ...]:
    """The ways an interview was held, in order.

    Args:
        logs: Of the interview, in order; lines of other kinds are passed over.
        live: The plan as it is now has live answers.
        watched: The plan as it is now has the camera watched.
        watched_before: The camera was watched up to the first change of way, which lets go of it.
    """
    ways: list[Way] = []
    since = _NEVER
    for entry in (e for e in logs if e.kind == _MODE):
        was_live = entry.detail.get("from") == AnswerMode.LIVE
        ways.append(Way(Span(since, max(since, entry.created_at)), was_live, watched_before and not ways))
        since = ways[-1].span.ended_at
    return (*ways, Way(Span(since, _EVER), live, watched))


def compute_health(
    opened: Sequence[Span],
    ways: Sequence[Way],
    seen: dict[MonitorSource, list[Span]],
    *,
    recorded: bool = True,
    params: HealthReportParams = PARAMS,
) -> HealthReport:
    """What each source saw of the time it was expected to see.

    Args:
        opened: When a question was open.
        ways: How the interview was held.
        seen: Spans by source; they may overlap and reach beyond the time that counts.
        recorded: Whether anything was recorded at all.
        params: Knobs.
    """
    sources = []
    for source in MonitorSource:
        expecting = [way.span for way in ways if way.expects(source)]
        wanted = common(opened, expecting)
        saw = common(seen.get(source, ()), wanted)
        blind = tuple(span for span in without(wanted, saw) if span.seconds >= params.min_s(source))
        wanted_s = length_s(wanted)
        share = length_s(saw) / wanted_s if wanted_s else None
        # Before the first question nothing has been expected yet, but for what the plan says.
        expected = bool(wanted) if opened else ways[-1].expects(source)
        sources.append(SourceHealth(source, expected, saw, blind, share, wanted))
    return HealthReport(tuple(opened), tuple(sources), recorded)
