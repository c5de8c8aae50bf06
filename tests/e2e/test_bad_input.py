"""Hostile and clumsy input: shown as text, answered with a message, and nothing is lost or done twice."""

import re

import pytest
from conftest import chromium, new_page, serve
from playwright.sync_api import Browser, Page, Playwright, expect
from steps import PASSWORD, Records, box, consent, no_trouble, open_review, press

PLANT = "<img src=x id=planted onerror='window.planted=1'><b id=planted>bold</b>"
NAME = f"{PLANT} Robert'); DROP TABLE candidates;--"
ANSWER = f'{PLANT} **stars** [link](javascript:alert(1)) :material/home: "; DELETE FROM questions; --'
LONG = ("index " * 4000)[:20_000]


def planted(page: Page) -> bool:
    """Whether anything of the candidate became part of the page."""
    return page.evaluate(
        """() => {
            const roots = [document];
            for (const root of roots) {
                if (root.querySelector('#planted, a[href^="javascript:"]')) return true;
                for (const e of root.querySelectorAll('*')) if (e.shadowRoot) roots.push(e.shadowRoot);
            }
            return Boolean(window.planted);
        }"""
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serve(tmp_path_factory.mktemp("bad") / "data", question_count=3) as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright):
    with chromium(playwright) as running:
        yield running


@pytest.fixture
def page(browser: Browser):
    context, page = new_page(browser)
    yield page
    no_trouble(page)
    context.close()


@pytest.fixture(scope="module")
def held(server, browser: Browser):
    """An interview held with hostile text, a double click, an empty answer and a very long one."""
    records, seen = Records(server.data), {}
    context, page = new_page(browser)
    page.goto(server.url)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("E-mail").fill("<script>alert(1)</script>@example.org")
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="Something else").click()
    page.get_by_label("Another subject").fill("<b id=planted>PostgreSQL</b>'; drop table logs;--")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("That does not look like an e-mail address.").wait_for()
    seen["kept"] = [page.get_by_label("Name").input_value(), page.get_by_label("Another subject").input_value()]
    page.get_by_label("E-mail").fill("robert@example.org")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("The nearest subject we have questions for is Databases and SQL").wait_for()
    seen["planted"] = [planted(page)]
    consent(page, audio=False, video=False, scoring=False)
    page.get_by_role("button", name="Start interview").click()
    page.get_by_text("Question 1 of 3").wait_for()

    press(page, "Start answering")
    page.get_by_role("button", name="Next", exact=True).wait_for()
    box(page).fill(ANSWER)
    page.get_by_role("button", name="Next", exact=True).dblclick()
    page.get_by_text("Question 2 of 3").wait_for()
    page.wait_for_timeout(1500)
    seen["after_double_click"] = records.rows("select answer, ending from questions order by position")
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()

    press(page, "Start answering")
    press(page, "Next")
    page.get_by_text("Your answer is empty.").wait_for()
    seen["after_empty"] = records.rows("select answer, ending from questions where position = 1")
    box(page).fill(LONG)
    press(page, "Next")
    page.get_by_text("Question 3 of 3").wait_for()

    press(page, "Skip")
    page.get_by_role("button", name="Yes, skip this question").wait_for()
    page.wait_for_timeout(1500)
    seen["after_one_skip"] = records.phase()
    press(page, "Yes, skip this question")
    page.get_by_text("Thank you, you are done").wait_for()
    page.get_by_text("**stars**").wait_for()
    seen["planted"].append(planted(page))
    seen["results"] = page.inner_text("body")
    no_trouble(page)
    context.close()
    return records, seen


def test_a_refused_field_keeps_what_was_typed(held) -> None:
    assert held[1]["kept"] == [NAME, "<b id=planted>PostgreSQL</b>'; drop table logs;--"]


def test_hostile_text_is_stored_as_it_was_typed(held) -> None:
    records, _ = held
    assert records.rows("select name, subject from candidates") == [{"name": NAME, "subject": "Databases and SQL"}]
    assert records.rows("select answer from questions where position = 0") == [{"answer": ANSWER}]


