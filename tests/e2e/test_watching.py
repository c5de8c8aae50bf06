"""What the monitor claims of a camera in a real browser, and what the candidate is told meanwhile."""

from datetime import datetime

import pytest
from conftest import chromium, new_page, serve
from devices import Scene, make_camera
from playwright.sync_api import Playwright, expect
from steps import Records, consent, go_to_interview, no_trouble, open_review, register, start

COVERED = "Your camera shows nothing but darkness or one colour."
SECOND_FACE = "Only you should be in view."
STILL = "Your camera shows a still picture."
SCENES: list[tuple[Scene, float]] = [(1, 14.0), ("covered", 8.0), (1, 8.0), (2, 9.0), (1, 60.0)]
"""From the moment the camera opens, which is at the start: nothing checks it before."""


def begin(page, url: str) -> None:
    """A typed interview with the camera on, up to its first question."""
    page.set_default_timeout(60_000)  # the first question comes while the models of the monitor are loaded
    register(page, url)
    consent(page, audio=False, scoring=False)
    go_to_interview(page)
    start(page)


@pytest.fixture(scope="module")
def watched(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory):
    """An interview in which the camera is covered for a while, and then somebody else looks in."""
    folder = tmp_path_factory.mktemp("watched")
    make_camera(folder / "camera.mjpeg", SCENES)
    with (
        serve(folder / "data", question_count=1, think_s=120) as server,
        chromium(playwright, camera=folder / "camera.mjpeg") as browser,
    ):
        context, page = new_page(browser)
        begin(page, server.url)
        covered, second = (page.locator(".warning").filter(has_text=text) for text in (COVERED, SECOND_FACE))
        expect(covered).to_be_visible(timeout=60_000)
        expect(covered).to_be_hidden()
        expect(second).to_be_visible(timeout=60_000)
        expect(second).to_be_hidden()
        no_trouble(page)
        context.close()
        yield server, Records(server.data), browser


def flags(records: Records) -> dict[str, list[dict]]:
    """Stored flags of the newest interview by kind."""
    rows = records.rows("select * from flags where session_id = ? order by started_at", records.session_id)
    kinds = {row["kind"] for row in rows}
    return {kind: [row for row in rows if row["kind"] == kind] for kind in kinds}


def test_a_covered_camera_and_a_second_face_are_claimed_once_each_and_nothing_else_is(watched) -> None:
    _, records, _ = watched
    assert {kind: len(rows) for kind, rows in flags(records).items()} == {"camera_covered": 1, "multiple_faces": 1}


def test_each_claim_has_its_span_its_strength_and_a_picture(watched) -> None:
    _, records, _ = watched
    lengths = {"camera_covered": 8.0, "multiple_faces": 9.0}
    for kind, (flag,) in flags(records).items():
        begun, ended = (datetime.fromisoformat(flag[name]) for name in ("started_at", "ended_at"))
        assert lengths[kind] - 3 < (ended - begun).total_seconds() < lengths[kind] + 3
        assert flag["strength"] > 0.5
        assert flag["reason"]
        assert records.rows("select id from snapshots where reason = ?", kind)


def test_the_claims_name_how_well_the_monitor_saw(watched) -> None:
    _, records, _ = watched
    assert all(flag["health"] not in (None, "", "{}") for rows in flags(records).values() for flag in rows)


def test_the_recruiter_sees_the_claims(watched) -> None:
    server, records, browser = watched
    context, page = new_page(browser)
    open_review(page, server.url, records.session_id)
    no_trouble(page)
    context.close()


def test_a_camera_that_repeats_one_picture_is_claimed_and_told(playwright: Playwright, tmp_path) -> None:
    make_camera(tmp_path / "camera.mjpeg", [(1, 10.0), ("frozen", 40.0)])
    with (
        serve(tmp_path / "data", question_count=1, think_s=120) as server,
        chromium(playwright, camera=tmp_path / "camera.mjpeg") as browser,
    ):
        context, page = new_page(browser)
        begin(page, server.url)
        expect(page.get_by_text(STILL)).to_be_visible(timeout=40_000)
        assert set(flags(Records(server.data))) == {"camera_frozen"}
        context.close()
