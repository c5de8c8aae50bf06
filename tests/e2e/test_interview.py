"""A whole interview in a real browser, with a voice and a face."""

import io
import re
import time
import zipfile
from datetime import datetime

import pytest
from conftest import Server, chromium, new_page, serve
from devices import SENTENCES, make_camera, make_speech
from playwright.sync_api import Playwright, expect
from spoken import error_rate_in_loop
from steps import Records, box, check_devices, consent, no_trouble, open_review, press, register, start

SPOKEN = " ".join(SENTENCES)
SCENES = [(1, 24.0), (0, 6.0), (2, 6.0), (1, 120.0)]
"""Faces in the picture and for how long, from the moment the camera opens."""


@pytest.fixture(scope="module")
def held(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    """An interview really held: a retry, a refresh in mid-answer, an edit, and an answer left as it was heard."""
    folder = tmp_path_factory.mktemp("held")
    loop_s = make_speech(folder / "speech.wav")
    make_camera(folder / "camera.mjpeg", SCENES)
    seen: dict[str, object] = {"loop_s": loop_s}
    with (
        serve(folder / "data", question_count=2, think_s=30, answer_s=120, snapshot_every_s=5) as server,
        chromium(playwright, speech=folder / "speech.wav", camera=folder / "camera.mjpeg") as browser,
    ):
        context, page = new_page(browser)
        register(page, server.url)
        consent(page)
        check_devices(page)
        start(page)
        opened = time.monotonic()
        press(page, "Start recording")
        expect(box(page)).not_to_have_value("", timeout=25_000)
        seen["interim"] = True
        press(page, "Retry (1 left)")
        expect(box(page)).to_have_value("")
        time.sleep(max(0.0, 40.0 - (time.monotonic() - opened)))
        expect(box(page)).not_to_have_value("")
        before = box(page).input_value()
        page.reload()
        page.get_by_role("button", name="Go on").wait_for()
        page.get_by_text("Question 1 of 2").wait_for()
        seen["draft_kept"] = box(page).input_value().startswith(before[: len(before) // 2])
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Stop recording", exact=True).wait_for()
        time.sleep(6)
        press(page, "Stop recording")
        page.locator("audio").wait_for()
        time.sleep(3)
        box(page).press_sequentially(" And that is my answer.")
        seen["first_text"] = box(page).input_value()
        press(page, "Next")
        page.get_by_text("Question 2 of 2").wait_for()
        press(page, "Start recording")
        time.sleep(loop_s + 3)
        press(page, "Finish")
        page.get_by_text("Thank you, you are done").wait_for()
        no_trouble(page)
        time.sleep(3)
        seen["done_page"] = page.inner_text("body")
        context.close()
        yield server, Records(server.data), seen, browser


def test_the_interview_is_complete(held) -> None:
    _, records, _, _ = held
    assert records.phase() == "completed"
    assert [r["ending"] for r in records.rows("select ending from questions order by position")] == ["submitted"] * 2


def test_a_refresh_in_mid_answer_keeps_the_draft(held) -> None:
    assert held[2]["draft_kept"]


def test_an_edited_answer_is_stored_as_it_stood_in_the_box(held) -> None:
    _, records, seen, _ = held
    row = records.rows("select answer, edited from questions where position = 0")[0]
    assert row["answer"] == seen["first_text"]
    assert row["answer"].endswith("And that is my answer.")
    assert row["edited"] == 1


def test_an_answer_nobody_edited_is_what_was_heard_to_the_last_word(held) -> None:
    _, records, _, _ = held
    row = records.rows("select id, answer, edited from questions where position = 1")[0]
    segments = records.rows(
        "select s.text from segments s join attempts a on a.id = s.attempt_id "
        "where a.question_id = ? and s.source = a.transcript_source order by s.number",
        row["id"],
    )
    assert row["edited"] == 0
    assert row["answer"] == " ".join(s["text"] for s in segments if s["text"])


def test_clear_speech_is_heard_with_under_a_quarter_of_the_words_wrong(held) -> None:
    _, records, _, _ = held
    answer = records.rows("select answer from questions where position = 1")[0]["answer"]
    assert len(answer.split()) > 20
    assert error_rate_in_loop(answer, SPOKEN) < 0.25


def test_a_recording_is_as_long_as_the_candidate_spoke(held) -> None:
    _, records, _, _ = held
    steps = records.logs("state")
    for position, attempt in ((0, 1), (1, 1)):  # the attempts no refresh went through
        begun = next(s for s in steps if (s["question"], s["attempt"], s["to"]) == (position, attempt, "answering"))
        ended = steps[steps.index(begun) + 1]
        spoken = (datetime.fromisoformat(ended["at"]) - datetime.fromisoformat(begun["at"])).total_seconds()
        recorded = records.rows(
            "select sum(r.duration_s) as s from recordings r join attempts a on a.id = r.attempt_id "
            "join questions q on q.id = a.question_id where q.position = ? and a.number = ?",
            position,
            attempt,
        )[0]["s"]
        assert recorded == pytest.approx(spoken, rel=0.02, abs=0.15)


def test_the_retried_attempt_is_kept_beside_the_new_one(held) -> None:
    _, records, _, _ = held
    numbers = records.rows(
        "select a.number from attempts a join questions q on q.id = a.question_id where q.position = 0 order by 1"
    )
    assert [n["number"] for n in numbers] == [1, 2]


def test_both_flags_are_raised_at_the_right_times_with_a_picture(held) -> None:
    _, records, _, _ = held
    flags = {f["kind"]: f for f in reversed(records.rows("select * from flags order by started_at"))}
    nobody, several = flags["no_face"], flags["multiple_faces"]
    first_picture = records.rows("select min(taken_at) as at from snapshots")[0]["at"]
    # The browser opens the camera a few seconds before the first picture arrives, to list the devices.
    assert 24.0 - 6.0 <= _between(first_picture, nobody["started_at"]) <= 24.0 + 1.5
    assert _between(nobody["started_at"], several["started_at"]) == pytest.approx(6.0, abs=1.5)
    for flag in (nobody, several):
        assert _between(flag["started_at"], flag["ended_at"]) == pytest.approx(6.0, abs=1.5)
        assert flag["snapshot_id"] is not None


def test_snapshots_are_taken_all_along(held) -> None:
    server, records, _, _ = held
    shots = records.rows("select blob_key from snapshots where reason like '%routine%' or reason not like '%face%'")
    assert len(shots) >= 10
    assert all((server.data / "blobs" / s["blob_key"]).read_bytes()[:2] == b"\xff\xd8" for s in shots)


def test_leaving_and_coming_back_is_logged(held) -> None:
    steps = [s["event"] for s in held[1].logs("state")]
    assert steps.index("Returned") < steps.index("Resumed")


def test_the_results_page_shows_the_own_words(held) -> None:
    page_text = str(held[2]["done_page"])
    assert "And that is my answer." in page_text
    assert "2 of 2" in page_text


def test_the_recruiter_sees_answers_flags_and_pictures_and_takes_a_zip(held) -> None:
    server, records, _, browser = held
    context, page = new_page(browser, 1440, 900)
    open_review(page, server.url, records.session_id)
    page.get_by_text("And that is my answer.").first.wait_for()
    page.locator("audio").nth(2).wait_for()
    page.get_by_role("tab", name=re.compile("Flags")).click()
    page.get_by_text("No face was visible").first.wait_for()
    page.get_by_role("tab", name=re.compile("Pictures")).click()
    page.get_by_role("img", name=re.compile("1 face at")).first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download ZIP").click()
    names = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).namelist()
    assert {"interview.json", "transcript.txt"} <= set(names)
    assert sum(n.endswith(".flac") for n in names) >= 3
    no_trouble(page)
    context.close()


def test_no_word_of_the_candidate_is_in_the_log(held) -> None:
    server: Server = held[0]
    log = server.log.read_text()
    assert "sorted order" not in log
    assert "Traceback" not in log


def _between(first: str, second: str) -> float:
    """Seconds from one stored time to another."""
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()
