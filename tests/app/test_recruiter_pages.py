"""Sign-in, list, invitations and review."""

import re
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from browser_tab import PASSWORD, Tab, consented, registered

from core.bootstrap import House
from core.domain.interview import AnswerEnding
from core.domain.page_events import PageEventKind
from core.domain.transcript import CaptionMode, CaptionQuality, FinalSegment, Gap, Word
from core.domain.watch import Flag, FlagKind, Snapshot
from core.proctoring.snapshots import SnapshotParams, encode_snapshot
from core.services.registration import Accommodations
from core.storage.attempts import AttemptRepo
from core.storage.jobs import JobRepo
from core.storage.logs import LogRepo

NewTab = Callable[..., Tab]
JPEG = encode_snapshot(np.full((24, 32, 3), 120, np.uint8), SnapshotParams())


def html(tab: Tab) -> str:
    """Everything that is drawn as HTML."""
    return "".join(element.proto.body for element in tab.at.get("html"))


@pytest.fixture
def desk(tab: Tab) -> Tab:
    """A tab whose recruiter has signed in."""
    return tab.open("recruiter").fill("Password", PASSWORD).press("Sign in")


@pytest.fixture
def held(house: House) -> str:
    """A completed interview with one flag, one page event and HTML wherever somebody may type."""
    session_id, _ = consented(house, name="Ada <b>Lovelace</b>")
    house.interviews.start(session_id)
    now = house.clock.now()
    monitor = house.monitor(session_id)
    monitor.flag_opened(Flag(FlagKind.NO_FACE, now, None, 1.0, "No face."), Snapshot(JPEG, now, "no_face", 0))
    house.pages.record(session_id, [(PageEventKind.PASTE, 12)])
    for n in range(5):
        house.interviews.submit(
            session_id, f"{n}:1", f"Answer {n} <i>here</i>", edited=True, ending=AnswerEnding.SUBMITTED
        )
    return session_id


@pytest.mark.parametrize("page", ["recruiter", "review"])
def test_without_a_password_only_the_sign_in_is_shown(tab: Tab, house: House, held: str, page: str) -> None:
    tab.open(page, interview=held)
    assert "Recruiter sign-in" in tab.text and "Lovelace" not in tab.text


def test_a_wrong_password_is_refused_in_plain_words(tab: Tab) -> None:
    tab.open("recruiter").fill("Password", "wrong").press("Sign in")
    assert "not right" in tab.messages and not tab.has_button("Sign out")


def test_too_many_wrong_passwords_have_to_wait(tab: Tab) -> None:
    tab.open("recruiter")
    for _ in range(6):
        tab.fill("Password", "wrong").press("Sign in")
    assert "Too many wrong passwords" in tab.messages


def test_the_right_password_opens_the_list(desk: Tab) -> None:
    assert desk.title == "Interviews"


def test_signing_out_closes_the_list(desk: Tab) -> None:
    assert "Recruiter sign-in" in desk.press("Sign out").text


def test_signing_in_does_not_let_other_tabs_in(desk: Tab, new_tab: NewTab) -> None:
    assert "Recruiter sign-in" in new_tab(tab_id="tab-2").open("recruiter").text


def test_an_empty_list_says_how_to_begin(desk: Tab) -> None:
    assert "Create an invitation" in desk.messages


def test_the_list_shows_name_state_and_flags(house: House, held: str, desk: Tab) -> None:
    (row,) = desk.at.dataframe[0].value.to_dict("records")
    assert (row["Name"], row["State"], row["Answered"], row["Flags"]) == (
        "Ada <b>Lovelace</b>", "Completed", "5 of 5", 2,
    )  # fmt: skip


def test_the_list_can_be_searched(house: House, held: str, desk: Tab) -> None:
    registered(house, name="Grace Hopper")
    desk.fill("Search", "hopper")._run()
    assert list(desk.at.dataframe[0].value["Name"]) == ["Grace Hopper"]


