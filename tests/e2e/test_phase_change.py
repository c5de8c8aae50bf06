"""Typing while the page changes under the hands: no letter of it may be lost."""

import sqlite3
from contextlib import closing

import pytest
from conftest import chromium, new_page, serve
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from steps import Records, box, consent, no_trouble, press, register, start

from core.ui.components._register import HERE, bundle

ROUNDS = 2
OFFSETS_MS = (0, 900)
"""Between the last key and what happens next; the box saves itself after 800."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serve(tmp_path_factory.mktemp("change") / "data", question_count=8, think_s=3, answer_s=90) as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright):
    with chromium(playwright) as running:
        yield running


def typed_interview(browser: Browser, url: str, email: str, slow: int = 1) -> tuple[BrowserContext, Page]:
    """A typed interview at its first question, in a browser so many times slower than this machine."""
    context, page = new_page(browser)
    register(page, url, email=email)
    consent(page, audio=False, video=False, scoring=False)
    start(page)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
    return context, page


def answers(records: Records, session_id: str) -> list[str]:
    """What is stored of each question, in order."""
    found = records.rows("select answer from questions where session_id = ? order by position", session_id)
    return [row["answer"] for row in found]


class Typist:
    """Somebody who types numbered words with real keys and does not look up."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.text = ""
        self._word = 0

    def type(self, words: int = 1) -> None:
        for _ in range(words):
            word = f"word{self._word} "
            self._page.keyboard.type(word, delay=8)
            self.text += word
            self._word += 1

    def type_until_answering(self) -> None:
        """Across the change, and some words more."""
        begun = self._page.get_by_role("button", name="Next", exact=True)
        while begun.count() == 0:
            self.type()
        self.type(8)


@pytest.mark.long
@pytest.mark.parametrize("slow", [4])
def test_typing_across_the_change_from_thinking_to_answering_loses_nothing(browser, server, slow: int) -> None:
    records, (context, page) = (
        Records(server.data),
        typed_interview(browser, server.url, f"change{slow}@example.org", slow),
    )
    session_id, wanted = records.session_id, []
    for number in range(2 * ROUNDS):
        page.get_by_text(f"Question {number + 1} of").wait_for()
        box(page).click()
        typist = Typist(page)
        typist.type(5)
        if number % 2:
            page.keyboard.press("Control+Enter")  # begins the answer; else the time to think runs out
        typist.type_until_answering()
        expect(box(page)).to_have_value(typist.text)
        wanted.append(typist.text)
        page.keyboard.press("Control+Enter")
    page.get_by_text(f"Question {2 * ROUNDS + 1} of").wait_for()
    assert answers(records, session_id)[: 2 * ROUNDS] == wanted
    no_trouble(page)
    context.close()


@pytest.mark.long
def test_the_button_that_begins_the_answer_loses_nothing_typed_around_it(browser, server) -> None:
    records, (context, page) = Records(server.data), typed_interview(browser, server.url, "button@example.org", 2)
    session_id, wanted = records.session_id, []
    for number, offset_ms in enumerate(OFFSETS_MS):
        page.get_by_text(f"Question {number + 1} of").wait_for()
        box(page).click()
        typist = Typist(page)
        typist.type(3)
        page.wait_for_timeout(offset_ms)
        begin = page.get_by_role("button", name="Start answering", exact=True)
        if begin.count():
            begin.click()
        box(page).click()
        page.keyboard.press("Control+End")
        typist.type_until_answering()
        expect(box(page)).to_have_value(typist.text)
        wanted.append(typist.text)
        press(page, "Next")
    page.get_by_text(f"Question {len(OFFSETS_MS) + 1} of").wait_for()
    assert answers(records, session_id)[: len(OFFSETS_MS)] == wanted
    context.close()


def test_a_refresh_right_after_typing_loses_nothing(browser, server) -> None:
    context, page = typed_interview(browser, server.url, "refresh@example.org")
    press(page, "Start answering")
    page.get_by_role("button", name="Next", exact=True).wait_for()
    typist = Typist(page)
    for offset_ms in OFFSETS_MS:
        box(page).click()
        page.keyboard.press("Control+End")
        typist.type(4)
        page.wait_for_timeout(offset_ms)
        page.reload()
        page.get_by_role("button", name="Go on").wait_for()
        expect(box(page)).to_have_value(typist.text)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Next", exact=True).wait_for()
        expect(box(page)).to_have_value(typist.text)
    press(page, "Next")
    page.get_by_text("Question 2 of").wait_for()
    records = Records(server.data)
    assert answers(records, records.session_id)[0] == typist.text
    assert page.evaluate("sessionStorage.getItem('interview.unsaved')") is None
    no_trouble(page)
    context.close()


