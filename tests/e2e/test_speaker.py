"""How fast the question is read: chosen by the candidate, at once, and kept for the session."""

from playwright.sync_api import Page, expect
from test_components import browser, logged, open_page, url, wait_for  # noqa: F401

PLAYED = """
const play = HTMLMediaElement.prototype.play;
window.played = [];
HTMLMediaElement.prototype.play = function () {
    window.played.push([this.playbackRate, this.preservesPitch]);
    return play.call(this);
};
"""
VOICES = """
window.asked = [];
class Utterance { constructor(text) { this.text = text; } }
const voices = [
    { name: "far", lang: "en-US", localService: false },
    { name: "near", lang: "en-GB", localService: %s },
];
const synthesis = {
    paused: false, getVoices: () => voices, cancel() {}, pause() {}, resume() {},
    speak(words) {
        window.asked.push([words.voice.name, words.rate]);
        setTimeout(() => { words.onstart(); words.onend(); }, 10);
    },
};
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
window.SpeechSynthesisUtterance = Utterance;
"""


def opened(browser, url: str, script: str, query: str = "") -> Page:  # noqa: F811
    context = browser.new_context()
    context.add_init_script(script)
    return open_page(context, url, query)


def pressed(page: Page) -> list[str]:
    return page.locator(".rates button[aria-pressed=true]").all_text_contents()


def test_a_chosen_speed_stretches_the_sound_and_keeps_the_pitch(browser, url):  # noqa: F811
    page = opened(browser, url, PLAYED, "?audio=1")
    wait_for(page, lambda: logged(page, "spoken"))
    page.get_by_role("button", name="1.5×").click()
    page.get_by_role("button", name="Hear again").click()
    assert page.evaluate("window.played.at(-1)") == [1.5, True]
    page.context.close()


def test_a_chosen_speed_outlives_the_page(browser, url):  # noqa: F811
    page = opened(browser, url, "", "?audio=1")
    page.get_by_role("button", name="0.75×").click()
    page.reload()
    expect(page.get_by_role("button", name="0.75×")).to_have_attribute("aria-pressed", "true")
    page.context.close()


def test_a_speed_kept_by_something_else_is_not_believed(browser, url):  # noqa: F811
    page = opened(browser, url, "sessionStorage.setItem('interview.voice_rate', '16')", "?audio=1")
    page.get_by_role("button", name="1×", exact=True).wait_for()
    assert pressed(page) == ["1×"]
    page.context.close()


def test_a_speed_is_chosen_with_the_keyboard(browser, url):  # noqa: F811
    page = opened(browser, url, "", "?audio=1")
    page.get_by_role("button", name="1.25×").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert pressed(page) == ["1.5×"]
    page.context.close()


def test_a_voice_of_the_browser_takes_the_speed_and_is_a_local_one(browser, url):  # noqa: F811
    page = opened(browser, url, VOICES % "true")
    wait_for(page, lambda: logged(page, "spoken"))
    page.get_by_role("button", name="1.25×").click()
    page.get_by_role("button", name="Hear again").click()
    wait_for(page, lambda: page.evaluate("window.asked.length") == 2)
    assert page.evaluate("window.asked") == [["near", 1], ["near", 1.25]]
    page.context.close()


def test_a_private_question_is_not_read_by_a_voice_of_the_network(browser, url):  # noqa: F811
    page = opened(browser, url, VOICES % "false", "?private=1")
    wait_for(page, lambda: logged(page, "spoken"))
    assert (page.evaluate("window.asked"), logged(page, "spoken")[0]["how"]) == ([], "no_voice")
    page.context.close()