def test_a_search_that_finds_nothing_says_so(house: House, held: str, desk: Tab) -> None:
    assert "No interview matches" in desk.fill("Search", "nobody")._run().messages


def test_a_warning_of_the_house_is_shown_to_the_recruiter(house: House, desk: Tab) -> None:
    house.warnings.append("question_bank.json is missing.")
    assert "question_bank.json is missing." in desk._run().messages


@pytest.fixture
def given_up(house: House) -> None:
    """One job that was given up."""
    now = house.clock.now()
    with house.database.transaction() as tx:
        jobs = JobRepo(tx)
        jobs.add("nobody", "k", {}, now, now)
        job = jobs.claim(("nobody",), "lease", now, now)
        assert job is not None
        jobs.give_up(job.id, "lease", now, "NotFound")


def test_work_that_was_given_up_is_counted_and_can_be_tried_again(house: House, given_up: None, desk: Tab) -> None:
    assert "1 given up" in desk.text
    assert "1 under way or waiting" in desk.press("Try again").text


def test_without_work_nothing_is_said_of_it(desk: Tab) -> None:
    assert "Work on recorded answers" not in desk.text and not desk.has_button("Try again")


def test_an_invitation_is_shown_as_a_link(desk: Tab) -> None:
    (link,) = [c.value for c in desk.press("Create invitation").at.code]
    assert re.search(r"/\?invite=[\w-]{40,}$", link)


def test_an_invitation_holds_what_the_form_says(desk: Tab, house: House) -> None:
    desk.fill("Subject", "Finance").fill("Questions", 3).fill("Seconds to answer", 45).fill("Retries", 0)
    (link,) = [c.value for c in desk.press("Create invitation").at.code]
    plan = house.registration.read_invite(link.partition("invite=")[2])
    assert plan is not None
    assert (plan.subject, plan.question_count, plan.answer_s, plan.retries) == ("Finance", 3, 45, 0)


def test_a_review_without_an_interview_asks_for_one(desk: Tab) -> None:
    assert "Choose an interview" in desk.open("review").messages


def test_a_review_of_an_unknown_interview_says_so(desk: Tab) -> None:
    assert "does not exist" in desk.open("review", interview="iv-000000000000").messages


def test_a_review_of_an_interview_not_begun_says_so(desk: Tab, house: House) -> None:
    session_id, _ = registered(house)
    assert "has not started yet" in desk.open("review", interview=session_id).text


def test_a_review_names_what_was_arranged_for_the_candidate(house: House, desk: Tab) -> None:
    session_id, _ = consented(house, video=True, wishes=Accommodations(wider_limits=True))
    text = desk.open("review", interview=session_id).text
    assert "Not noted, as arranged: looking away" in text and "2 times as long" in text


@pytest.fixture
def review(desk: Tab, held: str) -> Tab:
    return desk.open("review", interview=held)


def test_a_review_shows_every_answer(review: Tab) -> None:
    assert [f"Answer {n} <i>here</i>" in review.text for n in range(5)] == [True] * 5


def test_a_review_shows_what_a_candidate_typed_as_text_only(review: Tab) -> None:
    marked_up = "".join(e.value for kind in (review.at.markdown, review.at.caption) for e in kind)
    assert "<i>" not in marked_up and "<b>" not in marked_up


def test_a_review_marks_what_cannot_be_read_of_a_recording(house: House, held: str, desk: Tab) -> None:
    attempt_id = house.desk.open_file(held).questions[0].attempts[0].attempt.id
    with house.database.transaction() as tx:
        gap = Gap(2, 65, "The recording is damaged here and cannot be read.")
        AttemptRepo(tx).replace_transcript(attempt_id, [FinalSegment(0, "A list.", 0, 1.5)], [gap], house.clock.now())
    desk.open("review", interview=held)
    assert "0:02 to 1:05: The recording is damaged here" in desk.messages
    assert "A list." in html(desk) and "decoded again from the recording" in html(desk)


