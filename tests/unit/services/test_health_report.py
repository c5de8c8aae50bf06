"""What counts as open time, what was expected to see, and what was not seen, from a whole interview's record."""

import json
from datetime import datetime, timedelta

import pytest
from fakes.clock import START, ManualClock
from holding import SPEAKING, TYPING, Holder

from core.bootstrap import House
from core.domain.errors import NotFound
from core.domain.events import DevicesChecked, Paused, Resumed, Terminated
from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span
from core.domain.interview import AnswerMode, ConsentKind
from core.services.registration import Accommodations

CAMERA, MICROPHONE, PAGE, WORKER = MonitorSource
EVERYTHING = SPEAKING | {ConsentKind.VIDEO: True}


def begun(house: House, clock: ManualClock, consents: dict[ConsentKind, bool] = EVERYTHING) -> Holder:
    """An interview whose first answer has just begun."""
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, consents, Accommodations())
    if consents != TYPING:
        house.interviews.apply(holder.session_id, DevicesChecked())
    house.access.take_seat(holder.session_id, "tab")
    return holder.begin()


@pytest.fixture
def open_answer(house: House, clock: ManualClock) -> Holder:
    return begun(house, clock)


def live(holder: Holder, seconds: int, *sources: MonitorSource) -> None:
    """Time passes, and these see all of it."""
    for _ in range(seconds + 1):
        for source in sources:
            holder.house.health.beat(holder.session_id, source)
        holder.clock.tick(1)
    holder.clock.tick(-1)


def report(holder: Holder) -> HealthReport:
    holder.house.health.write()
    return holder.house.health.report(holder.session_id)


def pairs(spans: tuple[Span, ...]) -> list[tuple[float, float]]:
    """As seconds since the test began."""

    def second(at: datetime) -> float:
        return (at - START).total_seconds()

    return [(second(span.started_at), second(span.ended_at)) for span in spans]


def page_lives(holder: Holder) -> None:
    """The page gives the sign of life it gives each second."""
    holder.house.access.keep_seat(holder.session_id, "tab")


def end(holder: Holder) -> None:
    """The interview ends before the candidate's eyes."""
    page_lives(holder)
    holder.house.interviews.apply(holder.session_id, Terminated())


def test_what_saw_all_the_time_has_no_blind_span(open_answer: Holder) -> None:
    live(open_answer, 60, *MonitorSource)
    end(open_answer)
    found = report(open_answer)
    assert [(s.share, s.blind) for s in found.sources] == [(1.0, ())] * 4
    assert pairs(found.open_spans) == [(0, 60)] and found.monitored_share == 1.0


def test_what_stopped_for_a_while_is_blind_then_and_has_its_share(open_answer: Holder) -> None:
    live(open_answer, 20, *MonitorSource)
    live(open_answer, 10, PAGE, MICROPHONE, WORKER)
    live(open_answer, 10, *MonitorSource)
    end(open_answer)
    camera = report(open_answer).of(CAMERA)
    assert (pairs(camera.blind), camera.share) == ([(20, 30)], 0.75)


def test_what_never_saw_is_blind_throughout(open_answer: Holder) -> None:
    live(open_answer, 30, PAGE, MICROPHONE)
    end(open_answer)
    camera = report(open_answer).of(CAMERA)
    assert (camera.seen, pairs(camera.blind), camera.share) == ((), [(0, 30)], 0.0)


def test_remainders_of_less_than_a_second_are_not_listed_but_count(open_answer: Holder) -> None:
    open_answer.clock.tick(0.9)
    live(open_answer, 8, *MonitorSource)
    open_answer.clock.tick(0.1)
    end(open_answer)
    camera = report(open_answer).of(CAMERA)
    assert camera.blind == () and camera.share == pytest.approx(8 / 9)


def test_the_time_between_two_beats_of_the_page_is_not_listed(open_answer: Holder) -> None:
    open_answer.clock.tick(5)
    live(open_answer, 20, PAGE)
    open_answer.clock.tick(5)
    end(open_answer)
    assert report(open_answer).of(PAGE).blind == ()


def test_a_pause_is_nobodys_business(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 20, *MonitorSource)
    holder.house.interviews.apply(holder.session_id, Paused())
    holder.clock.tick(60)
    holder.house.interviews.apply(holder.session_id, Resumed())
    live(holder, 20, *MonitorSource)
    end(holder)
    found = report(holder)
    assert pairs(found.open_spans) == [(0, 20), (80, 100)]
    assert found.monitored_share == 1.0


def test_beats_in_a_pause_do_not_count_as_seen(open_answer: Holder) -> None:
    holder = open_answer
    holder.clock.tick(20)
    holder.house.interviews.apply(holder.session_id, Paused())
    live(holder, 30, *MonitorSource)
    end(holder)
    assert report(holder).of(CAMERA).seen == ()


def test_time_from_one_question_to_the_next_is_one_open_span(open_answer: Holder) -> None:
    open_answer.clock.tick(20)
    open_answer.submit("An answer.")
    open_answer.clock.tick(20)
    end(open_answer)
    assert sum(e - b for b, e in pairs(report(open_answer).open_spans)) == 40


