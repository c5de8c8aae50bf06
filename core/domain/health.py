"""When the monitor saw, and when it did not. What was not seen is unknown, never clean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MonitorSource(StrEnum):
    """What the monitor depends on, each with a heartbeat of its own."""

    CAMERA = "camera"
    """Pictures arrive and are light enough to be judged."""
    MICROPHONE = "microphone"
    """Sound arrives."""
    PAGE = "page"
    """The page's guard answers."""
    WORKER = "worker"
    """The analysing thread of the server runs."""


@dataclass(frozen=True, slots=True)
class Span:
    """From ``started_at`` to ``ended_at``, wall time, UTC."""

    started_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return max(0.0, (self.ended_at - self.started_at).total_seconds())


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """What the spans cover together: in order, without overlaps, without empty ones."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: s.started_at):
        if span.ended_at <= span.started_at:
            continue
        if found and span.started_at <= found[-1].ended_at:
            found[-1] = Span(found[-1].started_at, max(found[-1].ended_at, span.ended_at))
        else:
            found.append(span)
    return tuple(found)


def common(some: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """What both cover, as ``union`` gives it."""
    limits = union(others)
    return union(
        Span(max(a.started_at, b.started_at), min(a.ended_at, b.ended_at)) for a in union(some) for b in limits
    )


def without(some: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """What ``some`` cover and ``others`` do not, as ``union`` gives it."""
    found: list[Span] = []
    taken = union(others)
    for span in union(some):
        at = span.started_at
        for other in taken:
            if at < other.ended_at and other.started_at < span.ended_at:
                found.append(Span(at, other.started_at))
                at = other.ended_at
        found.append(Span(at, span.ended_at))
    return union(found)


def length_s(spans: Sequence[Span]) -> float:
    """Seconds of spans without overlaps."""
    return sum(span.seconds for span in spans)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How much of the time that counts one source was seeing.

    Attributes:
        source: Which.
        expected: False when this interview does without it (no camera was agreed to); then nothing is unknown.
        seen: Spans in which it saw while it was expected and a question was open; in order, without overlaps.
        blind: The rest of that time, but for remainders too short to tell from the time between two heartbeats.
        share: Seconds seen of the seconds it was expected to see, 0 to 1; None when there were none.
        wanted: When it was expected to see: None for all the time a question was open, else the part of it up to
            where the candidate went on in another way, one that does without it.
    """

    source: MonitorSource
    expected: bool
    seen: tuple[Span, ...]
    blind: tuple[Span, ...]
    share: float | None
    wanted: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The health of one interview's monitor.

    Attributes:
        open_spans: When a question was open and the clock ran: the time that counts.
        sources: One per source.
        recorded: False when nothing at all was recorded of the monitor's health: the interview was held before it
            was kept, or no part of the monitor ran. Everything is then unknown.
    """

    open_spans: tuple[Span, ...]
    sources: tuple[SourceHealth, ...]
    recorded: bool = True

    @property
    def open_s(self) -> float:
        """Seconds that count."""
        return length_s(self.open_spans)

    @property
    def monitored(self) -> tuple[Span, ...]:
        """When all that was expected to see did so, of the time that counts; nothing when nothing was expected."""
        expected = [source for source in self.sources if source.expected]
        missed = [
            span
            for source in expected
            for span in without(self.open_spans if source.wanted is None else source.wanted, source.seen)
        ]
        return without(self.open_spans, missed) if expected else ()

    @property
    def monitored_share(self) -> float | None:
        """Share of the time that counts in which all that was expected to see did so; None when there was none."""
        return length_s(self.monitored) / self.open_s if self.open_s else None

    def of(self, source: MonitorSource) -> SourceHealth:
        """The health of one source."""
        return next(s for s in self.sources if s.source is source)
