"""The health of the monitor in words and bars. What was not seen is unknown; nothing here sounds like clean."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span, common, length_s, without
from core.ui.cards import clock_text

SOURCE_NAMES = {
    MonitorSource.CAMERA: "Camera",
    MonitorSource.MICROPHONE: "Microphone",
    MonitorSource.PAGE: "Page",
    MonitorSource.WORKER: "Analysis",
}
UNRECORDED = (
    "Nothing was recorded of when the monitor saw: the interview was held before this was kept, or no part of the "
    "monitor ran. All of it is unknown, not clean."
)
AWAY = "the page or the server was away"
_REASONS = {
    MonitorSource.CAMERA: "no picture that could be judged",
    MonitorSource.MICROPHONE: "no sound arrived",
    MonitorSource.PAGE: "the page gave no sign",
    MonitorSource.WORKER: "the analysis did not run",
}
_LONGEST = 3
Local = Callable[[datetime], str]
"""Writes a moment as the viewer's time of day."""


def figure(health: HealthReport) -> str:
    """How much was monitored, for a row of figures."""
    share = health.monitored_share
    if share is None:
        return "-"
    return percent(share) if health.recorded else "Unknown"


def percent(share: float) -> str:
    """Rounded down: nothing short of all is 100 %."""
    return f"{math.floor(share * 100)} %"


def span_text(span: Span, local: Local) -> str:
    """When and for how long."""
    return f"{local(span.started_at)} for {lasting(span.seconds)}"


def lasting(seconds: float) -> str:
    """A length of time as it is said."""
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    return f"{clock_text(round(seconds))} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def reason(health: HealthReport, source: MonitorSource, span: Span) -> str:
    """Why a source did not see in a span, from what else did not: a conclusion, no measurement."""
    dead = {s.source for s in health.sources if s.expected and _mostly_unseen(health, s, span)}
    others = {s.source for s in health.sources if s.expected} - {source}
    if MonitorSource.PAGE in dead | {source} and others and others <= dead:
        return AWAY
    if source is MonitorSource.CAMERA and MonitorSource.WORKER in dead:
        return _REASONS[MonitorSource.WORKER]
    return _REASONS[source]


def sentence(health: HealthReport, source: SourceHealth, local: Local) -> str:
    """What one source saw, with its longest gaps."""
    name = SOURCE_NAMES[source.source]
    if not source.expected:
        return f"{name}: not part of this interview, so nothing is known from it."
    if source.share is None:
        return f"{name}: no question has been open yet."
    said = f"{name} saw {percent(source.share)} of the time"
    if source.wanted is not None and length_s(source.wanted) < health.open_s - 1.0:
        said += " until the candidate went on in another way"
    if not source.blind:
        return f"{said}." if source.share == 1.0 else f"{said}; what is missing are moments too short to list."
    longest = sorted(sorted(source.blind, key=lambda s: -s.seconds)[:_LONGEST], key=lambda s: s.started_at)
    gaps = "; ".join(f"{span_text(span, local)} ({reason(health, source.source, span)})" for span in longest)
    more = len(source.blind) - len(longest)
    return f"{said}; not seen: {gaps}{f'; and {more} shorter' if more else ''}."


def own_line(health: HealthReport) -> str:
    """For the candidate: what was seen and that gaps are no accusation."""
    if not health.open_s:
        return ""
    if not health.recorded:
        return "When the monitor saw was not recorded in this interview."
    shares = [
        f"{SOURCE_NAMES[s.source].lower()} {percent(s.share)}"
        for s in health.sources
        if s.expected and s.share is not None and s.source is not MonitorSource.WORKER
    ]
    return (
        f"While a question was open, the monitor could see: {', '.join(shares)} of the time. "
        "What it did not see counts as unknown, not against you."
    )


def lanes_html(health: HealthReport) -> str:
    """A bar a source over the open time, pauses left out: filled where it saw, hatched where it is not known."""
    total = health.open_s
    rows = []
    for source in (s for s in health.sources if s.expected and s.share is not None):
        name, share = SOURCE_NAMES[source.source], percent(source.share or 0.0)
        bars = "".join(_bar(health.open_spans, span, total) for span in source.seen)
        label = escape(f"{name}: saw {share} of the time; the hatched rest is not known.", quote=True)
        lane = f'<div class="lane" role="img" aria-label="{label}">{bars}</div>'
        rows.append(f'<span class="who">{escape(name)}</span>{lane}<span class="n">{share}</span>')
    return f'<div class="lanes">{"".join(rows)}</div>'


def _bar(opened: Sequence[Span], span: Span, total_s: float) -> str:
    """One filled stretch, or several where a pause lies within it, in percent of the open time."""
    bars, passed = [], 0.0
    for part in opened:
        for piece in common([span], [part]):
            left = (passed + (piece.started_at - part.started_at).total_seconds()) / total_s * 100
            bars.append(f'<i style="left:{left:.2f}%;width:{piece.seconds / total_s * 100:.2f}%"></i>')
        passed += part.seconds
    return "".join(bars)


def _mostly_unseen(health: HealthReport, source: SourceHealth, span: Span) -> bool:
    unseen = without(health.open_spans if source.wanted is None else source.wanted, source.seen)
    return length_s(common(unseen, [span])) >= span.seconds / 2