def test_the_candidate_sees_hostile_text_as_text(held) -> None:
    _, seen = held
    assert seen["planted"] == [False, False]
    assert ANSWER in seen["results"]


def test_a_double_click_on_next_hands_in_one_answer_and_skips_no_question(held) -> None:
    records, seen = held
    assert seen["after_double_click"] == [
        {"answer": ANSWER, "ending": "submitted"},
        {"answer": None, "ending": None},
        {"answer": None, "ending": None},
    ]
    submitted = [s["question"] for s in records.logs("state") if s["event"] == "AnswerSubmitted"]
    assert submitted == [0, 1, 2]


def test_an_empty_answer_is_refused_and_nothing_is_stored(held) -> None:
    assert held[1]["after_empty"] == [{"answer": None, "ending": None}]


def test_a_very_long_answer_is_stored_whole(held) -> None:
    assert held[0].rows("select answer, ending from questions where position = 1") == [
        {"answer": LONG, "ending": "submitted"}
    ]


def test_skipping_takes_a_second_press(held) -> None:
    records, seen = held
    assert seen["after_one_skip"] in ("asking", "thinking")
    assert records.rows("select answer, ending from questions where position = 2") == [
        {"answer": "", "ending": "skipped"}
    ]
    assert records.phase() == "completed"


def test_the_recruiter_sees_hostile_text_as_text(held, server, page: Page) -> None:
    records, _ = held
    open_review(page, server.url, records.session_id)
    page.get_by_text("**stars**").first.wait_for()
    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.get_by_text("Submitted")).to_have_count(2)
    assert not planted(page)
    page.get_by_role("tab", name="History").click()
    assert not planted(page)
    page.get_by_role("link", name="All interviews").click()
    page.get_by_text("1 interviews, newest first").wait_for()
    assert not planted(page)
    for text in ("' OR 1=1 --", PLANT + "%_"):
        page.get_by_role("textbox", name="Search").fill(text)
        page.get_by_role("textbox", name="Search").press("Enter")
        page.get_by_text("No interview matches this search.").wait_for()
    page.get_by_role("textbox", name="Search").fill("Robert');")
    page.get_by_role("textbox", name="Search").press("Enter")
    page.get_by_text("1 interviews, newest first").wait_for()
    assert not planted(page)
    assert len(records.rows("select id from candidates")) == 1


def test_a_link_with_a_wrong_token_opens_nothing(held, server, page: Page) -> None:
    for session_id in (held[0].session_id, "<b id=planted>x</b>"):
        page.goto(f"{server.url}/interview?session={session_id}&token=not-the-token")
        expect(page.get_by_text("This link does not open an interview.")).to_be_visible()
        no_trouble(page)
        assert not planted(page)
    assert held[0].phase() == "completed"


def test_a_page_without_an_interview_says_where_to_begin(server, page: Page) -> None:
    for name in ("interview", "results"):
        page.goto(f"{server.url}/{name}")
        expect(page.get_by_text("This tab holds no interview.")).to_be_visible()


def test_a_recruiter_with_a_wrong_password_stays_outside(server, page: Page) -> None:
    page.goto(f"{server.url}/recruiter")
    page.get_by_label("Password", exact=True).fill("' OR '1'='1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("That password is not right.")).to_be_visible()
    expect(page.get_by_text("Invite a candidate")).to_have_count(0)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Invite a candidate")).to_be_visible()
    expect(page.get_by_text("That password is not right.")).to_have_count(0)


def test_the_review_of_an_unknown_interview_says_so(server, page: Page) -> None:
    open_review(page, server.url, "iv-%3Cb%20id=planted%3Enobody")
    expect(page.get_by_text(re.compile("no interview|not exist|not found", re.I))).to_be_visible()
    assert not planted(page)
    expect(page.get_by_role("button", name="Download ZIP")).to_have_count(0)


def test_the_log_of_the_server_has_no_traceback(held, server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "DROP TABLE" not in log
