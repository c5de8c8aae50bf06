"""The integrity score: share of time and severity, with sums a reader can repeat."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span
from core.domain.integrity import FlagSpan, IntegrityBand, IntegrityReport
from core.domain.policy import Severity
from core.domain.watch import FlagKind
from core.proctoring.integrity import IntegrityParams, score_integrity, source_of

START = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def spans(*pairs: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(at(begin), at(end)) for begin, end in pairs)


def watched(
    opened: tuple[tuple[float, float], ...] = ((0, 600),),
    expected: frozenset[MonitorSource] = frozenset(MonitorSource),
    **seen: tuple[tuple[float, float], ...],
) -> HealthReport:
    """Health of an interview of ten minutes; every source saw all of it unless it is named."""
    sources = tuple(
        SourceHealth(source, source in expected, spans(*seen.get(source.value, opened)), (), None)
        for source in MonitorSource
    )
    return HealthReport(spans(*opened), sources)


def flag(
    begin: float,
    end: float | None,
    kind: FlagKind = FlagKind.LOOKING_AWAY,
    severity: Severity = Severity.LOW,
    flag_id: int = 1,
) -> FlagSpan:
    return FlagSpan(flag_id, kind, severity, at(begin), None if end is None else at(end))


def score(*flags: FlagSpan, dismissed: tuple[int, ...] = (), health: HealthReport | None = None) -> IntegrityReport:
    return score_integrity(flags, dismissed, health or watched())


def test_without_a_flag_the_score_is_100() -> None:
    report = score()
    assert (report.score, report.band, report.lines) == (100.0, IntegrityBand.HIGH, ())


def test_a_line_takes_off_percent_of_the_time_times_the_rate() -> None:
    (line,) = score(flag(60, 84)).lines
    assert line.words == "Looking away: 24.0 s of 600.0 s (4.0 %), low: 4.0 x 0.5 = 2.0"
    assert (line.seconds, line.percent, line.points) == (24.0, 4.0, 2.0)


def test_overlapping_flags_of_one_kind_count_once() -> None:
    assert score(flag(0, 30), flag(20, 40, flag_id=2)).lines[0].seconds == 40.0


def test_a_flag_still_open_counts_to_the_end() -> None:
    assert score(flag(540, None)).lines[0].seconds == 60.0


def test_time_in_which_no_question_was_open_does_not_count() -> None:
    health = watched(opened=((0, 100), (200, 300)))
    assert score(flag(90, 210), health=health).lines[0].seconds == 20.0


def test_the_share_is_of_the_time_the_source_saw_and_not_of_the_whole() -> None:
    (line,) = score(flag(0, 50), health=watched(camera=((0, 500),))).lines
    assert (line.of_seconds, line.percent) == (500.0, 10.0)


def test_a_covered_camera_counts_its_own_time_as_known() -> None:
    covered = flag(500, 600, FlagKind.CAMERA_COVERED, Severity.MEDIUM)
    (line,) = score(covered, health=watched(camera=((0, 500),))).lines
    assert (line.seconds, line.of_seconds) == (100.0, 600.0)


def test_an_act_on_the_page_counts_ten_seconds_however_short() -> None:
    (line,) = score(flag(599, 599, FlagKind.COPY_PASTE, Severity.MEDIUM)).lines
    assert line.seconds == 10.0


def test_leaving_the_page_for_longer_counts_as_long_as_it_lasted() -> None:
    (line,) = score(flag(100, 160, FlagKind.TAB_SWITCHING, Severity.MEDIUM)).lines
    assert line.seconds == 60.0


def test_a_kind_takes_off_no_more_than_its_cap() -> None:
    (line,) = score(flag(0, 600)).lines
    assert line.points == 10.0 and line.words.endswith("low: 100.0 x 0.5 = 50.0, at most 10.0")


def test_a_dismissed_flag_is_listed_and_takes_nothing_off() -> None:
    report = score(flag(0, 60), dismissed=(1,))
    assert report.score == 100.0
    assert report.lines[0].words == "Looking away: 1 of 1 dismissed; nothing counted"


def test_what_is_left_of_a_kind_after_a_dismissal_still_counts() -> None:
    (line,) = score(flag(0, 60), flag(100, 124, flag_id=2), dismissed=(1,)).lines
    assert (line.flags, line.dismissed, line.seconds) == (1, 1, 24.0)


def test_kinds_of_one_score_have_a_line_each_the_costliest_first() -> None:
    report = score(flag(0, 60), flag(0, 60, FlagKind.MULTIPLE_FACES, Severity.HIGH, 2))
    assert [line.kind for line in report.lines] == [FlagKind.MULTIPLE_FACES, FlagKind.LOOKING_AWAY]
    assert (report.score, report.words) == (55.0, "100.0 - 45.0 = 55.0")


@pytest.mark.parametrize(
    ("seconds", "band"),
    [(60, IntegrityBand.HIGH), (61, IntegrityBand.MEDIUM), (159, IntegrityBand.MEDIUM), (161, IntegrityBand.LOW)],
)
def test_bands_begin_at_85_and_60(seconds: float, band: IntegrityBand) -> None:
    params = IntegrityParams(cap_points=dict.fromkeys(Severity, 100.0))
    long = flag(0, seconds, FlagKind.NO_FACE, Severity.MEDIUM)
    assert score_integrity([long], (), watched(), params).band is band


@pytest.mark.parametrize("source", [s.value for s in MonitorSource])
def test_a_source_that_was_blind_too_long_leaves_no_score(source: str) -> None:
    report = score(health=watched(**{source: ((0, 419),)}))
    assert (report.score, report.band) == (None, IntegrityBand.NOT_ENOUGH)
    assert "69 %" in report.words and "70 % are needed" in report.words


def test_an_interview_held_before_the_monitors_health_was_kept_has_no_score() -> None:
    assert score(health=replace(watched(), recorded=False)).score is None


def test_nothing_is_below_0() -> None:
    long = [flag(0, 600, kind, Severity.HIGH, n) for n, kind in enumerate(FlagKind)]
    assert score(*long).score == 0.0


def test_seventy_percent_are_enough() -> None:
    assert score(health=watched(camera=((0, 420),))).score == 100.0


def test_sources_blind_at_different_times_add_up_to_what_was_not_seen() -> None:
    report = score(health=watched(camera=((0, 450),), page=((150, 600),)))
    assert (report.score, report.monitored_share) == (None, 0.5)


def test_a_source_the_interview_does_without_is_not_missed() -> None:
    health = watched(expected=frozenset({MonitorSource.PAGE}), camera=(), microphone=())
    assert score(health=health).score == 100.0


def test_where_nothing_was_to_be_monitored_there_is_no_score() -> None:
    assert score(health=watched(expected=frozenset())).score is None


def test_with_less_than_half_a_minute_there_is_no_score() -> None:
    report = score(health=watched(opened=((0, 29.9),)))
    assert (report.score, report.words) == (
        None, "No score: a question was open for 29.9 s only; 30 s are needed.",
    )  # fmt: skip


def test_without_a_score_the_lines_still_say_what_was_seen() -> None:
    assert score(flag(0, 60), health=watched(camera=((0, 300),))).lines[0].points > 0


def test_every_kind_has_a_source() -> None:
    assert {source_of(kind) for kind in FlagKind} == {
        MonitorSource.CAMERA, MonitorSource.MICROPHONE, MonitorSource.PAGE,
    }  # fmt: skip


moments = st.floats(-50, 700, allow_nan=False)


@st.composite
def flag_lists(draw: st.DrawFn, least: int = 0) -> list[FlagSpan]:
    count = draw(st.integers(least, 12))
    found = []
    for flag_id in range(count):
        begin = draw(moments)
        length = draw(st.one_of(st.none(), st.just(0.0), st.floats(0, 300)))
        kind, severity = draw(st.sampled_from(FlagKind)), draw(st.sampled_from(Severity))
        found.append(flag(begin, None if length is None else begin + length, kind, severity, flag_id))
    return found


@st.composite
def reports(draw: st.DrawFn) -> HealthReport:
    def cut(limit: float) -> tuple[tuple[float, float], ...]:
        edges = sorted(draw(st.lists(st.floats(0, limit), min_size=2, max_size=6)))
        return tuple(zip(edges[::2], edges[1::2], strict=False))

    opened = draw(st.sampled_from([((0.0, 600.0),), ((0.0, 200.0), (250.0, 600.0)), ((0.0, 10.0),), ()]))
    expected = frozenset(draw(st.sets(st.sampled_from(MonitorSource))))
    wide = draw(st.booleans())
    return watched(opened, expected, **({} if wide else {source.value: cut(600) for source in MonitorSource}))


def lost(report: IntegrityReport) -> float:
    """Points taken off, also where they make no score."""
    return sum(line.points for line in report.lines)


@given(flag_lists(least=1), reports(), st.data())
def test_dismissing_a_flag_never_lowers_the_score(
    flags: list[FlagSpan], health: HealthReport, data: st.DataObject
) -> None:
    before = tuple(data.draw(st.sets(st.sampled_from(range(len(flags))))))
    one = data.draw(st.sampled_from(range(len(flags))))
    with_it, without = score_integrity(flags, before, health), score_integrity(flags, {*before, one}, health)
    assert (with_it.score is None) == (without.score is None)
    assert (without.score or 0) >= (with_it.score or 0) and lost(without) <= lost(with_it) + 1e-9


@given(flag_lists(least=1), reports())
def test_an_additional_flag_never_raises_the_score(flags: list[FlagSpan], health: HealthReport) -> None:
    fewer, more = score_integrity(flags[:-1], (), health), score_integrity(flags, (), health)
    assert (more.score or 0) <= (fewer.score or 0) and lost(more) >= lost(fewer) - 1e-9


@given(flag_lists(), reports())
def test_the_score_is_between_0_and_100_or_there_is_none(flags: list[FlagSpan], health: HealthReport) -> None:
    report = score_integrity(flags, (), health)
    assert report.score is None or 0 <= report.score <= 100
    assert (report.score is None) == (report.band is IntegrityBand.NOT_ENOUGH)


@given(flag_lists(), reports())
def test_the_lines_add_up_to_the_score_to_the_last_digit_shown(flags: list[FlagSpan], health: HealthReport) -> None:
    report = score_integrity(flags, (), health)
    shown = 0
    for line in report.lines:
        if numbers := re.search(r"= ([\d.]+)(?:, at most ([\d.]+))?$", line.words):
            shown += round(float(numbers[2] or numbers[1]) * 10)
    if report.score is not None:
        assert f"{max(0, 1000 - shown) / 10:.1f}" == f"{report.score:.1f}"


@given(flag_lists(), reports())
def test_info_never_counts(flags: list[FlagSpan], health: HealthReport) -> None:
    noted = [replace(f, severity=Severity.INFO) for f in flags]
    report = score_integrity(noted, (), health)
    assert lost(report) == 0 and report.score in (100.0, None)


@given(flag_lists(least=1), reports())
def test_a_flag_told_twice_counts_once(flags: list[FlagSpan], health: HealthReport) -> None:
    twice = [*flags, *(replace(f, flag_id=f.flag_id + 100) for f in flags)]
    assert score_integrity(twice, (), health).score == score_integrity(flags, (), health).score


@given(flag_lists(), reports())
def test_no_kind_covers_more_than_the_time_it_could_be_told_in(flags: list[FlagSpan], health: HealthReport) -> None:
    assert all(0 <= line.percent <= 100 and line.seconds <= line.of_seconds
               for line in score_integrity(flags, (), health).lines)  # fmt: skip
