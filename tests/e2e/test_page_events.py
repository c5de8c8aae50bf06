"""What the page notices about itself, in a real window: tabs, windows, full screen, the clipboard."""

import os
import subprocess
import time
from collections.abc import Callable

import pytest
from conftest import chromium_on, display, serve
from playwright.sync_api import Page, Playwright, expect
from steps import Records, box, consent, no_trouble, open_review, press, register, skip_check, start

APART_MS = 3500
"""What comes sooner after a return still belongs to the leaving before."""
PASTED = "Nobody else may read these pasted words. "


@pytest.fixture(scope="module")
def window(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    """Server, browser window, and a way to press keys in it as a hand does."""
    folder = tmp_path_factory.mktemp("events")
    with (
        serve(folder / "data", question_count=1, think_s=60) as server,
        display() as screen,
        chromium_on(screen, playwright, folder / "profile") as context,
    ):

        def press_keys(*keys: str) -> None:
            subprocess.run(["xdotool", "key", *keys], env={**os.environ, "DISPLAY": screen}, check=True)

        yield server, context, press_keys


@pytest.fixture(scope="module")
def left(window):
    """A spoken interview whose candidate leaves the page in every way there is, and pastes."""
    server, context, press_keys = window
    records, page = Records(server.data), context.pages[0]
    register(page, server.url)
    consent(page, video=False)
    skip_check(page)
    start(page)
    press(page, "Start recording")
    page.get_by_role("button", name="Stop recording", exact=True).wait_for()

    look_at_another_tab(page)
    expect(page.get_by_text("You left this tab. 1 of 3.")).to_be_visible()
    page.wait_for_timeout(APART_MS)
    press_keys("ctrl+n")
    page.wait_for_function("!document.hasFocus()")
    page.wait_for_timeout(1200)
    press_keys("ctrl+w")
    expect(page.get_by_text("You switched to another window. 2 of 3.")).to_be_visible()
    page.evaluate("document.documentElement.requestFullscreen()")
    page.wait_for_function("document.fullscreenElement")
    page.wait_for_timeout(APART_MS)
    press_keys("Escape")
    expect(page.get_by_text("You left full screen. 3 of 3.")).to_be_visible()
    page.wait_for_timeout(APART_MS)
    look_at_another_tab(page)
    expect(page.get_by_text("You left this tab. This was noted; a person will look at it.")).to_be_visible()

    box(page).fill(PASTED)
    for keys in ("Control+a", "Control+c", "End", "Control+v", "Control+a", "Control+x", "Control+v"):
        box(page).press(keys)
    expect(page.get_by_text("You pasted text. This is noted with your answer.")).to_be_visible()
    assert box(page).input_value() == PASTED * 2
    press(page, "Finish")
    page.get_by_text("Thank you, you are done").wait_for()
    look_at_another_tab(page)
    no_trouble(page)
    return records, records.session_id


def look_at_another_tab(page: Page) -> None:
    """Open a tab in front, stay there a moment, and close it."""
    other = page.context.new_page()
    other.bring_to_front()
    page.wait_for_function("document.hidden", polling=100)
    other.wait_for_timeout(1000)
    other.close()
    page.bring_to_front()
    page.wait_for_function("!document.hidden", polling=100)


def test_every_leaving_is_logged_once_with_its_number(left) -> None:
    records, _ = left
    kinds = ("tab_hidden", "window_blur", "fullscreen_exit")
    leavings = [(kind, line["count"]) for kind in kinds for line in records.logs(kind)]
    assert sorted(leavings, key=lambda x: x[1]) == [
        ("tab_hidden", 1),
        ("window_blur", 2),
        ("fullscreen_exit", 3),
        ("tab_hidden", 4),
    ]


def test_every_return_is_logged(left) -> None:
    records, _ = left
    assert len(records.logs("tab_visible")) == 2, "after the end nothing is watched"
    assert len(records.logs("window_focus")) == 1
    assert len(records.logs("fullscreen_on")) == 1


def test_the_clipboard_is_logged_by_length_and_never_by_text(left, window) -> None:
    records, _ = left
    lengths = {kind: [line["length"] for line in records.logs(kind)] for kind in ("copy", "cut", "paste")}
    n = len(PASTED)
    assert lengths == {"copy": [n], "cut": [2 * n], "paste": [n, 2 * n]}
    assert not records.rows("select id from logs where detail like '%pasted words%'")
    assert "pasted words" not in window[0].log.read_text()


def test_each_leaving_and_each_use_of_the_clipboard_is_a_flag_with_its_severity(left) -> None:
    records, session_id = left
    flags = records.rows("select * from flags where session_id = ? order by started_at", session_id)
    assert [(flag["kind"], flag["severity"]) for flag in flags] == [
        ("tab_switching", "medium"),
        ("tab_switching", "medium"),
        ("fullscreen_exit", "low"),
        ("tab_switching", "medium"),
        *[("copy_paste", "medium")] * 4,
    ]
    assert all(flag["ended_at"] and flag["reason"] for flag in flags)
    assert not any("pasted words" in flag["reason"] for flag in flags)


def test_leaving_the_page_ends_nothing(left) -> None:
    records, _ = left
    assert records.phase() == "completed"
    assert records.rows("select answer, ending from questions") == [{"answer": PASTED * 2, "ending": "submitted"}]


def test_the_recruiter_reads_how_often_the_page_was_left(left, window) -> None:
    server, context, _ = window
    page = context.new_page()
    open_review(page, server.url, left[1])
    metric = page.get_by_test_id("stMetric").filter(has_text="Left the page")
    expect(metric.get_by_test_id("stMetricValue")).to_have_text("4")
    page.get_by_role("tab", name="Page events").click()
    expect(page.get_by_text("The candidate stayed on the page the whole time.")).to_have_count(0)
    no_trouble(page)
    page.close()


def test_who_types_is_warned_too(left, window) -> None:
    server, context, _ = window
    page = context.new_page()
    register(page, server.url, email="grace@example.org")
    consent(page, audio=False, video=False, scoring=False)
    start(page)
    look_at_another_tab(page)
    expect(page.get_by_text("You left this tab. 1 of 3.")).to_be_visible()
    no_trouble(page)
    page.close()


def test_developer_tools_beside_the_page_are_noted_and_zoom_is_not(window) -> None:
    server, context, press_keys = window
    records, page = Records(server.data), context.new_page()
    typed_interview(page, server.url, "joan@example.org")
    press_keys("F12")
    page.wait_for_function("innerWidth < outerWidth - 160", polling=100)
    until(page, lambda: records.logs("window_resized"))
    press_keys("F12")
    until(page, lambda: records.logs("window_resized_back"))
    for _ in range(4):
        press_keys("ctrl+plus")
    page.wait_for_function("devicePixelRatio > 1.4", polling=100)
    page.wait_for_timeout(2500)
    press_keys("ctrl+0")
    page.wait_for_function("devicePixelRatio == 1", polling=100)
    page.wait_for_timeout(2500)
    assert [len(records.logs(kind)) for kind in ("window_resized", "window_resized_back")] == [1, 1]
    sql = "select ended_at from flags where kind = 'window_resized' and session_id = ?"
    (flag,) = records.rows(sql, records.session_id)
    assert flag["ended_at"]
    no_trouble(page)
    page.close()


def test_a_second_screen_is_noted_from_the_first_question_on(window) -> None:
    server, context, _ = window
    records, page = Records(server.data), context.new_page()
    page.add_init_script("Object.defineProperty(Screen.prototype, 'isExtended', {get: () => true})")
    typed_interview(page, server.url, "mary@example.org")
    until(page, lambda: records.logs("extra_screen"))
    assert len(records.logs("extra_screen")) == 1
    flags = records.rows("select kind from flags where session_id = ?", records.session_id)
    assert [flag["kind"] for flag in flags] == ["extra_screen"]
    page.close()


def test_a_browser_that_does_not_tell_of_screens_is_recorded_as_such_and_its_guard_counts_as_seeing(window) -> None:
    server, context, _ = window
    records, page = Records(server.data), context.new_page()
    page.add_init_script("delete Screen.prototype.isExtended")
    typed_interview(page, server.url, "emmy@example.org")
    until(page, lambda: records.rows("select id from seen_spans where session_id = ?", records.session_id))
    told = records.rows("select detail from logs where kind = 'page_guard' and session_id = ?", records.session_id)
    assert [row["detail"] for row in told] == ['{"screens_known": false}']
    open_review(page, server.url, records.session_id)
    expect(page.get_by_text("second screen (the browser does not tell)")).to_be_attached()
    page.close()


def typed_interview(page: Page, url: str, email: str) -> None:
    """From the first page to the first question, in front."""
    page.bring_to_front()
    register(page, url, email=email)
    consent(page, audio=False, video=False, scoring=False)
    start(page)


def until(page: Page, check: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Wait for what is stored; the page goes on living meanwhile."""
    end = time.monotonic() + timeout_s
    while not check():
        assert time.monotonic() < end, f"waited {timeout_s} s"
        page.wait_for_timeout(200)