@pytest.fixture
def attempt_id(house: House, held: str) -> int:
    return house.desk.open_file(held).questions[0].attempts[0].attempt.id


def hear(house: House, attempt_id: int, segment: FinalSegment) -> None:
    with house.database.transaction() as tx:
        AttemptRepo(tx).add_segment(attempt_id, segment, house.clock.now())


def test_a_review_marks_words_heard_with_little_confidence(house: House, held: str, attempt_id: int, desk: Tab) -> None:
    words = (Word("A", 0, 0.2, 0.9), Word("tuple.", 0.2, 0.6, 0.31))
    hear(house, attempt_id, FinalSegment(0, "A tuple.", 0, 0.6, 0.6, "whisper-tiny.en", words))
    shown = html(desk.open("review", interview=held))
    assert 'A <span class="unsure" title="Heard with 31% confidence">tuple.</span>' in shown
    assert "1 of 2 words, 50%" in shown


def test_a_review_names_the_engine_and_why_it_was_not_the_one_asked_first(
    house: House, held: str, attempt_id: int, desk: Tab
) -> None:
    hear(house, attempt_id, FinalSegment(0, "Yes.", 0, 1, 0.6, "whisper-tiny.en (endpoint whisper-1: no answer)"))
    assert "Heard by whisper-tiny.en (endpoint whisper-1: no answer)." in html(desk.open("review", interview=held))


def test_a_review_says_when_captions_were_delayed(house: House, held: str, attempt_id: int, desk: Tab) -> None:
    with house.database.transaction() as tx:
        AttemptRepo(tx).save_captions(attempt_id, CaptionQuality(CaptionMode.DELAYED, 12.4, 7))
    assert "Captions were delayed for 12 s while this was said" in html(desk.open("review", interview=held))


def test_a_review_shows_what_was_heard_as_text_only(house: House, held: str, attempt_id: int, desk: Tab) -> None:
    evil = "<img src=x onerror=alert(1)>"
    hear(house, attempt_id, FinalSegment(0, evil, 0, 1, 0.2, evil, (Word(evil, 0, 1, 0.1),)))
    assert "<img" not in html(desk.open("review", interview=held))


def test_a_review_lists_sound_alerts_beside_page_events(house: House, held: str, desk: Tab) -> None:
    now = house.clock.now()
    detail = {"from": now.isoformat(), "measured": -36.4, "unit": "dBFS"}
    with house.database.transaction() as tx:
        LogRepo(tx).add(held, "sound_noise", detail, now)
        LogRepo(tx).add(held, "sound_noise", {**detail, "to": (now + timedelta(seconds=12)).isoformat()}, now)
    desk.open("review", interview=held)
    (events,) = [f.value for f in desk.at.dataframe if "Characters" in f.value.columns]
    assert list(events["Event"]) == ["Paste", "Noisy room (12 s, -36 dB)"]


def test_a_review_counts_flags_and_pictures_in_its_tabs(review: Tab) -> None:
    labels = [t.label for t in review.at.tabs]
    assert "Flags (2)" in labels and "Pictures (1)" in labels


def test_a_review_says_where_the_questions_came_from(review: Tab) -> None:
    assert "Questions from: question bank" in review.text


def test_a_review_says_when_watching_ended_early(review: Tab) -> None:
    assert "was watched until the candidate went on in another way" in review.messages


def test_a_review_lists_page_events_by_length(review: Tab) -> None:
    (events,) = [f.value for f in review.at.dataframe if "Characters" in f.value.columns]
    assert events[["Event", "Characters"]].to_numpy().tolist() == [["Paste", 12]]


def test_a_review_shows_the_whole_history(review: Tab) -> None:
    (history,) = [f.value for f in review.at.dataframe if "What" in f.value.columns]
    assert {"registered", "consent", "state", "questions_drawn"} <= set(history["What"])
