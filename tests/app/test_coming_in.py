"""Welcome, registration, consent, and the ways in by link."""

from collections.abc import Callable

import pytest
from browser_tab import Tab, consented, registered

from core.bootstrap import House
from core.domain.flow import Phase
from core.domain.interview import ConsentKind, InterviewPlan

NewTab = Callable[..., Tab]


def fill_in(tab: Tab, name: str = "Ada Lovelace", email: str = "ada@example.org", subject: str = "Python") -> Tab:
    tab.open("register").fill("Name", name).fill("E-mail", email)
    return tab.fill("Subject", subject).press("Continue") if subject else tab.press("Continue")


def test_the_welcome_page_says_what_will_happen(tab: Tab) -> None:
    tab.open()
    assert "5 questions" in tab.text and "120 seconds" in tab.text and "typing" in tab.text


def test_begin_leads_to_the_details(tab: Tab) -> None:
    assert tab.open().press("Begin").title == "Your details"


def test_until_the_browser_answers_nothing_can_be_pressed(house: House, running_server: None) -> None:
    silent = Tab(house)
    silent.at.run()
    assert not silent.at.button and not silent.at.exception


@pytest.mark.parametrize(
    "name, email, subject, message",
    [
        ("", "ada@example.org", "Python", "Please enter your name."),
        ("Ada", "", "Python", "Please enter your e-mail address."),
        ("Ada", "ada@", "Python", "It should look like name@example.org."),
        ("Ada", "ada@example.org", "", "Please choose a subject."),
    ],
)
def test_a_wrong_field_says_what_to_change(tab: Tab, name: str, email: str, subject: str, message: str) -> None:
    assert message in fill_in(tab, name, email, subject).messages


def test_a_wrong_field_keeps_the_rest(tab: Tab) -> None:
    fill_in(tab, email="ada@")
    assert tab.at.text_input[0].value == "Ada Lovelace"


def test_a_used_up_address_says_what_to_do(tab: Tab, house: House) -> None:
    for _ in range(3):
        registered(house)
    assert "Use the link" in fill_in(tab).messages


def test_right_details_lead_to_the_disclosure(tab: Tab) -> None:
    assert fill_in(tab).title == "What is recorded, by whom, for how long"


def test_the_disclosure_says_that_people_decide_and_for_how_long_it_is_kept(tab: Tab) -> None:
    fill_in(tab)
    assert "It makes no decision about you" in tab.text and "90 days" in tab.text


def test_each_consent_says_what_follows_from_declining(tab: Tab) -> None:
    assert fill_in(tab).text.count("If you leave this empty") == 3


def test_no_consent_is_ticked_beforehand(tab: Tab) -> None:
    fill_in(tab)
    assert [c.value for c in tab.at.checkbox] == [False] * 7


def test_free_text_is_mapped_and_said_so(tab: Tab) -> None:
    tab.open("register").fill("Name", "Ada").fill("E-mail", "ada@example.org")
    tab.fill("Subject", "Something else").fill("Another subject", "PostgreSQL").press("Continue")
    assert "Databases and SQL" in tab.messages


def test_the_resume_link_is_shown_with_session_and_token(tab: Tab) -> None:
    fill_in(tab)
    (link,) = [c.value for c in tab.at.code]
    assert f"session={tab.session_id}" in link and f"token={tab.at.session_state['pass'].token}" in link


def test_a_new_link_makes_the_old_one_useless(tab: Tab, new_tab: NewTab) -> None:
    old = fill_in(tab).at.session_state["pass"]
    tab.press("Make a new link")
    other = new_tab(tab_id="tab-2").open("interview", session=old.session_id, token=old.token)
    assert "does not open an interview" in other.messages


def test_each_consent_lists_what_is_done_with_it(tab: Tab) -> None:
    fill_in(tab)
    assert "- how many faces are in the picture" in tab.text and "- It notes whether another voice" in tab.text


def test_who_often_looks_away_can_say_so(tab: Tab) -> None:
    fill_in(tab).fill("I often look away", True).fill("Use my camera", True).press("Save and continue")
    assert (tab.view.plan.window_factor, "looking_away" in tab.view.plan.rules_off) == (2.0, True)


def test_the_consent_given_is_what_was_ticked(tab: Tab, house: House) -> None:
    fill_in(tab).fill("Record my voice", True).press("Save and continue")
    assert {c.kind: c.granted for c in house.desk.open_file(tab.session_id).consents} == {
        ConsentKind.AUDIO: True, ConsentKind.VIDEO: False, ConsentKind.SCORING: False,
    }  # fmt: skip


