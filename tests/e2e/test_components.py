"""The browser components in Chromium: fake devices, a real server, a real page."""

import inspect
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
expect.set_options(timeout=15_000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path_factory.mktemp("gallery") / "server.log").open("w")
    command = [sys.executable, "-m", "streamlit", "run", "tests/e2e/component_gallery.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                with urlopen(f"{address}/_stcore/health", timeout=1):
                    break
            except OSError:
                assert server.poll() is None, Path(log.name).read_text()
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()
    assert "Traceback" not in Path(log.name).read_text()


@pytest.fixture(scope="module")
def browser(playwright: Playwright):
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def page(browser: Browser, url: str):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["camera", "microphone"])
    page = open_page(context, url)
    yield page
    context.close()


@pytest.fixture(scope="module")
def visited(browser: Browser, url: str):
    """One page for the tests that only look, or watch events no other test here makes."""
    context = browser.new_context()
    context.grant_permissions(["camera", "microphone"])
    yield open_page(context, url)
    context.close()


def open_page(context, url, query=""):
    page = context.new_page()
    page.goto(f"{url}/{query}")
    page.locator("textarea").wait_for()
    return page


def told(page: Page, name: str):
    """What Python wrote into the page."""
    return json.loads(page.locator(f"[data-test={name}]").first.text_content() or "null")


def wait_for(page: Page, check, timeout_s=15.0):
    """Polls until ``check()`` is true; the page goes on living meanwhile."""
    end = time.monotonic() + timeout_s
    while not (value := check()):
        assert time.monotonic() < end, f"waited {timeout_s} s; log: {told(page, 'log')}"
        page.wait_for_timeout(150)
    return value


def logged(page: Page, kind: str):
    return [event for event in told(page, "log") if event["kind"] == kind]


def refuse_devices(page: Page, error: str):
    """Lets the media frame's browser refuse, and the stage notice the change."""
    page.frame_locator("iframe[title*=webrtc]").get_by_role("button", name="START").wait_for()
    page.locator("iframe[title*=webrtc]").evaluate(
        """(frame, error) => {
            const devices = frame.contentWindow.navigator.mediaDevices;
            devices.getUserMedia = async () => { throw new DOMException("refused", error); };
            devices.interviewHooked = false;
        }""",
        error,
    )


