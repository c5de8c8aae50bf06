"""When the monitor saw, and when it did not. What was not seen is unknown, never clean."""

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


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How much of the time that counts one source was seeing.

    Attributes:
        source: Which.
        expected: False when this interview does without it (no camera was agreed to); then nothing is unknown.
        seen: Spans in which it saw, in order, without overlaps.
        blind: The rest of the time a question was open.
        share: Seconds seen of the seconds a question was open, 0 to 1; None when no question was open.
    """

    source: MonitorSource
    expected: bool
    seen: tuple[Span, ...]
    blind: tuple[Span, ...]
    share: float | None


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The health of one interview's monitor.

    Attributes:
        open_spans: When a question was open and the clock ran: the time that counts.
        sources: One per source.
    """

    open_spans: tuple[Span, ...]
    sources: tuple[SourceHealth, ...]

    @property
    def open_s(self) -> float:
        """Seconds that count."""
        return sum(span.seconds for span in self.open_spans)

    def of(self, source: MonitorSource) -> SourceHealth:
        """The health of one source."""
        return next(s for s in self.sources if s.source is source)