def test_consent_to_devices_leads_to_the_device_check(tab: Tab) -> None:
    assert fill_in(tab).fill("Record my voice", True).press("Save and continue").title == "Check your devices"


def test_consent_to_nothing_leads_straight_to_the_interview(tab: Tab) -> None:
    assert fill_in(tab).press("Save and continue").has_button("Start interview")


def test_extra_time_chosen_is_extra_time_given(tab: Tab) -> None:
    fill_in(tab).fill("Half as much time", True).press("Save and continue")
    assert tab.view.plan.time_factor == 1.5


def test_when_hr_arranges_accommodations_none_are_offered(
    tab: Tab, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.settings, "accommodations_by_candidate", False)
    assert len(fill_in(tab).at.checkbox) == 3


def test_an_invite_link_fixes_the_subject(tab: Tab, house: House) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    tab.open(invite=token).press("Begin")
    assert "Finance" in tab.text and not tab.at.selectbox


def test_a_used_invite_link_says_so(tab: Tab, house: House) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    house.registration.register("Eve", "eve@example.org", "", token)
    tab.open(invite=token).press("Begin")
    assert "Ask for a new link" in tab.messages


@pytest.mark.parametrize("page", ["", "register", "devices", "interview", "results"])
def test_a_wrong_link_is_refused_in_plain_words_on_every_page(new_tab: NewTab, house: House, page: str) -> None:
    session_id, _ = registered(house)
    tab = new_tab().open(page, session=session_id, token="wrong")
    assert "does not open an interview" in tab.messages


@pytest.mark.parametrize("session", ["iv-000000000000", "' OR '1'='1", "<script>", "../../etc/passwd"])
def test_an_unknown_session_is_refused_in_the_same_words(tab: Tab, session: str) -> None:
    assert "does not open an interview" in tab.open("interview", session=session, token="x").messages


@pytest.mark.parametrize("page", ["devices", "interview", "results"])
def test_a_tab_without_an_interview_is_shown_the_start(tab: Tab, page: str) -> None:
    assert "holds no interview" in tab.open(page).messages


def test_a_resume_link_opens_the_interview_where_it_stands(tab: Tab, house: House) -> None:
    session_id, token = consented(house)
    assert tab.open("interview", session=session_id, token=token).has_button("Start interview")


def test_a_resume_link_of_somebody_who_has_not_consented_leads_to_the_disclosure(tab: Tab, house: House) -> None:
    session_id, token = registered(house)
    tab.open("interview", session=session_id, token=token)
    assert tab.title == "What is recorded, by whom, for how long"


def test_a_refreshed_tab_finds_its_interview_again(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house)
    assert new_tab(session_id=session_id, token=token).open("interview").has_button("Start interview")


def test_a_tab_that_remembers_a_wrong_token_starts_afresh(new_tab: NewTab, house: House) -> None:
    session_id, _ = consented(house)
    assert "holds no interview" in new_tab(session_id=session_id, token="old").open("interview").messages


def test_the_welcome_page_offers_to_go_on(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house)
    tab = new_tab(session_id=session_id, token=token).open()
    assert tab.press("Go on with my interview").has_button("Start interview")


def test_an_interview_can_be_left_for_another(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house)
    tab = new_tab(session_id=session_id, token=token).open()
    assert tab.press("Leave it").press("Begin").title == "Your details"


def test_a_left_interview_stays_left_while_the_browser_still_names_it(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house)
    tab = new_tab(session_id=session_id, token=token).open().press("Leave it").open()
    assert tab.has_button("Begin") and not tab.has_button("Go on")


def test_after_leaving_a_new_registration_is_what_the_tab_holds(new_tab: NewTab, house: House) -> None:
    session_id, token = consented(house)
    tab = new_tab(session_id=session_id, token=token).open().press("Leave it")
    assert fill_in(tab).session_id != session_id


def test_a_fresh_server_runs_a_deep_link_through_home(house: House) -> None:
    session_id, _ = registered(house)
    tab = Tab(house)
    tab.at.run()
    tab.open("interview", session=session_id, token="wrong")
    assert "does not open an interview" in tab.messages


def test_a_name_in_html_reaches_no_page_as_html(tab: Tab, house: House) -> None:
    fill_in(tab, name="Ada <script>alert(1)</script>")
    assert tab.view.state.phase is Phase.REGISTERED
    assert "<script>" not in "".join(m.value for m in tab.at.markdown)
