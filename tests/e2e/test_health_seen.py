"""What the monitor saw of a real browser, across a killed server, as the reviewer reads it afterwards."""

import re
from datetime import datetime

import pytest
from conftest import chromium, new_page, serve
from devices import make_camera
from playwright.sync_api import Playwright, expect
from steps import Records, box, consent, go_to_interview, no_trouble, open_review, press, register, start

SEEN_S = 8
SOURCES = {"camera", "worker", "page"}


@pytest.fixture(scope="module")
def killed(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    """A typed interview with the camera on; the server dies in the middle of it, and the candidate comes back."""
    folder = tmp_path_factory.mktemp("health")
    make_camera(folder / "camera.mjpeg", [(1, 60.0)])
    with (
        serve(folder / "data", question_count=1, think_s=60, answer_s=600) as server,
        chromium(playwright, camera=folder / "camera.mjpeg") as browser,
    ):
        records = Records(server.data)
        context, page = new_page(browser)
        register(page, server.url)
        consent(page, audio=False, scoring=False)
        page.get_by_text("can do everything that is needed").wait_for()
        go_to_interview(page)
        start(page)
        press(page, "Start answering")
        page.get_by_role("button", name="Finish", exact=True).wait_for()
        box(page).fill("Before.")
        page.get_by_text("Saved", exact=True).wait_for()
        wait_for_spans(page, records, SEEN_S)
        server.kill()
        page.wait_for_timeout(SEEN_S * 1000)
        server.start_again()
        page.reload()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Finish", exact=True).wait_for()
        page.wait_for_timeout(SEEN_S * 1000)
        press(page, "Finish")
        page.get_by_text("Thank you, you are done").wait_for()
        own = page.get_by_text("While a question was open, the monitor could see:").inner_text()
        no_trouble(page)
        context.close()
        yield server, records, browser, own


def spans(records: Records) -> list[dict]:
    """Stored spans of the newest interview, with their length in seconds."""
    rows = records.rows("select * from seen_spans where session_id = ? order by started_at, id", records.session_id)
    for row in rows:
        begun, ended = (datetime.fromisoformat(row[name]) for name in ("started_at", "ended_at"))
        row["lasted_s"] = (ended - begun).total_seconds()
    return rows


def wait_for_spans(page, records: Records, seconds: float) -> None:
    """Until each source was seen for this long."""
    for _ in range(120):
        if {row["source"] for row in spans(records) if row["lasted_s"] >= seconds} >= SOURCES:
            return
        page.wait_for_timeout(500)
    raise AssertionError(spans(records))


def test_each_source_was_seen_before_the_kill_and_after_it(killed) -> None:
    _, records, _, _ = killed
    for source in SOURCES:
        assert len([row for row in spans(records) if row["source"] == source and row["lasted_s"] > 2]) >= 2, source


def test_the_reviewer_reads_the_gap_and_that_nothing_was_there_to_see(killed) -> None:
    server, records, browser, _ = killed
    context, page = new_page(browser, height=1000)
    open_review(page, server.url, records.session_id)
    page.get_by_role("tab", name=re.compile("Flags")).click()
    lines = page.get_by_test_id("stText").filter(has_text=re.compile(r"saw \d+ % of the time; not seen: "))
    expect(lines.filter(has_text="the page or the server was away")).to_have_count(3)
    expect(page.get_by_role("img", name=re.compile(r"Camera: saw \d+ % of the time"))).to_be_visible()
    expect(page.get_by_text("Microphone: not part of this interview")).to_be_visible()
    no_trouble(page)
    context.close()


def test_the_candidate_reads_what_was_seen(killed) -> None:
    assert re.search(r"camera \d+ %, page \d+ % of the time", killed[3])
