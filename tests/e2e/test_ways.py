"""Every way through an interview: devices refused, items declined, clips instead of a connection, extra time."""

import json
from datetime import datetime

import pytest
from conftest import chromium, new_page, serve
from devices import SENTENCES, make_speech
from playwright.sync_api import Browser, Page, Playwright, expect
from spoken import error_rate_in_loop
from steps import (
    Records,
    box,
    check_devices,
    consent,
    go_to_interview,
    no_trouble,
    open_review,
    press,
    register,
    skip_check,
    start,
)

CUT_OFF = """
    // A firewall: the browser has its devices, but the connection never comes up.
    if (window !== top)
        RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serve(tmp_path_factory.mktemp("ways") / "data", question_count=1, think_s=30, answer_s=120) as running:
        yield running


@pytest.fixture(scope="module")
def records(server) -> Records:
    return Records(server.data)


@pytest.fixture(scope="module")
def loop_s(tmp_path_factory: pytest.TempPathFactory):
    """A browser that hears somebody speak, and how long the speech is before it begins again."""
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    return path, make_speech(path, lead_s=0.3, tail_s=0.2, sentences=SENTENCES[:1])


@pytest.fixture(scope="module")
def talking(playwright: Playwright, loop_s):
    with chromium(playwright, speech=loop_s[0]) as browser:
        yield browser


@pytest.fixture(scope="module")
def refusing(playwright: Playwright):
    """A browser that has a camera and a microphone and gives neither."""
    with chromium(playwright, grant=False) as browser:
        yield browser


def plan(records: Records, session_id: str) -> dict[str, object]:
    """The rules of an interview as stored."""
    return json.loads(records.rows("select plan from interviews where session_id = ?", session_id)[0]["plan"])


def logs(records: Records, session_id: str, kind: str) -> list[dict[str, object]]:
    """Details of one interview's log lines of a kind."""
    found = records.rows("select detail from logs where session_id = ? and kind = ? order by id", session_id, kind)
    return [json.loads(row["detail"]) for row in found]


def answer_of(records: Records, session_id: str) -> dict[str, object]:
    """The one answer, with its ending and mode."""
    return records.rows("select answer, ending, mode, edited from questions where session_id = ?", session_id)[0]


def sound_of(records: Records, session_id: str) -> list[float]:
    """Lengths of everything recorded."""
    found = records.rows(
        "select r.duration_s from recordings r join attempts a on a.id = r.attempt_id "
        "join questions q on q.id = a.question_id where q.session_id = ? order by r.id",
        session_id,
    )
    return [row["duration_s"] for row in found]


def type_answer(page: Page, text: str) -> None:
    """Answer the one question by typing, to the end."""
    press(page, "Start answering")
    page.get_by_role("button", name="Finish", exact=True).wait_for()
    box(page).fill(text)
    press(page, "Finish")
    page.get_by_text("Thank you, you are done").wait_for()
    no_trouble(page)


def test_who_cannot_or_will_not_give_the_devices_goes_on_by_typing(server, records, refusing: Browser) -> None:
    context, page = new_page(refusing)
    register(page, server.url, email="denied@example.org")
    ask = "navigator.mediaDevices.getUserMedia({audio: true, video: true}).then(() => 'given', e => e.name)"
    assert page.evaluate(ask) == "NotAllowedError"
    consent(page)
    page.get_by_role("button", name="Start check").click()
    advice = "The browser was not allowed to use your {}. Press the camera symbol in the address bar"
    expect(page.get_by_text(advice.format("microphone"))).to_be_visible()
    expect(page.get_by_text(advice.format("camera"))).to_be_visible()
    page.get_by_role("button", name="Answer by typing").click()
    page.get_by_text("Not used. You answer by typing.").wait_for()
    go_to_interview(page)
    start(page)
    session_id = records.session_id
    type_answer(page, "An index is a sorted copy of a column.")
    assert answer_of(records, session_id) == {
        "answer": "An index is a sorted copy of a column.",
        "ending": "submitted",
        "mode": "typed",
        "edited": 1,
    }
    assert logs(records, session_id, "answer_mode_changed") == [{"from": "live", "to": "typed"}]
    assert sound_of(records, session_id) == []
    assert records.rows("select id from snapshots where session_id = ?", session_id) == []
    context.close()


