"""Coming back: another device, a second tab, a closed tab, a killed server, a replaced link."""

import re

import pytest
from conftest import chromium, new_page, serve
from devices import SENTENCES, make_speech
from playwright.sync_api import Browser, Page, Playwright, expect
from spoken import error_rate_in_loop
from steps import Records, box, consent, no_trouble, press, register, skip_check, start

SEAT_TIMEOUT_S = 3
STOPPED = "You went on in another tab or on another device."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    data = tmp_path_factory.mktemp("resuming") / "data"
    with serve(data, question_count=1, think_s=60, seat_timeout_s=SEAT_TIMEOUT_S) as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    make_speech(path, lead_s=0.3, tail_s=0.2, sentences=SENTENCES[:1])
    with chromium(playwright, speech=path) as running:
        yield running


def link_on(page: Page) -> str:
    """The personal link as shown."""
    return page.get_by_test_id("stCode").inner_text().strip()


def come_by(link: str, browser: Browser) -> Page:
    """Open a link on another device."""
    page = new_page(browser)[1]
    page.goto(link)
    return page


def has_no_secret(page: Page) -> bool:
    """The address bar gives nothing away, and neither does going back."""
    return page.evaluate("!/token|session|iv-/.test(location.href)")


@pytest.fixture(scope="module")
def moved(server, browser: Browser):
    """A typed interview carried from device to device, to a second tab, and picked up after its tab was closed."""
    records, seen = Records(server.data), {}
    context, first = new_page(browser)
    register(first, server.url)
    old_link = link_on(first)
    first.get_by_role("button", name=re.compile("Make a new link")).click()
    expect(first.get_by_test_id("stCode")).not_to_have_text(old_link)
    link = link_on(first)
    late = come_by(old_link, browser)
    late.get_by_text("This link does not open an interview.").wait_for()
    no_trouble(late)
    late.context.close()

    consent(first, audio=False, video=False, scoring=False)
    start(first)
    press(first, "Start answering")
    first.get_by_role("button", name="Finish", exact=True).wait_for()
    box(first).fill("From the first device.")
    first.get_by_text("Saved", exact=True).wait_for()

    second = come_by(link, browser)
    second.get_by_text("Open somewhere else").wait_for()
    second.wait_for_function("!location.search")
    seen["secret"] = [has_no_secret(second)]
    seen["before_takeover"] = records.logs("seat_taken_over")
    expect(first.get_by_text(STOPPED)).to_have_count(0)
    expect(first.get_by_role("button", name="Finish", exact=True)).to_be_visible()
    second.get_by_role("button", name="Continue here").click()
    second.get_by_role("button", name="Go on").wait_for()
    first.get_by_text(STOPPED).wait_for()
    seen["stopped"] = [box(first).count()]
    seen["drafts"] = [box(second).input_value()]
    second.get_by_role("button", name="Go on").click()
    second.get_by_role("button", name="Finish", exact=True).wait_for()
    box(second).fill("From the first device. And the second.")
    second.get_by_text("Saved", exact=True).wait_for()
    no_trouble(first)
    context.close()

    tab = second.context.new_page()
    tab.goto(f"{server.url}/interview")
    tab.get_by_text("This tab holds no interview.").wait_for()
    tab.goto(link)
    tab.get_by_text("Open somewhere else").wait_for()
    tab.get_by_role("button", name="Continue here").click()
    tab.get_by_role("button", name="Go on").wait_for()
    second.get_by_text(STOPPED).wait_for()
    seen["drafts"].append(box(tab).input_value())
    seen["secret"].append(has_no_secret(tab))
    no_trouble(second)
    no_trouble(tab)
    tab.close()
    second.context.close()

    late = come_by("about:blank", browser)
    late.wait_for_timeout(1000 * SEAT_TIMEOUT_S + 1000)
    late.goto(link)
    late.get_by_role("button", name="Go on").wait_for()
    seen["asked_again"] = late.get_by_text("Open somewhere else").count()
    seen["drafts"].append(box(late).input_value())
    late.get_by_role("button", name="Go on").click()
    late.get_by_role("button", name="Finish", exact=True).wait_for()
    box(late).press("Control+End")
    box(late).press_sequentially(" And the last.")
    press(late, "Finish")
    late.get_by_text("Thank you, you are done").wait_for()
    no_trouble(late)
    late.context.close()
    return records, seen, records.session_id