@pytest.mark.long
def test_a_database_that_refuses_for_a_while_takes_neither_text_nor_focus(browser, server) -> None:
    context, page = typed_interview(browser, server.url, "busy@example.org")
    press(page, "Start answering")
    page.get_by_role("button", name="Next", exact=True).wait_for()
    box(page).click()
    typist, refused = Typist(page), page.get_by_text("The database is busy")
    typist.type(3)
    with closing(sqlite3.connect(server.data / "interviews.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        while refused.count() == 0:
            typist.type()
        typist.type(2)  # no more: after 8 s without a word from the page the interview rightly pauses
        other.execute("rollback")
    expect(refused).to_have_count(0)
    typist.type(8)
    expect(box(page)).to_have_value(typist.text)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    press(page, "Next")
    page.get_by_text("Question 2 of").wait_for()
    records = Records(server.data)
    assert answers(records, records.session_id)[0] == typist.text
    context.close()


HOLD = """async ([html, source]) => {
    const Component = (await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})))).default;
    const data = {place: "iv-1", question_key: "0:1", phase: "thinking", actions: [], initial: "", finals: [],
        solid: "", interim: "", listening: false, captions_seen: 0, edited: false, readonly: false, title: "",
        placeholder: "", notice: "", saved_state: "saved", max_length: 20000, ack: null};
    window.mount = () => {
        document.body.replaceChildren(document.createElement("div"));
        window.root = document.body.firstChild.attachShadow({mode: "open"});
        root.innerHTML = html;
    };
    window.sent = [];
    window.show = (changes = {}) => {
        window.cleanUp = Component({parentElement: root, data: {...data, ...changes},
            setTriggerValue: (name, batch) => sent.push(batch)});
    };
    window.last = () => sent.at(-1).events.at(-1);
    mount();
}"""
"""The box outside Streamlit, called the way Streamlit calls it."""


@pytest.fixture
def bare(browser: Browser, server):
    context, page = new_page(browser)
    page.goto(f"{server.url}/_stcore/health")
    page.evaluate(HOLD, [(HERE / "answer.html").read_text("utf-8"), bundle("answer.js")])
    yield page
    context.close()


def test_the_clean_up_of_an_overtaken_call_leaves_the_box_alone(bare: Page) -> None:
    """Streamlit cleans up after a call that newer data overtook, while the box stays on screen."""
    bare.evaluate("show()")
    box(bare).click()
    bare.keyboard.type("kept")
    bare.evaluate(
        "show({phase: 'answering'}); { const overtaken = cleanUp; show({phase: 'answering:'}); overtaken(); }"
    )
    bare.keyboard.type(" and more")
    bare.evaluate("show({phase: 'answering', notice: 'x'})")
    assert box(bare).input_value() == "kept and more"


def test_a_box_drawn_anew_has_what_was_typed_last(bare: Page) -> None:
    bare.evaluate("show()")
    box(bare).click()
    bare.keyboard.type("the newest words")
    bare.evaluate("mount(); cleanUp(); show({phase: 'answering'});")
    assert box(bare).input_value() == "the newest words"
    assert bare.evaluate("last().text") == "the newest words"


def test_a_draft_typed_elsewhere_later_is_not_overruled(bare: Page) -> None:
    bare.evaluate("show()")
    box(bare).click()
    bare.keyboard.type("here")
    bare.evaluate("mount(); cleanUp(); show({initial: 'typed on another device', edited: true});")
    assert box(bare).input_value() == "typed on another device"


def test_what_is_saved_is_no_longer_held_in_the_browser(bare: Page) -> None:
    bare.evaluate("show()")
    box(bare).click()
    bare.keyboard.type("soon saved")
    assert "soon saved" in bare.evaluate("sessionStorage.getItem('interview.unsaved')")
    bare.wait_for_function("sent.length > 0")
    bare.evaluate("show({ack: {page: sent.at(-1).page, n: last().n}})")
    assert bare.evaluate("sessionStorage.getItem('interview.unsaved')") is None


def test_what_is_typed_after_the_press_of_next_opens_the_next_question(bare: Page) -> None:
    bare.evaluate("show({actions: [{id: 'next', label: 'Next', kind: 'primary'}]})")
    box(bare).click()
    bare.keyboard.type("first answer")
    bare.keyboard.press("Control+Enter")
    bare.keyboard.type("second")
    bare.evaluate("show({question_key: '1:1', ack: {page: sent.at(-1).page, n: last().n}})")
    assert box(bare).input_value() == "second"
    assert bare.evaluate("[last().question_key, last().text]") == ["1:1", "second"]


def test_an_answer_typed_after_a_refused_press_does_not_move_to_the_next_question(bare: Page) -> None:
    bare.evaluate("show({actions: [{id: 'next', label: 'Next', kind: 'primary'}]})")
    box(bare).click()
    bare.keyboard.press("Control+Enter")
    bare.evaluate("show({notice: 'empty', ack: {page: sent.at(-1).page, n: last().n}})")
    bare.keyboard.type("out of time")
    bare.evaluate("show({question_key: '1:1'})")
    assert box(bare).input_value() == ""