def test_without_the_camera_the_interview_is_spoken_and_nobody_watches(
    server, records, talking: Browser, loop_s
) -> None:
    context, page = new_page(talking)
    register(page, server.url, email="unseen@example.org")
    consent(page, video=False)
    expect(page.get_by_text("Not used, as you chose. Your interview is not watched.")).to_be_visible()
    check_devices(page, face=False)
    start(page)
    session_id = records.session_id
    assert (
        page.evaluate(
            "document.querySelector('iframe[src*=webrtc_streamer]').contentWindow.interviewStream"
            ".getVideoTracks().length"
        )
        == 0
    )
    press(page, "Start recording")
    page.wait_for_timeout(1000 * loop_s[1])
    expect(box(page)).not_to_have_value("")
    press(page, "Finish")
    page.get_by_text("Thank you, you are done").wait_for()
    no_trouble(page)
    answer = answer_of(records, session_id)
    assert answer["mode"] == "live"
    assert len(answer["answer"].split()) > 6
    assert error_rate_in_loop(answer["answer"], SENTENCES[0]) < 0.3
    assert plan(records, session_id)["watch_camera"] is False
    assert len(sound_of(records, session_id)) == 1
    for table in ("snapshots", "flags"):
        assert records.rows(f"select id from {table} where session_id = ?", session_id) == []
    open_review(page, server.url, session_id)
    expect(page.get_by_text("video: declined")).to_be_visible()
    expect(page.get_by_text("Camera watching: off, so nothing was seen")).to_be_visible()
    page.get_by_role("tab", name="Flags").click()
    expect(page.get_by_text("Camera: not part of this interview")).to_be_visible()
    context.close()


@pytest.fixture(scope="module")
def two_ways(server, records, talking: Browser, loop_s):
    """One candidate without a connection who goes on by clips; another, meanwhile, who declines everything."""
    context, page = new_page(talking)
    context.add_init_script(CUT_OFF)
    register(page, server.url, email="clips@example.org")
    consent(page)
    skip_check(page)
    page.get_by_role("button", name="Start interview").click()
    clips, seen = records.session_id, {}

    other_context, other = new_page(talking)
    register(other, server.url, email="declined@example.org")
    other.get_by_text("I would like to take it differently").click()
    other.get_by_text("Half as much time again for each question").click()
    consent(other, audio=False, video=False, scoring=False)
    other.get_by_text("Ready when you are").wait_for()
    seen["promised"] = other.get_by_test_id("stMain").inner_text()
    seen["address"] = other.url
    start(other)
    declined = records.session_id
    seen["clock"] = []
    press(other, "Start answering")
    other.get_by_text("Time to answer").wait_for()
    seen["clock"] = other.get_by_text("Time to answer").locator("xpath=../..").inner_text()
    seen["state"] = json.loads(records.rows("select state from interviews where session_id = ?", declined)[0]["state"])
    box(other).fill("I would rather type.")
    press(other, "Finish")
    other.get_by_text("Thank you, you are done").wait_for()
    no_trouble(other)
    other_context.close()

    page.get_by_text("A firewall may be in the way.").wait_for()
    page.get_by_role("button", name="Record clips instead").click()
    page.locator("iframe[src*=webrtc_streamer]").wait_for(state="detached")
    start(page)
    press(page, "Start answering")
    clip = page.get_by_test_id("stAudioInput")
    clip.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_timeout(1000 * loop_s[1])
    clip.get_by_role("button", name="Stop recording").click()
    expect(box(page)).not_to_have_value("", timeout=30_000)
    seen["heard"] = box(page).input_value()
    press(page, "Finish")
    page.get_by_text("Thank you, you are done").wait_for()
    expect(page.locator("audio")).to_have_count(1)
    no_trouble(page)
    context.close()
    return clips, declined, seen


def test_without_a_connection_a_recorded_clip_becomes_the_answer(two_ways, records, loop_s) -> None:
    session_id, _, seen = two_ways
    answer = answer_of(records, session_id)
    assert (answer["mode"], answer["ending"], answer["edited"]) == ("clip", "submitted", 0)
    assert answer["answer"] == seen["heard"]
    assert error_rate_in_loop(answer["answer"], SENTENCES[0]) < 0.3
    assert sound_of(records, session_id) == [pytest.approx(loop_s[1], abs=1.5)]
    assert logs(records, session_id, "answer_mode_changed") == [{"from": "live", "to": "clip"}]
    assert plan(records, session_id)["watch_camera"] is False


def test_declining_everything_leads_straight_to_a_typed_interview(two_ways, records) -> None:
    _, session_id, seen = two_ways
    assert seen["address"].endswith("/interview")
    assert logs(records, session_id, "device_check") == [{"result": "not needed"}]
    assert {c["kind"]: c["granted"] for c in logs(records, session_id, "consent")} == dict.fromkeys(
        ("audio", "video", "scoring"), False
    )
    assert answer_of(records, session_id)["answer"] == "I would rather type."
    rules = plan(records, session_id)
    assert (rules["answer_mode"], rules["watch_camera"]) == ("typed", False)


def test_extra_time_is_on_screen_in_the_plan_and_on_the_clock(two_ways, records) -> None:
    _, session_id, seen = two_ways
    assert "45 seconds to think" in seen["promised"]
    assert "180 seconds to answer" in seen["promised"]
    assert plan(records, session_id)["time_factor"] == 1.5
    assert logs(records, session_id, "accommodations")[0]["extra_time"] is True
    assert "2:5" in seen["clock"] or "3:00" in seen["clock"]
    begun, due = (datetime.fromisoformat(seen["state"][name]) for name in ("updated_at", "deadline"))
    assert (due - begun).total_seconds() == 180
