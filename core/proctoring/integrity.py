"""The integrity score: what share of the monitored time stands unquestioned, line by line.

All arithmetic is in whole tenths (of a second, a percent, a point), so that a reader who adds up what is shown
gets what is shown. Own rule, not taken from a source; docs/integrity.md explains it with an example.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.flag_words import FLAG_TITLES
from core.domain.health import HealthReport, MonitorSource, Span
from core.domain.integrity import FlagSpan, IntegrityBand, IntegrityLine, IntegrityReport
from core.domain.policy import Severity
from core.domain.watch import FROM_CAMERA, FROM_PAGE, FROM_SOUND, FlagKind

_Tenths = list[tuple[int, int]]
"""Stretches as tenths of a second since 1970, in order, apart from each other."""


def _rates() -> Mapping[Severity, float]:
    return {Severity.INFO: 0.0, Severity.LOW: 0.5, Severity.MEDIUM: 1.5, Severity.HIGH: 4.0}


def _caps() -> Mapping[Severity, float]:
    return {Severity.INFO: 0.0, Severity.LOW: 10.0, Severity.MEDIUM: 25.0, Severity.HIGH: 50.0}


@dataclass(frozen=True, slots=True)
class IntegrityParams:
    """Knobs of the score."""

    points_per_percent: Mapping[Severity, float] = field(default_factory=_rates)
    """Points taken off for each percent of the monitored time, by severity. A tenth of the time spent with a second
    face (high) costs 40, looking away (low) 5. Info is 0: noted, never counted."""
    cap_points: Mapping[Severity, float] = field(default_factory=_caps)
    """Most that one kind can take off, by severity: no single kind decides alone, and none of low severity changes
    the band."""
    event_s: float = 10.0
    """What the page reports is an act, not a time: each counts at least this many seconds."""
    high_from_score: float = 85.0
    """Lowest score called High."""
    medium_from_score: float = 60.0
    """Lowest score called Medium."""
    min_monitored_share: float = 0.7
    """Below this share of the open time in which all that was expected to see did, there is no score."""
    min_open_s: float = 30.0
    """With less time than this with a question open, there is no score."""


PARAMS = IntegrityParams()


def source_of(kind: FlagKind) -> MonitorSource:
    """What has to see for this to be claimed."""
    if kind in FROM_CAMERA:
        return MonitorSource.CAMERA
    return MonitorSource.MICROPHONE if kind in FROM_SOUND else MonitorSource.PAGE


def score_integrity(
    flags: Iterable[FlagSpan], dismissed: Collection[int], health: HealthReport, params: IntegrityParams = PARAMS
) -> IntegrityReport:
    """Start at 100 and take off, per kind of flag, its share of the monitored time times the rate of its severity.

    Args:
        flags: All flags of the interview.
        dismissed: Ids of those a reviewer dismissed.
        health: When a question was open, and when each source saw.
        params: Knobs.

    Returns:
        The score with its lines. Without a score the lines still say what was seen.
    """
    opened = _union(_tenths(span) for span in health.open_spans)
    seen = {s.source: _both(_union(_tenths(span) for span in s.seen), opened) for s in health.sources}
    groups: dict[tuple[FlagKind, Severity], list[FlagSpan]] = defaultdict(list)
    for flag in flags:
        groups[flag.kind, flag.severity].append(flag)
    lines = [
        _line(group, dismissed, opened, seen.get(source_of(kind), []), params) for (kind, _), group in groups.items()
    ]
    lines.sort(key=lambda line: (-line.points, -line.seconds, line.kind.value, line.severity.value))
    open_s, share = _length(opened) / 10, health.monitored_share or 0.0
    lost = sum(round(line.points * 10) for line in lines)
    words = ""
    if open_s < params.min_open_s:
        words = f"No score: a question was open for {open_s:.1f} s only; {params.min_open_s:.0f} s are needed."
    elif not health.recorded:
        words = "No score: nothing was recorded of when the monitor saw."
    elif share < params.min_monitored_share:
        words = (
            f"No score: all that was expected to see did so for {math.floor(share * 100)} % of the time a question was "
            f"open; {params.min_monitored_share * 100:.0f} % are needed."
        )
    if words:
        return IntegrityReport(None, IntegrityBand.NOT_ENOUGH, tuple(lines), share, words)
    score = max(0, 1000 - lost) / 10
    words = f"100.0 - {lost / 10:.1f} = {score:.1f}" + (", the least there is" if lost > 1000 else "")
    return IntegrityReport(score, _band(score, params), tuple(lines), share, words)


def _line(
    group: Sequence[FlagSpan], dismissed: Collection[int], opened: _Tenths, seen: _Tenths, params: IntegrityParams
) -> IntegrityLine:
    kind, severity = group[0].kind, group[0].severity
    counted = [flag for flag in group if flag.flag_id not in dismissed]
    covered = _union(piece for flag in counted for piece in _pieces(flag, opened, params))
    # A covered camera is blind to the rest, but it was told that it was covered: its own time is known time.
    known = _union([*seen, *covered])
    seconds, of_seconds = _length(covered), _length(known)
    percent = _half_up(seconds * 1000 / of_seconds) if of_seconds else 0
    rate, cap = params.points_per_percent[severity], params.cap_points[severity]
    full = _half_up(percent * rate)
    points = min(full, _half_up(cap * 10))
    return IntegrityLine(
        kind=kind,
        severity=severity,
        flags=len(counted),
        dismissed=len(group) - len(counted),
        seconds=seconds / 10,
        of_seconds=of_seconds / 10,
        percent=percent / 10,
        points=points / 10,
        words=_words(group[0], len(counted), len(group), (seconds, of_seconds, percent), (rate, full, points)),
    )


def _words(flag: FlagSpan, counted: int, raised: int, time: tuple[int, int, int], sums: tuple[float, int, int]) -> str:
    seconds, of_seconds, percent = time
    rate, full, points = sums
    head = f"{FLAG_TITLES[flag.kind]}: "
    if raised > counted:
        head += f"{raised - counted} of {raised} dismissed; "
    if not counted:
        return f"{head}nothing counted"
    spent = f"{seconds / 10:.1f} s of {of_seconds / 10:.1f} s ({percent / 10:.1f} %)"
    if flag.severity is Severity.INFO:
        return f"{head}{spent}, info: noted, not counted"
    capped = f", at most {points / 10:.1f}" if full > points else ""
    return f"{head}{spent}, {flag.severity.value}: {percent / 10:.1f} x {rate:g} = {full / 10:.1f}{capped}"


def _pieces(flag: FlagSpan, opened: _Tenths, params: IntegrityParams) -> _Tenths:
    """A flag's time while a question was open; an act is drawn out to its least length."""
    if not opened:
        return []
    begin = _tenth(flag.started_at)
    end = max(begin, opened[-1][1] if flag.ended_at is None else _tenth(flag.ended_at))
    pieces = [(max(begin, a), min(end, b)) for a, b in opened if begin <= b and end >= a]
    if pieces and flag.kind in FROM_PAGE:
        missing = _half_up(params.event_s * 10) - _length(pieces)
        pieces[-1] = (pieces[-1][0], pieces[-1][1] + max(0, missing))
    return pieces


def _band(score: float, params: IntegrityParams) -> IntegrityBand:
    if score >= params.high_from_score:
        return IntegrityBand.HIGH
    return IntegrityBand.MEDIUM if score >= params.medium_from_score else IntegrityBand.LOW


def _union(stretches: Iterable[tuple[int, int]]) -> _Tenths:
    joined: _Tenths = []
    for begin, end in sorted(stretches):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > begin:
            joined.append((begin, end))
    return joined


def _both(one: _Tenths, other: _Tenths) -> _Tenths:
    """Where two lists of stretches overlap."""
    return _union((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def _length(stretches: _Tenths) -> int:
    return sum(end - begin for begin, end in stretches)


def _tenths(span: Span) -> tuple[int, int]:
    return _tenth(span.started_at), _tenth(span.ended_at)


def _tenth(at: datetime) -> int:
    return _half_up(at.timestamp() * 10)


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)