def test_start_brings_a_mirrored_picture_and_frames_in_python(page):
    page.get_by_role("button", name="Start interview").click()
    video = page.locator("video[aria-label='Your camera, mirrored']")
    expect(video).to_be_visible(timeout=15_000)
    assert video.evaluate("v => getComputedStyle(v).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    assert video.evaluate("v => v.muted && v.playsInline")
    wait_for(page, lambda: min(told(page, "frames")) > 5)
    assert logged(page, "started") == [{"kind": "started", "audio": True, "video": True}]
    expect(page.locator(".recording")).to_contain_text("Recording")
    meter = page.get_by_role("meter", name="Microphone level")
    wait_for(page, lambda: int(meter.get_attribute("aria-valuenow") or 0) > 0)
    expect(page.get_by_role("button", name="Start interview")).to_be_hidden()


def test_a_stopped_stream_is_told_and_the_button_comes_back(page):
    page.get_by_role("button", name="Start interview").click()
    wait_for(page, lambda: min(told(page, "frames")) > 2)
    page.frame_locator("iframe[title*=webrtc]").get_by_role("button", name="STOP").click()
    wait_for(page, lambda: len(logged(page, "track_ended")) == 2)
    before = told(page, "frames")
    page.get_by_role("button", name="Start interview").click()
    wait_for(page, lambda: told(page, "frames")[0] > before[0] + 5)


def test_a_denied_microphone_says_so_and_can_be_tried_again(browser, url):
    context = browser.new_context()
    page = open_page(context, url)
    refuse_devices(page, "NotAllowedError")
    page.get_by_role("button", name="Start interview").click()
    failure = wait_for(page, lambda: logged(page, "start_failed"))[0]
    assert failure["error"] == "NotAllowedError"
    expect(page.locator(".hint")).to_contain_text("Open the site settings")
    expect(page.get_by_role("button", name="Start interview")).to_have_attribute("aria-disabled", "false")
    context.close()


def test_a_missing_camera_is_named(page):
    refuse_devices(page, "NotFoundError")
    page.evaluate(
        """() => {
            const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
            navigator.mediaDevices.enumerateDevices = async () => (await list()).filter((d) => d.kind !== "videoinput");
        }"""
    )
    page.get_by_role("button", name="Start interview").click()
    failure = wait_for(page, lambda: logged(page, "start_failed"))[0]
    assert (failure["error"], failure["device"]) == ("NotFoundError", "camera")
    expect(page.locator(".hint")).to_contain_text("We found no camera. Plug one in")


def test_start_asks_for_full_screen_and_leaving_it_is_told(page, url):
    page.goto(f"{url}/?full=1")
    page.get_by_role("button", name="Start interview").click()
    wait_for(page, lambda: logged(page, "fullscreen_on"))
    wait_for(page, lambda: min(told(page, "frames")) > 0)
    page.wait_for_timeout(1600)
    page.evaluate("document.exitFullscreen()")
    wait_for(page, lambda: logged(page, "fullscreen_exit"))
    assert not logged(page, "window_blur")


FULL = "Boolean(document.fullscreenElement)"


def test_leaving_full_screen_shows_one_way_back_that_works(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = open_page(context, url, "?lock=active")
    banner = page.locator(".banner")
    expect(banner).to_contain_text("This interview asks for full screen.")
    page.get_by_role("button", name="Full screen", exact=True).click()
    page.wait_for_function(FULL)
    expect(banner).to_be_hidden()
    page.evaluate("document.exitFullscreen()")
    expect(banner).to_contain_text("You left full screen.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Back to full screen").click()
    page.wait_for_function(FULL)
    expect(banner).to_be_hidden()
    assert not logged(page, "fullscreen_unavailable")
    context.close()


def test_a_browser_without_full_screen_is_told_so_once_and_may_start(browser, url):
    context = browser.new_context()
    context.add_init_script("delete Element.prototype.requestFullscreen")
    page = open_page(context, url, "?lock=active")
    expect(page.locator(".banner")).to_contain_text("This browser has no full screen for pages.")
    expect(page.locator(".banner button")).to_be_hidden()
    wait_for(page, lambda: logged(page, "fullscreen_unavailable"))
    page.get_by_role("button", name="Native primary").click()
    page.wait_for_timeout(1500)
    assert logged(page, "fullscreen_unavailable") == [{"kind": "fullscreen_unavailable", "reason": "no_api"}]
    page.goto(f"{url}/?lock=start")
    page.get_by_role("button", name="Go on").click()
    wait_for(page, lambda: logged(page, "lock_start"))
    context.close()


def test_a_refusal_of_full_screen_is_told_with_its_name(browser, url):
    context = browser.new_context()
    context.add_init_script(
        "Element.prototype.requestFullscreen = async () => { throw new TypeError('Permissions check failed'); }"
    )
    page = open_page(context, url, "?lock=active")
    page.get_by_role("button", name="Full screen", exact=True).click()
    expect(page.locator(".banner")).to_contain_text("Your browser refused full screen.")
    told_of = wait_for(page, lambda: logged(page, "fullscreen_unavailable"))
    assert told_of == [{"kind": "fullscreen_unavailable", "reason": "TypeError"}]
    context.close()


def test_the_start_of_lock_mode_asks_for_full_screen_with_the_same_press(browser, url):
    context = browser.new_context()
    page = open_page(context, url, "?lock=start")
    expect(page.locator(".banner")).to_be_hidden()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function(FULL)
    wait_for(page, lambda: logged(page, "lock_start"))
    assert len(logged(page, "lock_start")) == 1
    context.close()


def test_captions_fill_an_untouched_box_and_can_be_corrected(page):
    box = page.locator("textarea")
    page.get_by_role("button", name="Hear words").click()
    expect(box).to_have_value("caption number 0")
    page.get_by_role("button", name="Correct words").click()
    expect(box).to_have_value("a corrected caption")
    wait_for(page, lambda: [d["text"] for d in logged(page, "draft")][-1:] == ["a corrected caption"])
    assert not any(draft["edited"] for draft in logged(page, "draft"))
    assert logged(page, "draft")[-1]["captions_seen"] == 1


def test_captions_never_overwrite_what_was_typed_and_keep_the_caret(page):
    box = page.locator("textarea")
    box.click()
    page.keyboard.type("My own words.")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Hear words").evaluate("b => b.click()")
    expect(box).to_have_value("My own words. caption number 0")
    assert box.evaluate("b => [b.selectionStart, b.getRootNode().activeElement === b]") == [10, True]
    page.keyboard.type("!")
    expect(box).to_have_value("My own wor!ds. caption number 0")
    page.get_by_role("button", name="Correct words").evaluate("b => b.click()")
    page.wait_for_timeout(2500)
    expect(box).to_have_value("My own wor!ds. caption number 0")
    wait_for(page, lambda: logged(page, "draft")[-1]["text"] == "My own wor!ds. caption number 0")
    assert logged(page, "draft")[-1]["edited"]
    expect(page.locator(".saved")).to_have_text("Saved")


def test_words_being_spoken_move_nothing_and_the_newest_stay_in_sight(browser, url):
    """However many there are, and however many lines they take."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    places = set()
    for words in ("", "one", "and so on " * 40):
        page = open_page(context, url, f"?solid={words}&interim={words}")
        expect(page.locator(".interim")).to_have_text(words.strip())
        buttons, shown = page.locator(".actions").bounding_box(), page.locator(".spoken").bounding_box()
        box = page.locator("textarea").bounding_box()
        places.add((buttons["y"] - box["y"], shown["y"] - box["y"], shown["height"]))
        if words:
            last = page.locator(".interim").evaluate("e => [...e.getClientRects()].at(-1).bottom")
            assert shown["y"] < last <= shown["y"] + shown["height"] + 1
        page.close()
    assert len(places) == 1
    context.close()


def test_a_guess_is_told_from_agreed_words_by_its_slant_and_not_by_colour_alone(browser, url):
    context = browser.new_context()
    page = open_page(context, url, "?solid=agreed&interim=guessed")
    expect(page.locator(".interim")).to_have_text("guessed")
    style = "e => getComputedStyle(e).fontStyle"
    assert [page.locator(f".{name}").evaluate(style) for name in ("solid", "interim")] == ["normal", "italic"]
    context.close()


def test_screen_readers_hear_each_finished_caption_once_and_no_guess(browser, url):
    context = browser.new_context()
    page = open_page(context, url, "?solid=agreed&interim=guessed")
    live = "[aria-live=polite], [role=status]"
    page.get_by_role("button", name="Hear words").click()
    expect(page.locator(".answer .say")).to_have_text("caption number 0")
    page.get_by_role("button", name="Hear words").click()
    expect(page.locator(".answer .say")).to_have_text("caption number 1")
    assert "guessed" not in " ".join(page.locator(f".answer :is({live})").all_text_contents())
    context.close()


def test_a_double_click_is_one_action_and_carries_the_text(page):
    page.locator("textarea").fill("Done <b>now</b>")
    page.get_by_role("button", name="Next").dblclick()
    page.locator("textarea").press("Control+Enter")
    wait_for(page, lambda: logged(page, "action"))
    page.wait_for_timeout(1200)
    (action,) = logged(page, "action")
    assert (action["id"], action["text"], action["edited"]) == ("next", "Done <b>now</b>", True)


def test_a_retry_opens_an_empty_box(page):
    page.locator("textarea").fill("First try")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("textarea")).to_have_value("")
    assert logged(page, "action")[0]["text"] == "First try"


def test_the_clock_speaks_at_twenty_and_ten_and_ends_once(browser, url):
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{url}/?clock=61")
    say = page.locator(".clock .say")
    expect(page.locator(".clock .left")).to_contain_text(":")
    page.clock.run_for(3_000)
    expect(say).to_have_text("1 minute left")
    page.clock.run_for(40_000)
    expect(say).to_have_text("20 seconds left")
    expect(page.locator(".clock .label")).to_contain_text("almost up")
    page.clock.run_for(10_000)
    expect(say).to_have_text("10 seconds left")
    page.clock.run_for(12_000)
    page.clock.resume()
    wait_for(page, lambda: logged(page, "time_up"))
    page.wait_for_timeout(1500)
    assert [event["stamp"] for event in logged(page, "time_up")] == ["1:1:answering"]
    context.close()


def test_the_vault_survives_a_reload_and_a_copied_tab_gets_its_own_name(browser, url):
    context = browser.new_context()
    page = open_page(context, url, "?token=secret&warn=1")
    first = wait_for(page, lambda: (reply := told(page, "reply")) and reply["token"] and reply)
    assert (first["session_id"], first["token"], first["reloaded"]) == ("S-1", "secret", False)
    assert "token" not in page.url and "warn" in page.url
    page.reload()
    again = wait_for(page, lambda: told(page, "reply"))
    assert (again["tab_id"], again["token"], again["reloaded"]) == (first["tab_id"], "secret", True)
    with context.expect_page() as opening:
        page.evaluate("window.open(location.href)")
    copy = opening.value
    copied = wait_for(copy, lambda: told(copy, "reply"))
    assert copied["token"] == "secret"
    assert copied["tab_id"] not in ("", first["tab_id"])
    context.close()


def test_the_question_is_reported_spoken_exactly_once_also_without_a_voice(page):
    wait_for(page, lambda: logged(page, "spoken"))
    page.get_by_role("button", name="Hear again").click()
    page.wait_for_timeout(1500)
    assert [event["question_key"] for event in logged(page, "spoken")] == ["1"]
    page.get_by_role("button", name="Native primary").click()
    wait_for(page, lambda: len(logged(page, "spoken")) == 2)
    assert [event["question_key"] for event in logged(page, "spoken")] == ["1", "2"]


def test_blocked_audio_offers_a_button_and_the_next_question_plays(browser, url):
    context = browser.new_context()
    # The driver's own scripts count as a gesture, so the autoplay rule has to be played.
    context.add_init_script(
        """const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
            HTMLMediaElement.prototype.play = play;
            return Promise.reject(new DOMException("no gesture", "NotAllowedError"));
        };"""
    )
    page = open_page(context, url, "?audio=1")
    wait_for(page, lambda: logged(page, "spoken"))
    page.get_by_role("button", name="Play question").click()
    expect(page.get_by_role("button", name="Hear again")).to_be_visible()
    page.get_by_role("button", name="Native primary").click()
    wait_for(page, lambda: len(logged(page, "spoken")) == 2)
    assert [(event["question_key"], event["how"]) for event in logged(page, "spoken")] == [
        ("1", "blocked"),
        ("2", "audio"),
    ]
    context.close()


def test_a_paste_is_told_by_its_length_only(visited):
    visited.locator("textarea").fill("twelve chars")
    visited.locator("textarea").press("Control+a")
    visited.locator("textarea").press("Control+x")
    visited.locator("textarea").press("Control+v")
    wait_for(visited, lambda: logged(visited, "paste"))
    assert [event["length"] for event in logged(visited, "cut") + logged(visited, "paste")] == [12, 12]
    assert "twelve" not in json.dumps(logged(visited, "paste"))


def test_one_leaving_is_one_event(visited):
    visited.evaluate("dispatchEvent(new Event('blur'))")
    visited.wait_for_timeout(1000)
    assert not logged(visited, "window_blur"), "the page still has the focus: it went into a frame"
    visited.evaluate(
        "dispatchEvent(new Event('focus')); document.hasFocus = () => false; dispatchEvent(new Event('blur'))"
    )
    wait_for(visited, lambda: logged(visited, "window_blur"))
    visited.evaluate("dispatchEvent(new Event('focus'))")
    wait_for(visited, lambda: logged(visited, "window_focus"))
    visited.evaluate(
        "dispatchEvent(new Event('blur'));"
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    wait_for(visited, lambda: logged(visited, "tab_hidden"))
    visited.wait_for_timeout(1200)
    assert len(logged(visited, "window_blur")) == 1
    visited.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(visited, lambda: logged(visited, "tab_visible"))


BESIDE = """width => {
    Object.defineProperty(window, "innerWidth", {value: outerWidth - width, configurable: true});
    dispatchEvent(new Event("resize"));
}"""
"""Something docks at the side of the page and takes its width."""


def test_something_that_docks_beside_the_page_is_told_and_so_is_its_end(browser, url):
    context = browser.new_context()
    page = open_page(context, url)
    page.evaluate(BESIDE, 120)
    page.wait_for_timeout(2500)
    assert not logged(page, "window_resized"), "a bar of the browser's own is no tool"
    page.evaluate(BESIDE, 420)
    wait_for(page, lambda: logged(page, "window_resized"))
    page.wait_for_timeout(1500)
    assert len(logged(page, "window_resized")) == 1
    page.evaluate(BESIDE, 0)
    wait_for(page, lambda: logged(page, "window_resized_back"))
    context.close()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("devicePixelRatio: 1.5, innerWidth: innerWidth / 1.5, innerHeight: innerHeight / 1.5", id="zoom"),
        pytest.param("innerWidth: innerWidth / 1.5, innerHeight: innerHeight / 1.5", id="zoom that is not told"),
        pytest.param("outerWidth: outerWidth - 500, innerWidth: innerWidth - 500", id="a smaller window"),
        pytest.param(
            "innerHeight: innerHeight - 350, matchMedia: () => ({matches: true})", id="a keyboard on a touch screen"
        ),
        pytest.param("innerHeight: innerHeight - 350, visualViewport: {scale: 1.6}", id="pinch"),
    ],
)
def test_a_page_that_is_smaller_for_another_reason_is_not_told(browser, url, change):
    context = browser.new_context()
    page = open_page(context, url)
    page.evaluate(
        "([change]) => { for (const [name, value] of Object.entries(change))"
        " Object.defineProperty(window, name, {value, configurable: true}); dispatchEvent(new Event('resize')); }",
        [page.evaluate_handle(f"({{{change}}})")],
    )
    page.wait_for_timeout(3000)
    assert not logged(page, "window_resized")
    context.close()


def test_a_second_screen_is_told_when_the_browser_tells(browser, url):
    context = browser.new_context()
    page = open_page(context, url)
    patch = "on => Object.defineProperty(Screen.prototype, 'isExtended', {get: () => on, configurable: true})"
    page.evaluate(patch, True)
    wait_for(page, lambda: logged(page, "extra_screen"))
    page.evaluate(patch, False)
    wait_for(page, lambda: logged(page, "single_screen"))
    assert len(logged(page, "extra_screen")) == 1
    context.close()


def test_the_guard_gives_signs_of_life_and_says_what_the_browser_does_not_tell(browser, url):
    context = browser.new_context()
    context.add_init_script("delete Screen.prototype.isExtended")
    page = open_page(context, url)
    first, second = wait_for(page, lambda: len(beats := told(page, "beats")) > 1 and beats[:2])
    assert second["at_ms"] > first["at_ms"]
    assert (first["visible"], first["focused"], first["screens_known"]) == (True, True, False)
    context.close()


def test_a_guard_at_rest_gives_no_sign_of_life_and_tells_nothing(browser, url):
    context = browser.new_context()
    page = open_page(context, url, "?resting=1")
    page.evaluate(BESIDE, 420)
    page.wait_for_timeout(6000)
    page.get_by_role("button", name="Native primary").click()
    page.wait_for_timeout(1500)
    assert (told(page, "beats"), logged(page, "window_resized")) == ([], [])
    context.close()


def test_the_probe_knows_this_browser(visited):
    seen = wait_for(visited, lambda: told(visited, "probe"))
    assert seen["browser"] and int(seen["version"]) > 100
    assert seen["secure_context"] and seen["peer_connection"] and seen["microphones"] >= 1
    assert seen["camera_permission"] == "granted"


@pytest.mark.parametrize("width", [390, 1440])
def test_it_fits_the_screen_in_both_themes(browser, url, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="light")
    context.grant_permissions(["camera", "microphone"])
    page = open_page(context, url, "?warn=1&solid=And+so+the+next&interim=words+are&clock=19")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"components_before_{width}.png", full_page=True)
    page.get_by_role("button", name="Start interview").click()
    wait_for(page, lambda: min(told(page, "frames")) > 5)
    page.get_by_role("button", name="Hear words").click()
    page.get_by_role("button", name="What is noticed").click()
    backgrounds = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)
        page.screenshot(path=SHOTS / f"components_live_{width}_{scheme}.png", full_page=True)
        backgrounds.add(page.locator(".answer .paper").evaluate("p => getComputedStyle(p).backgroundColor"))
    assert len(backgrounds) == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("button:visible").evaluate_all(
        "all => all.filter(b => b.getRootNode() !== document && b.getBoundingClientRect().height < 44)"
        ".map(b => b.textContent)"
    )
    assert small == []
    context.close()


def _app():
    import streamlit as st

    from core.ui import components as ui

    st.session_state.setdefault("got", [])
    st.session_state.reply, st.session_state.probe_reply = ui.vault(), ui.probe()
    report = ui.guard()
    st.session_state.got += report.events
    st.session_state.setdefault("beats", []).append(report.beat)
    st.session_state.got += ui.lock("lock", active=False)
    st.session_state.got += ui.stage("stage", start_label="Start", running=False)
    st.session_state.got += ui.clock("clock", label="Left", remaining_ms=1, total_ms=2, running=True, stamp="a")
    st.session_state.got += ui.speaker("speaker", question_key="1", text="Why?")
    st.session_state.got += ui.answer("answer", question_key="1:1", phase="answering", actions=[])


def test_the_wrappers_run_without_a_browser_and_take_each_event_once(tmp_path):
    script = tmp_path / "app.py"
    script.write_text(f"{inspect.getsource(_app)}\n_app()\n")
    at = AppTest.from_file(script, default_timeout=30).run()
    assert not at.exception
    assert (at.session_state.got, at.session_state.reply) == ([], None)

    def press(number, text):
        press = {
            "kind": "action",
            "id": "next",
            "nonce": "x",
            "question_key": "1:1",
            "edited": True,
            "captions_seen": 0,
        }
        at.session_state["answer"] = {"events": {"page": "t", "events": [{"n": number, "text": text, **press}]}}
        at.session_state["clock"] = {"events": {"page": "t", "events": [{"n": 1, "kind": "forged"}]}}
        assert not at.run().exception

    press(1, "half \ud800 and nul \x00")
    press(1, "a repeat")
    press(2, "x" * 30_000)
    first, second = at.session_state.got
    assert first.text == "half \ufffd and nul "
    assert len(second.text) == 20_000


def test_a_sign_of_life_counts_once_and_a_forged_one_never(tmp_path):
    script = tmp_path / "app.py"
    script.write_text(f"{inspect.getsource(_app)}\n_app()\n")
    at = AppTest.from_file(script, default_timeout=30).run()
    beat = {"at_ms": 1, "visible": True, "focused": False, "screens_known": True}
    for state in (beat, beat, {**beat, "at_ms": 2}, {**beat, "at_ms": "<b>"}, {"text": "what was typed"}, 7):
        at.session_state["guard"] = {"beat": state}
        assert not at.run().exception
    assert [found and found.at_ms for found in at.session_state.beats] == [None, 1, None, 2, None, None, None]