def test_without_the_camera_nothing_is_expected_of_it(house: House, clock: ManualClock) -> None:
    holder = begun(house, clock, SPEAKING)
    live(holder, 30, PAGE, MICROPHONE)
    end(holder)
    found = report(holder)
    assert [s.expected for s in found.sources] == [False, True, True, False]
    assert (found.of(CAMERA).blind, found.of(CAMERA).share, found.monitored_share) == ((), None, 1.0)


def test_typed_answers_expect_no_sound(house: House, clock: ManualClock) -> None:
    holder = begun(house, clock, TYPING)
    live(holder, 30, PAGE)
    end(holder)
    found = report(holder)
    assert [s.source for s in found.sources if s.expected] == [PAGE] and found.monitored_share == 1.0


def test_after_going_on_in_another_way_camera_and_microphone_are_no_longer_expected(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 20, *MonitorSource)
    holder.house.interviews.change_mode(holder.session_id, AnswerMode.TYPED)
    live(holder, 40, PAGE)
    end(holder)
    found = report(holder)
    assert [(s.expected, s.share, s.blind) for s in found.sources] == [(True, 1.0, ())] * 4
    assert pairs(found.of(CAMERA).wanted or ()) == [(0, 20)] and found.monitored_share == 1.0


def test_what_was_blind_before_going_on_in_another_way_stays_unknown(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 20, PAGE)
    holder.house.interviews.change_mode(holder.session_id, AnswerMode.CLIP)
    live(holder, 20, PAGE)
    end(holder)
    found = report(holder)
    assert pairs(found.of(CAMERA).blind) == pairs(found.of(MICROPHONE).blind) == [(0, 20)]


def test_an_interview_from_before_is_unknown_and_says_that_nothing_was_recorded(open_answer: Holder) -> None:
    open_answer.complete()
    found = report(open_answer)
    assert not found.recorded and all(s.share in (0.0, None) for s in found.sources)


def test_before_the_first_question_nothing_counts(house: House, clock: ManualClock) -> None:
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, EVERYTHING, Accommodations())
    live(holder, 30, *MonitorSource)
    found = report(holder)
    assert found.open_spans == () and [s.share for s in found.sources] == [None] * 4
    assert all(s.expected for s in found.sources)


def test_of_a_running_interview_only_what_can_be_written_already_is_judged(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 30, *MonitorSource)
    page_lives(holder)
    found = report(holder)
    holder.clock.tick(3)
    page_lives(holder)
    assert pairs(report(holder).open_spans) == pairs(found.open_spans) == [(0, 30)]


def test_a_running_interview_whose_monitor_died_shows_it(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 30, *MonitorSource)
    holder.clock.tick(60)
    page_lives(holder)
    assert pairs(report(holder).of(CAMERA).blind) == [(30, 84)]


def test_an_interview_nobody_came_back_to_is_not_blind_for_days(open_answer: Holder) -> None:
    live(open_answer, 30, *MonitorSource)
    open_answer.clock.tick(86_400)
    assert pairs(report(open_answer).open_spans) == [(0, 30)]


def test_an_interview_ended_long_after_it_was_left_was_open_until_it_was_left(open_answer: Holder) -> None:
    live(open_answer, 30, *MonitorSource)
    open_answer.clock.tick(86_400)
    open_answer.house.interviews.apply(open_answer.session_id, Terminated())
    assert pairs(report(open_answer).open_spans) == [(0, 30)]


def test_time_until_the_candidate_came_back_was_not_seen(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 30, *MonitorSource)
    left_at = holder.clock.now()
    holder.clock.tick(100)
    holder.house.interviews.come_back(holder.session_id, left_at)
    assert pairs(report(holder).of(CAMERA).blind) == [(30, 130)]


def test_a_clock_set_back_turns_no_span_round(open_answer: Holder) -> None:
    holder = open_answer
    live(holder, 30, *MonitorSource)
    holder.clock.set_wall(START - timedelta(hours=1))
    end(holder)
    assert all(span.seconds >= 0 for span in report(holder).open_spans)


def test_of_an_unknown_interview_there_is_no_report(house: House) -> None:
    with pytest.raises(NotFound):
        house.health.report("iv-unknown")


def test_the_candidates_own_copy_tells_when_the_monitor_saw(open_answer: Holder) -> None:
    live(open_answer, 30, *MonitorSource)
    end(open_answer)
    report(open_answer)
    copy = json.loads(open_answer.house.desk.own_copy(open_answer.session_id))
    shares = {item["source"]: item["share"] for item in copy["health"]["sources"]}
    assert shares == dict.fromkeys(("camera", "microphone", "page", "worker"), 1.0)


def test_sources_are_told_in_a_steady_order(open_answer: Holder) -> None:
    sources: tuple[SourceHealth, ...] = report(open_answer).sources
    assert [s.source for s in sources] == list(MonitorSource)
