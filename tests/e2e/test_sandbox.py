"""What a candidate sees of the monitor, in a real browser before a real camera picture: practice, lists, warnings."""

import pytest
from conftest import chromium, new_page, serve
from devices import make_camera, make_speech
from playwright.sync_api import Page, Playwright, expect
from steps import Records, consent, no_trouble, press, register, start

SCENES = [(1, 14.0), (0, 7.0), (1, 7.0), (2, 7.0)]
"""Somebody, nobody, somebody, two; over and over."""
NOTED = "In the interview this would be noted for a person to look at."
NO_FACE = "No face in the picture. Move into view."
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("media")
    make_speech(folder / "speech.wav")
    make_camera(folder / "camera.mjpeg", SCENES)
    return folder


@pytest.fixture(scope="module")
def seen(playwright: Playwright, media, tmp_path_factory: pytest.TempPathFactory):
    """One candidate's way from the consent form into the first question, and what was on screen meanwhile."""
    found: dict[str, object] = {}
    with (
        serve(tmp_path_factory.mktemp("data"), question_count=2, answer_s=120) as server,
        chromium(playwright, speech=media / "speech.wav", camera=media / "camera.mjpeg") as browser,
    ):
        context, page = new_page(browser)
        register(page, server.url)
        found["consent_fits"] = _fits_a_phone(page)
        page.get_by_text("I would like to take it differently").click()
        page.get_by_text("I often look away from the screen or move").click()
        consent(page)
        page.get_by_role("button", name="Start check").click()
        card = page.locator(".st-key-sandbox")
        card.get_by_text(f"No face in the picture. {NOTED}").wait_for(timeout=60_000)
        expect(page.locator(".warning")).to_contain_text(NO_FACE)
        found["beside"] = page.locator(".warning").inner_text()
        card.get_by_text(f"More than one face. {NOTED}").wait_for(timeout=60_000)
        found["tried"] = card.inner_text()
        found["check_fits"] = _fits_a_phone(page)
        page.get_by_text("What is watched, and what is not").click()
        page.get_by_text("Arranged for you").wait_for()
        found["lists"] = page.inner_text("body")
        page.get_by_role("button", name="Go to the interview").click()
        page.get_by_text("Ready when you are").wait_for()
        records = Records(server.data)
        found["kept"] = records.rows("select id from flags") + records.rows("select id from snapshots")
        page.get_by_text("What is watched, and what is not").click()
        page.get_by_text("Arranged for you").wait_for()
        found["before_start"] = page.inner_text("body")
        start(page)
        press(page, "Start recording")
        warning = page.locator(".warning")
        expect(warning).to_contain_text(NO_FACE, timeout=60_000)
        found["role"] = warning.get_attribute("role")
        found["covers"] = _overlap(page, ".warning", ".st-key-question")
        page.set_viewport_size(PHONE)
        expect(warning).to_contain_text("faces are in the picture", timeout=60_000)
        found["covers_on_a_phone"] = _overlap(page, ".warning", ".st-key-question")
        page.get_by_label("What is noticed, and who decides").click()
        found["behind_the_question_mark"] = page.locator(".reason").inner_text()
        expect(warning).to_have_text("", timeout=60_000)
        no_trouble(page)
        context.close()
        yield found


def _fits_a_phone(page: Page) -> bool:
    """Whether the page as it is now can be read at 390 px without moving it sideways."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(500)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    return wide <= PHONE["width"]


def _overlap(page: Page, one: str, other: str) -> bool:
    a, b = page.locator(one).bounding_box(), page.locator(other).bounding_box()
    beside = a["x"] >= b["x"] + b["width"] or b["x"] >= a["x"] + a["width"]
    apart = a["y"] >= b["y"] + b["height"] or b["y"] >= a["y"] + a["height"]
    return not (beside or apart)


def test_the_consent_form_can_be_read_on_a_phone(seen) -> None:
    assert seen["consent_fits"]


def test_in_practice_an_empty_picture_is_said_beside_the_picture_as_it_would_be_later(seen) -> None:
    assert seen["beside"] == NO_FACE


def test_what_was_noticed_in_practice_is_ticked(seen) -> None:
    assert (
        "Noticed: No face in the picture" in seen["tried"]
        and "Also noticed so far: More than one face" in seen["tried"]
    )


def test_what_is_not_noted_by_arrangement_is_not_asked_for_in_practice(seen) -> None:
    assert "Looking away: not noted, as arranged" in seen["tried"]


def test_the_device_check_with_the_sandbox_fits_a_phone(seen) -> None:
    assert seen["check_fits"]


def test_practice_keeps_nothing(seen) -> None:
    assert seen["kept"] == []


@pytest.mark.parametrize("where", ["lists", "before_start", "behind_the_question_mark"])
def test_what_is_watched_is_listed_with_what_was_arranged_and_what_is_never_done(seen, where: str) -> None:
    said = seen[where].lower()
    assert all(words in said for words in ("sound level", "this page", "as arranged", "no feelings are read"))


def test_a_warning_is_told_politely(seen) -> None:
    assert seen["role"] == "status"


@pytest.mark.parametrize("screen", ["covers", "covers_on_a_phone"])
def test_a_warning_never_covers_the_question(seen, screen: str) -> None:
    assert not seen[screen]
