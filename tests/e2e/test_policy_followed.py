"""What a policy does in a real window: time is taken, a reload costs nothing, an ending is explained."""

import json
from pathlib import Path

import pytest
from conftest import chromium_on, display, serve
from playwright.sync_api import Page, Playwright, expect
from steps import PASSWORD, Records, box, consent, no_trouble, press, register, start

EXAM = {"version": 1, "name": "Exam", "stakes": "high"}
LONG_ENOUGH_MS = 2500
"""Beyond this a second leaving is one of its own."""


@pytest.fixture(scope="module")
def window(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    """Server and browser window; interviews are held by the policy named Exam, as it is when they begin."""
    folder: Path = tmp_path_factory.mktemp("policy")
    settings = {"question_count": 1, "think_s": 0, "monitor_policy": "Exam", "contact_email": "hr@example.org"}
    with (
        serve(folder / "data", **settings) as server,
        display() as screen,
        chromium_on(screen, playwright, folder / "profile") as context,
    ):
        yield server, context


def save(page: Page, url: str, leave: dict) -> None:
    """A recruiter writes the policy."""
    page.goto(f"{url}/policies")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Policy as JSON").fill(json.dumps({**EXAM, "leave": leave}))
    press(page, "Save")
    page.get_by_text("is saved. New interviews").wait_for()


def begin(page: Page, url: str, email: str) -> None:
    """A typed interview with its answer open."""
    register(page, url, email=email)
    consent(page, audio=False, video=False, scoring=False)
    start(page)
    press(page, "Start answering")
    box(page).fill("Half of an answer.")
    page.get_by_text("Saved", exact=True).wait_for()


def look_at_another_tab(page: Page) -> None:
    other = page.context.new_page()
    other.bring_to_front()
    page.wait_for_function("document.hidden", polling=100)
    other.wait_for_timeout(1000)
    other.close()
    page.bring_to_front()
    page.wait_for_function("!document.hidden", polling=100)
    page.wait_for_timeout(LONG_ENOUGH_MS)


def test_after_the_warnings_time_is_taken_and_the_candidate_is_told(window) -> None:
    server, context = window
    page = context.new_page()
    save(page, server.url, {"action": "deduct", "warnings": 1, "deduct_s": 30})
    begin(page, server.url, "ada@example.org")
    look_at_another_tab(page)
    expect(page.get_by_text("You left this tab. 1 of 1. The next time takes 30 s from the question.")).to_be_visible()
    look_at_another_tab(page)
    expect(page.get_by_text("30 s were taken from this question's time.")).to_be_visible()
    assert [line["seconds"] for line in Records(server.data).logs("time_deducted")] == [30]
    no_trouble(page)
    page.close()


def test_a_reload_is_no_leaving_and_keeps_the_count(window) -> None:
    server, context = window
    page = context.new_page()
    save(page, server.url, {"action": "warn", "warnings": 5})
    begin(page, server.url, "eve@example.org")
    look_at_another_tab(page)
    expect(page.get_by_text("You left this tab. 1 of 5.")).to_be_visible()
    page.reload()
    press(page, "Go on")
    box(page).wait_for()
    page.wait_for_timeout(LONG_ENOUGH_MS)
    look_at_another_tab(page)
    expect(page.get_by_text("You left this tab. 2 of 5.")).to_be_visible()
    flags = Records(server.data).rows(
        "select ended_at from flags where session_id = ?", Records(server.data).session_id
    )
    assert flags and all(flag["ended_at"] for flag in flags)
    no_trouble(page)
    page.close()


def test_an_ending_keeps_the_answer_and_says_why_and_how_to_object(window) -> None:
    server, context = window
    page = context.new_page()
    save(page, server.url, {"action": "end", "warnings": 1})
    begin(page, server.url, "grace@example.org")
    look_at_another_tab(page)
    expect(page.get_by_text("The next time ends the interview.")).to_be_visible()
    look_at_another_tab(page)
    expect(page.get_by_text("Why it ended")).to_be_visible()
    expect(page.get_by_text("The page was left 2 times; 1 warning was given before.")).to_be_visible()
    expect(page.get_by_text("Half of an answer.")).to_be_visible()
    expect(page.get_by_role("link", name="hr@example.org")).to_have_count(2)
    assert Records(server.data).phase() == "terminated"
    no_trouble(page)
    page.close()
