"""What a candidate and a recruiter do, as steps the tests share."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

PASSWORD = "open sesame"


def register(page: Page, url: str, name: str = "Ada Lovelace", email: str = "ada@example.org") -> None:
    """From the welcome page to the consent form."""
    page.goto(url)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="Databases and SQL").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save and continue").wait_for()


def consent(page: Page, *, audio: bool = True, video: bool = True, scoring: bool = True) -> None:
    """Answer the consent form."""
    for wanted, title in ((audio, "Record my voice"), (video, "Use my camera"), (scoring, "Let a program prepare")):
        if wanted:
            page.get_by_text(title).first.click()
    page.get_by_role("button", name="Save and continue").click()


def check_devices(page: Page, *, face: bool = True) -> None:
    """Pass the device check and go on to the interview."""
    page.get_by_role("button", name="Start check").click()
    if face:
        page.get_by_text("One face found").wait_for()
    page.get_by_text("We heard:").wait_for()
    go_to_interview(page)


def go_to_interview(page: Page) -> None:
    """Leave the device check."""
    page.get_by_role("button", name="Go to the interview").click()
    page.get_by_text("Ready when you are").wait_for()


def skip_check(page: Page) -> None:
    """Go on to the interview without the device check."""
    page.get_by_text("can do everything that is needed").wait_for()
    page.get_by_role("button", name="Go on without the check").click()
    page.get_by_text("Ready when you are").wait_for()


def start(page: Page) -> None:
    """Press the one big button and wait for the first question."""
    page.get_by_role("button", name="Start interview").click()
    page.get_by_text("Question 1 of").wait_for()


def press(page: Page, label: str) -> None:
    """Press an action below the answer box."""
    page.get_by_role("button", name=label, exact=True).click()


def box(page: Page) -> Any:
    """The answer box."""
    return page.locator("textarea")


def give_file(page: Page, path: Path) -> None:
    """Choose a file as (part of) the answer."""
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(path)


def watch_captions(page: Page) -> None:
    """From now on note each change of the words being spoken and of the box, in ``window.seenCaptions``."""
    box(page).evaluate(
        """area => {
            const strip = area.getRootNode().querySelector(".spoken");
            window.seenCaptions = [];
            setInterval(() => {
                const now = [strip.textContent.trim(), area.value];
                const last = seenCaptions.at(-1);
                if (!last || now.some((text, at) => text !== last[at])) seenCaptions.push(now);
            }, 50);
        }"""
    )


def open_review(page: Page, url: str, session_id: str) -> None:
    """Sign in as a recruiter and open one interview."""
    page.goto(f"{url}/review?interview={session_id}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("All interviews").wait_for()


def no_trouble(page: Page) -> None:
    """Nothing on screen looks like a crash."""
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    expect(page.get_by_text("Something went wrong on our side")).to_have_count(0)


class Records:
    """What is stored, read straight from the database file."""

    def __init__(self, data: Path) -> None:
        self._path = data / "interviews.db"

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a query as dicts."""
        with sqlite3.connect(f"file:{self._path}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            found = [dict(row) for row in connection.execute(sql, values)]
        connection.close()
        return found

    def logs(self, kind: str) -> list[dict[str, Any]]:
        """Details of all log lines of a kind, with their time."""
        found = self.rows("select detail, created_at from logs where kind = ? order by id", kind)
        return [json.loads(row["detail"]) | {"at": row["created_at"]} for row in found]

    @property
    def session_id(self) -> str:
        """The newest interview."""
        return self.rows("select session_id from interviews order by created_at desc limit 1")[0]["session_id"]

    def phase(self) -> str:
        """State of the newest interview."""
        return self.rows("select phase from interviews order by created_at desc limit 1")[0]["phase"]
