"""Lock mode: full screen with the start press, the way back, and the browser that has none."""

import json

import pytest
from conftest import Server, chromium, new_page, serve
from devices import make_camera
from playwright.sync_api import Browser, Page, Playwright, expect
from steps import Records, box, consent, go_to_interview, no_trouble, press, register, start

FULL = "Boolean(document.fullscreenElement)"
BACK = "Back to full screen"


@pytest.fixture(scope="module")
def place(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("locked")
    make_camera(folder / "camera.mjpeg", [(1, 20.0)])
    with (
        serve(folder / "data", question_count=1, think_s=120, attempts_per_email=9, monitor_policy="high") as server,
        chromium(playwright, camera=folder / "camera.mjpeg") as browser,
    ):
        yield server, browser


def locked(server: Server, browser: Browser, *, camera: bool = False, without: bool = False) -> tuple[Page, Records]:
    """A candidate of a locked interview, before the start."""
    context, page = new_page(browser)
    if without:
        context.add_init_script("delete Element.prototype.requestFullscreen")
    page.set_default_timeout(60_000)
    records = Records(server.data)
    register(page, server.url)
    consent(page, audio=False, video=camera, scoring=False)
    if camera:
        expect(page.get_by_text("A browser cannot lock a computer.")).to_be_visible()
        go_to_interview(page)
    return page, records


def noted(records: Records, kind: str) -> list[dict]:
    """Details of the newest interview's log lines of a kind."""
    sql = "select detail from logs where kind = ? and session_id = ?"
    return [json.loads(row["detail"]) for row in records.rows(sql, kind, records.session_id)]


def test_the_candidate_reads_before_the_start_what_a_browser_cannot_lock(place) -> None:
    page, _ = locked(*place)
    for words in ("Escape always leaves full screen", "other devices, other programs, other screens, screenshots"):
        expect(page.get_by_text(words)).to_be_visible()
    bottom = page.get_by_role("button", name="Start interview").bounding_box()
    assert bottom and bottom["y"] + bottom["height"] <= 720
    assert not page.evaluate(FULL)
    page.context.close()


@pytest.mark.parametrize("camera", [False, True], ids=["typed", "with a camera"])
def test_the_start_press_fills_the_screen(place, camera: bool) -> None:
    page, records = locked(*place, camera=camera)
    start(page)
    page.wait_for_function(FULL)
    expect(page.get_by_role("button", name=BACK)).to_be_hidden()
    assert not noted(records, "fullscreen_exit")
    no_trouble(page)
    page.context.close()


def test_who_left_full_screen_is_told_beside_the_question_and_one_press_leads_back(place) -> None:
    page, records = locked(*place)
    start(page)
    page.wait_for_function(FULL)
    page.wait_for_timeout(1500)
    page.evaluate("document.exitFullscreen()")
    back = page.get_by_role("button", name=BACK)
    expect(back).to_be_visible()
    expect(page.locator(".banner")).to_contain_text("You left full screen.")
    question, banner = page.locator(".st-key-question").bounding_box(), page.locator(".banner").bounding_box()
    assert question and banner and banner["x"] >= question["x"] + question["width"]
    assert banner["y"] + banner["height"] <= 720
    back.click()
    page.wait_for_function(FULL)
    expect(back).to_be_hidden()
    page.wait_for_timeout(1500)
    assert [len(noted(records, kind)) for kind in ("fullscreen_exit", "fullscreen_on")] == [1, 1]
    page.context.close()


def test_a_pause_asks_for_nothing_and_going_on_fills_the_screen_again(place) -> None:
    page, _ = locked(*place)
    start(page)
    page.wait_for_function(FULL)
    page.get_by_role("button", name="Pause (").click()
    page.get_by_role("button", name="Go on").wait_for()
    page.evaluate("document.exitFullscreen()")
    page.wait_for_timeout(1500)
    expect(page.locator(".banner")).to_be_hidden()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function(FULL)
    page.get_by_role("button", name="Pause (").wait_for()
    page.context.close()


def test_the_screen_is_given_back_at_the_end(place) -> None:
    page, records = locked(*place)
    start(page)
    page.wait_for_function(FULL)
    press(page, "Start answering")
    box(page).fill("An index keeps the keys sorted.")
    press(page, "Finish")
    page.get_by_text("Thank you, you are done").wait_for()
    page.wait_for_function(f"!{FULL}")
    assert not noted(records, "fullscreen_exit"), "the page left it, not the candidate"
    page.context.close()


def test_a_browser_without_full_screen_goes_on_and_that_is_noted_once(place) -> None:
    page, records = locked(*place, without=True)
    start(page)
    expect(page.locator(".banner")).to_contain_text("Your interview goes on without it")
    page.wait_for_timeout(3000)
    assert noted(records, "fullscreen_unavailable") == [{"reason": "no_api"}]
    page.context.close()
