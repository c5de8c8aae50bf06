"""Flags as reviewers decide them and candidates comment on them."""

import shutil
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from browser_tab import PASSWORD, Tab, consented

from core.bootstrap import House
from core.domain.events import Terminated
from core.domain.health import HealthReport, MonitorSource, SourceHealth, Span
from core.domain.interview import AnswerEnding
from core.domain.review import Verdict
from core.domain.watch import Flag, FlagKind, Snapshot
from core.proctoring.snapshots import SnapshotParams, encode_snapshot
from core.services.flag_book import FlagBook

JPEG = encode_snapshot(np.full((24, 32, 3), 120, np.uint8), SnapshotParams())
EVIL = "<img src=x onerror=alert(1)> **bold**"


@pytest.fixture
def done(house: House) -> tuple[str, str]:
    """A completed interview of ten minutes without a flag: its number and token."""
    session_id, token = consented(house)
    house.interviews.start(session_id)
    house.interviews.begin_answer(session_id, "0:1")
    for n in range(5):
        house.interviews.submit(session_id, f"{n}:1", f"Answer {n}.", edited=True, ending=AnswerEnding.SUBMITTED)
    return session_id, token


@pytest.fixture
def saw_all(house: House, done: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The monitor saw all of ten minutes."""
    now = house.clock.now()
    span = (Span(now - timedelta(seconds=60), now + timedelta(seconds=540)),)
    report = HealthReport(span, tuple(SourceHealth(s, True, span, (), 1.0) for s in MonitorSource))
    monkeypatch.setattr("core.services.desk.read_health", lambda tx, session_id: report)


def raise_flag(house: House, session_id: str, kind: FlagKind = FlagKind.LOOKING_AWAY, *, begin_s: float = 0) -> int:
    """A flag of a minute."""
    at = house.clock.now() + timedelta(seconds=begin_s)
    flag = Flag(kind, at, at + timedelta(seconds=60), 0.96, f"Seen at {begin_s:.0f} s.", {"pictures a second": "2.0"})
    flag_id = FlagBook(house.database, house.clock).open(session_id, flag)
    assert flag_id is not None
    return flag_id


@pytest.fixture
def flagged(house: House, done: tuple[str, str]) -> tuple[str, str]:
    raise_flag(house, done[0])
    return done


@pytest.fixture
def review(tab: Tab, house: House, done: tuple[str, str]) -> Callable[[], Tab]:
    """Opens the review as a recruiter who has given a name."""

    def open_it(name: str = "Grace") -> Tab:
        tab.open("recruiter").fill("Password", PASSWORD).press("Sign in").open("review", interview=done[0])
        return tab.fill("Your name", name)._run() if name else tab

    return open_it


def latest(house: House, session_id: str) -> list[tuple[Verdict, str]]:
    return [(r.verdict, r.note) for r in house.reviews.reviews(session_id)]


def test_a_flag_shows_what_is_claimed_how_grave_and_what_it_does_not_say(
    flagged: tuple[str, str], review: Callable[..., Tab]
) -> None:
    text = review().text
    assert "**● Low** · **Looking away** · Undecided" in text and "Seen at 0 s." in text
    assert "nearly all the time (96%" in text and "pictures a second: 2.0" in text


def test_looking_down_leaves_the_reading_to_the_reviewer(
    house: House, done: tuple[str, str], review: Callable[..., Tab]
) -> None:
    raise_flag(house, done[0], FlagKind.LOOKING_DOWN)
    assert "possible phone use is your reading, not the machine's" in review().text


def test_a_flag_names_the_question_and_the_second_of_the_answer(
    house: House, tab: Tab, review: Callable[..., Tab]
) -> None:
    session_id, _ = consented(house, name="Eve")
    house.interviews.start(session_id)
    house.interviews.begin_answer(session_id, "0:1")
    raise_flag(house, session_id, begin_s=41.2)
    review("").open("review", interview=session_id)
    assert "Question 1, 0:41 into the answer" in tab.text


def test_all_pictures_of_a_flag_are_shown_and_missing_ones_counted(
    house: House, done: tuple[str, str], review: Callable[..., Tab]
) -> None:
    monitor, now = house.monitor(done[0]), house.clock.now()
    flag = Flag(FlagKind.NO_FACE, now, None, 1.0, "No face.")
    monitor.flag_opened(flag, Snapshot(JPEG, now, "no_face", 0))
    monitor.snapshot(Snapshot(JPEG, now + timedelta(seconds=2), "routine", 0))
    monitor.flag_closed(Flag(FlagKind.NO_FACE, now, now + timedelta(seconds=5), 1.0, "No face for 5 s."))
    tab = review()
    alts = [image.alt for e in tab.at.get("image") for image in e.proto.imgs]
    assert len([alt for alt in alts if alt.startswith("Picture taken at")]) == 2
    shutil.rmtree(house.settings.data_dir / "blobs" / done[0] / "snapshots")
    assert "2 pictures no longer in the store." in tab._run().text


def test_the_sound_of_a_flag_is_offered_where_it_was_recorded(
    house: House, done: tuple[str, str], review: Callable[..., Tab]
) -> None:
    attempt_id = house.desk.open_file(done[0]).questions[0].attempts[0].attempt.id
    raise_flag(house, done[0])
    tab = review()
    assert not tab.at.toggle
    house.recordings.add(done[0], attempt_id, 0, np.ones(16_000 * 90, np.int16), house.clock.now())
    tab._run()
    (toggle,) = tab.at.toggle
    players = len(tab.at.get("audio"))
    toggle.set_value(True)
    assert len(tab._run().at.get("audio")) == players + 1


def test_dismissing_keeps_note_and_name_and_shows_the_new_score_at_once(
    house: House, flagged: tuple[str, str], saw_all: None, review: Callable[..., Tab]
) -> None:
    tab = review()
    assert "Integrity: 95.0 of 100 · High" in tab.text
    tab.fill("Note", "Thinking.").press("Dismiss")
    assert latest(house, flagged[0]) == [(Verdict.DISMISSED, "Thinking.")]
    assert "Integrity: 100.0 of 100 · High" in tab.text and "Dismissed by Grace" in tab.text
    assert [t.value for t in tab.at.toast] == ["Dismissed. Integrity: 100.0 High."]


def test_the_arithmetic_is_shown_line_by_line(
    flagged: tuple[str, str], saw_all: None, review: Callable[..., Tab]
) -> None:
    text = review().text
    assert "Looking away: 60.0 s of 600.0 s (10.0 %), low: 10.0 x 0.5 = 5.0" in text
    assert "100.0 - 5.0 = 95.0" in text


def test_the_row_of_figures_has_the_score(flagged: tuple[str, str], saw_all: None, review: Callable[..., Tab]) -> None:
    (figure,) = [m.value for m in review().at.metric if m.label == "Integrity"]
    assert figure == "95.0 High"


def test_a_decision_can_be_taken_back(house: House, flagged: tuple[str, str], review: Callable[..., Tab]) -> None:
    tab = review().press("Confirm")
    assert not tab.has_button("Confirm")
    tab.press("Undo")
    assert tab.has_button("Confirm") and "Taken back by Grace" in tab.text
    assert [verdict for verdict, _ in latest(house, flagged[0])] == [Verdict.CONFIRMED, Verdict.OPEN]


def test_without_a_name_nothing_is_decided(house: House, flagged: tuple[str, str], review: Callable[..., Tab]) -> None:
    assert "Your name is missing" in review("").press("Dismiss").messages
    assert latest(house, flagged[0]) == []


def test_the_name_is_still_there_at_the_next_interview(
    house: House, flagged: tuple[str, str], review: Callable[..., Tab]
) -> None:
    tab = review()
    other, _ = consented(house, name="Eve")
    house.interviews.start(other)
    raise_flag(house, other)
    tab.open("recruiter").open("review", interview=other).press("Confirm")
    assert house.reviews.reviews(other)[0].reviewer == "Grace"


def test_what_people_wrote_is_shown_as_text_only(
    house: House, flagged: tuple[str, str], review: Callable[..., Tab]
) -> None:
    (flag,) = house.desk.open_file(flagged[0]).flags
    house.reviews.comment(flagged[0], flag.id, EVIL)
    house.reviews.decide(flag.id, Verdict.CONFIRMED, EVIL, EVIL)
    tab = review()
    assert tab.text.count(EVIL) == 3
    marked_up = [e.value for kind in (tab.at.markdown, tab.at.caption) for e in kind]
    assert not [value for value in marked_up if "onerror" in value]


def test_two_hundred_flags_are_shown_ten_at_a_time(
    house: House, done: tuple[str, str], review: Callable[..., Tab]
) -> None:
    for n in range(200):
        raise_flag(house, done[0], begin_s=n)
    tab = review()
    assert "1 to 10 of 200, in order of time." in tab.text
    assert len([b for b in tab.at.button if b.label == "Confirm"]) == 10


def test_flags_can_be_filtered_by_state_severity_and_kind(
    house: House, done: tuple[str, str], review: Callable[..., Tab]
) -> None:
    away, faces = (raise_flag(house, done[0], kind) for kind in (FlagKind.LOOKING_AWAY, FlagKind.MULTIPLE_FACES))
    house.reviews.decide(faces, Verdict.DISMISSED, "", "Grace")
    tab = review()

    def shown(key: str, *values: object) -> list[str]:
        tab.at.session_state[key] = list(values)
        keys = [b.key for b in tab._run().at.button if b.key and b.key.startswith(("flag-confirm", "flag-undo"))]
        tab.at.session_state[key] = []
        return sorted(keys)

    assert shown("flag_states", Verdict.OPEN) == [f"flag-confirm-{away}"]
    assert shown("flag_kinds", FlagKind.MULTIPLE_FACES) == [f"flag-undo-{faces}"]
    assert shown("flag_states", Verdict.CONFIRMED) == [] and "No flag matches this choice." in tab.messages


def test_no_flag_of_a_monitor_that_saw_is_said_to_be_just_that(
    done: tuple[str, str], saw_all: None, review: Callable[..., Tab]
) -> None:
    assert "No flag was raised in the 100 % of the time that was monitored." in review("").messages


def test_no_flag_of_a_monitor_that_saw_nothing_is_not_said_to_be_clean(
    house: House, done: tuple[str, str], monkeypatch: pytest.MonkeyPatch, review: Callable[..., Tab]
) -> None:
    now = house.clock.now()
    span = (Span(now, now + timedelta(seconds=600)),)
    blind = HealthReport(span, tuple(SourceHealth(s, True, (), span, 0.0) for s in MonitorSource))
    monkeypatch.setattr("core.services.desk.read_health", lambda tx, session_id: blind)
    tab = review("")
    assert "Not monitored." in tab.messages and "Integrity: Not enough monitoring" in tab.text


@pytest.fixture
def results(new_tab: Callable[..., Tab], flagged: tuple[str, str]) -> Tab:
    """The candidate's page after the interview."""
    session_id, token = flagged
    return new_tab(tab_id="tab-2", session_id=session_id, token=token).open("results")


def test_the_candidate_reads_what_was_noted_and_that_no_verdict_was_made(results: Tab) -> None:
    assert "What was noted" in results.text and "**Looking away**" in results.text and "Seen at 0 s." in results.text
    assert "that is no verdict, and the program makes none. People look at each one" in results.text


def test_the_candidates_comment_is_kept_and_can_be_changed(
    house: House, flagged: tuple[str, str], results: Tab
) -> None:
    for words in ("My cat.", "My dog."):
        results.at.text_area[0].set_value(words)
        results.press("Save")
    assert [c.text for c in house.desk.open_file(flagged[0]).comments] == ["My cat.", "My dog."]
    assert results.at.text_area[0].value == "My dog."


def test_a_comment_that_is_too_long_is_refused_in_plain_words(
    house: House, flagged: tuple[str, str], results: Tab
) -> None:
    results.at.text_area[0].set_value("x" * 2001)
    assert "2,001 characters. Shorten it to 2,000 or less." in results.press("Save").messages
    assert house.desk.open_file(flagged[0]).comments == []


def test_the_reviewer_reads_the_candidates_comment(
    house: House, flagged: tuple[str, str], results: Tab, review: Callable[..., Tab]
) -> None:
    results.at.text_area[0].set_value("My cat.")
    results.press("Save")
    tab = review()
    assert "The candidate says" in tab.text and "My cat." in tab.text


def test_a_flag_set_aside_is_marked_for_the_candidate_without_the_reviewers_words(
    house: House, flagged: tuple[str, str], results: Tab
) -> None:
    (flag,) = house.desk.open_file(flagged[0]).flags
    house.reviews.decide(flag.id, Verdict.DISMISSED, "Looks fine to me.", "Grace")
    text = results._run().text
    assert "Set aside by a person" in text and "Looks fine" not in text and "Grace" not in text


def test_a_confirmed_flag_looks_to_the_candidate_like_one_nobody_decided(
    house: House, flagged: tuple[str, str], results: Tab
) -> None:
    before = results._run().text
    (flag,) = house.desk.open_file(flagged[0]).flags
    house.reviews.decide(flag.id, Verdict.CONFIRMED, "", "Grace")
    assert results._run().text == before


def test_a_candidate_of_whom_nothing_was_noted_reads_that(new_tab: Callable[..., Tab], done: tuple[str, str]) -> None:
    tab = new_tab(tab_id="tab-2", session_id=done[0], token=done[1]).open("results")
    assert "Nothing was noted while you answered." in tab.text


def test_a_candidate_whose_interview_was_ended_can_comment_too(house: House, new_tab: Callable[..., Tab]) -> None:
    session_id, token = consented(house, name="Eve")
    house.interviews.start(session_id)
    raise_flag(house, session_id, FlagKind.TAB_SWITCHING)
    house.interviews.apply(session_id, Terminated())
    tab = new_tab(tab_id="tab-2", session_id=session_id, token=token).open("results")
    tab.at.text_area[0].set_value("My mail came up.")
    tab.press("Save")
    assert [c.text for c in house.desk.open_file(session_id).comments] == ["My mail came up."]