def test_another_device_takes_over_only_when_told_to(moved) -> None:
    records, seen, session_id = moved
    assert seen["before_takeover"] == []
    taken = records.rows(
        "select json_extract(detail, '$.explicit') as told from logs where kind = 'seat_taken_over' and session_id = ?",
        session_id,
    )
    assert [row["told"] for row in taken] == [1, 1, 0], "device, second tab, and after the closed tab"
    assert seen["stopped"] == [0]


def test_a_closed_tab_holds_nobody_up(moved) -> None:
    assert moved[1]["asked_again"] == 0


def test_the_draft_moves_along(moved) -> None:
    records, seen, session_id = moved
    assert seen["drafts"] == ["From the first device."] + ["From the first device. And the second."] * 2
    assert records.rows("select answer, ending from questions where session_id = ?", session_id) == [
        {"answer": "From the first device. And the second. And the last.", "ending": "submitted"}
    ]


def test_the_address_bar_does_not_keep_the_secret(moved) -> None:
    assert moved[1]["secret"] == [True, True]


def test_a_replaced_link_is_noted(moved) -> None:
    assert len(moved[0].logs("resume_link_renewed")) == 1


@pytest.fixture(scope="module")
def killed(server, browser: Browser, moved):
    """A spoken interview whose server dies in the middle of the answer."""
    records, seen = Records(server.data), {}
    context, page = new_page(browser)
    register(page, server.url, email="grace@example.org")
    consent(page, video=False)
    skip_check(page)
    start(page)
    seen["session_id"] = records.session_id
    press(page, "Start recording")
    expect(box(page)).not_to_have_value("", timeout=25_000)
    page.wait_for_timeout(1500)
    seen["before"] = box(page).input_value()
    server.kill()
    seen["spool"] = [path.stat().st_size / 32_000 for path in server.data.rglob("*.pcm")]
    server.start_again()
    page.reload()
    page.get_by_role("button", name="Go on").wait_for()
    page.get_by_text("Question 1 of 1").wait_for()
    expect(box(page)).not_to_have_value("")
    seen["draft"] = box(page).input_value()
    seen["recovered"] = recordings(records, seen["session_id"])
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Stop recording", exact=True).wait_for()
    expect(box(page)).not_to_have_value(seen["draft"], timeout=25_000)
    press(page, "Finish")
    page.get_by_text("Thank you, you are done").wait_for()
    no_trouble(page)
    context.close()
    return records, seen


def recordings(records: Records, session_id: str) -> list[float]:
    """Lengths of the parts recorded, in order."""
    found = records.rows(
        "select r.duration_s from recordings r join attempts a on a.id = r.attempt_id "
        "join questions q on q.id = a.question_id where q.session_id = ? order by r.part",
        session_id,
    )
    return [row["duration_s"] for row in found]


def test_after_a_kill_the_same_question_is_there_with_the_draft(killed) -> None:
    _, seen = killed
    assert seen["draft"].startswith(seen["before"])


def test_after_a_kill_the_sound_of_the_answer_is_recovered(killed, server) -> None:
    records, seen = killed
    assert len(seen["spool"]) == 1 and seen["spool"][0] > 2
    assert seen["recovered"] == [pytest.approx(seen["spool"][0], abs=0.1)]
    parts = recordings(records, seen["session_id"])
    assert len(parts) == 2 and parts[0] == seen["recovered"][0] and parts[1] > 1
    assert not list(server.data.rglob("*.pcm"))


def test_after_a_kill_the_answer_has_the_words_of_both_parts(killed) -> None:
    records, seen = killed
    row = records.rows("select answer, ending, edited from questions where session_id = ?", seen["session_id"])[0]
    assert (row["ending"], row["edited"]) == ("submitted", 0)
    assert row["answer"].startswith(seen["draft"])
    after = row["answer"].removeprefix(seen["draft"])
    assert len(after.split()) >= 3
    assert error_rate_in_loop(after, SENTENCES[0]) < 0.4
    assert records.phase() == "completed"


def test_no_word_is_in_the_log_of_the_server(killed, server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "first device" not in log
