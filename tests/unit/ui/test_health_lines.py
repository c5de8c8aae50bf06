import re
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span, length_s, without
from core.ui.health_lines import figure, lanes_html, lasting, own_line, percent, reason, sentence

START = datetime(2026, 11, 8, 10, 0, tzinfo=UTC)
CAMERA, MICROPHONE, PAGE, WORKER = MonitorSource


def span(begin: float, end: float) -> Span:
    return Span(START + timedelta(seconds=begin), START + timedelta(seconds=end))


def clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")


OPEN = (span(0, 100),)


def source(kind: MonitorSource, *blind: Span, opened: tuple[Span, ...] = OPEN) -> SourceHealth:
    """It saw all but this."""
    seen = without(opened, blind)
    return SourceHealth(kind, True, seen, blind, length_s(seen) / length_s(opened), opened)


def absent(kind: MonitorSource) -> SourceHealth:
    return SourceHealth(kind, False, (), (), None, ())


def report(*sources: SourceHealth, opened: tuple[Span, ...] = OPEN, recorded: bool = True) -> HealthReport:
    """The sources that are not named saw all the time."""
    named = {s.source: s for s in sources}
    return HealthReport(opened, tuple(named.get(k, source(k, opened=opened)) for k in MonitorSource), recorded)


def said(health: HealthReport, kind: MonitorSource) -> str:
    return sentence(health, health.of(kind), clock)


def test_a_gap_is_told_with_its_time_length_and_probable_reason() -> None:
    health = report(source(CAMERA, span(11, 25)))
    assert said(health, CAMERA) == (
        "Camera saw 86 % of the time; not seen: 10:00:11 for 14 s (no picture that could be judged)."
    )


def test_what_saw_all_the_time_is_told_so() -> None:
    assert said(report(), MICROPHONE) == "Microphone saw 100 % of the time."


def test_moments_too_short_to_list_are_told_of_all_the_same() -> None:
    page = SourceHealth(PAGE, True, without(OPEN, [span(0, 4)]), (), 0.96, OPEN)
    assert said(report(page), PAGE) == "Page saw 96 % of the time; what is missing are moments too short to list."


def test_a_gap_of_the_page_too_short_to_list_still_tells_why_the_others_did_not_see() -> None:
    gap = span(20, 26)
    page = SourceHealth(PAGE, True, without(OPEN, [gap]), (), 0.94, OPEN)
    others = [source(k, gap) for k in MonitorSource if k is not PAGE]
    assert "was away" in reason(report(page, *others), CAMERA, gap)


def test_what_is_short_of_all_is_never_rounded_up_to_it() -> None:
    assert percent(0.9999) == "99 %"


def test_of_many_gaps_the_longest_are_told_and_the_others_counted() -> None:
    gaps = [span(n * 10, n * 10 + 2 + n) for n in range(6)]
    text = said(report(source(CAMERA, *gaps)), CAMERA)
    assert re.findall(r"for (\d+) s", text) == ["5", "6", "7"] and text.endswith("; and 3 shorter.")


def test_what_the_interview_does_without_is_not_called_seen() -> None:
    text = said(report(absent(CAMERA)), CAMERA)
    assert "not part of this interview" in text and "saw" not in text


def test_a_source_wanted_for_a_part_of_the_time_says_until_when() -> None:
    early = (span(0, 40),)
    camera = SourceHealth(CAMERA, True, early, (), 1.0, early)
    assert "until the candidate went on in another way" in said(report(camera), CAMERA)


def test_a_camera_without_its_worker_is_put_down_to_the_worker() -> None:
    gap = span(20, 30)
    health = report(source(CAMERA, gap), source(WORKER, gap))
    assert reason(health, CAMERA, gap) == "the analysis did not run"


@pytest.mark.parametrize("kind", list(MonitorSource))
def test_when_nothing_sees_the_page_or_the_server_was_away(kind: MonitorSource) -> None:
    gap = span(20, 90)
    assert "was away" in reason(report(*(source(k, gap) for k in MonitorSource)), kind, gap)


def test_a_page_that_is_the_only_source_is_not_put_down_to_the_server() -> None:
    gap = span(20, 90)
    health = report(source(PAGE, gap), *(absent(k) for k in (CAMERA, MICROPHONE, WORKER)))
    assert reason(health, PAGE, gap) == "the page gave no sign"


def test_the_figure_is_the_time_in_which_everything_saw() -> None:
    assert figure(report(source(CAMERA, span(0, 10)), source(PAGE, span(50, 60)))) == "80 %"


def test_the_figure_of_an_interview_without_records_is_unknown() -> None:
    assert figure(report(recorded=False)) == "Unknown"


def test_before_the_first_question_there_is_no_figure() -> None:
    assert figure(HealthReport((), tuple(absent(k) for k in MonitorSource))) == "-"


def test_a_lane_is_filled_where_its_source_saw_and_says_so_in_words() -> None:
    drawn = lanes_html(report(source(CAMERA, span(20, 40))))
    assert 'aria-label="Camera: saw 80 % of the time; the hatched rest is not known."' in drawn
    assert 'style="left:0.00%;width:20.00%"' in drawn and 'style="left:40.00%;width:60.00%"' in drawn


def test_pauses_take_no_room_in_the_lanes() -> None:
    opened = (span(0, 50), span(500, 550))
    health = report(source(CAMERA, span(510, 550), opened=opened), opened=opened)
    camera = lanes_html(health).split('role="img"')[1]
    assert re.findall(r"left:([\d.]+)%;width:([\d.]+)%", camera) == [("0.00", "50.00"), ("50.00", "10.00")]


def test_what_is_not_part_of_the_interview_has_no_lane() -> None:
    assert "Camera" not in lanes_html(report(absent(CAMERA)))


def test_the_candidate_reads_what_was_seen_and_that_gaps_are_not_held_against_them() -> None:
    text = own_line(report(source(CAMERA, span(0, 25)), absent(MICROPHONE)))
    assert "camera 75 %, page 100 % of the time" in text and "not against you" in text


def test_the_candidate_of_an_interview_without_records_reads_that() -> None:
    assert "not recorded" in own_line(report(recorded=False))


@pytest.mark.parametrize(
    ("seconds", "words"), [(14.2, "14 s"), (59.9, "1:00 min"), (90, "1:30 min"), (72_000, "20.0 h")]
)
def test_lengths_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert lasting(seconds) == words
