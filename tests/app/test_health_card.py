"""When the monitor saw, as the reviewer and the candidate read it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browser_tab import PASSWORD, Tab, consented

from core.bootstrap import House
from core.domain.events import Terminated
from core.domain.health import MonitorSource
from core.storage.logs import LogRepo

NewTab = Callable[..., Tab]
OPEN_S = 300


@pytest.fixture
def held(house: House) -> tuple[str, str]:
    """An interview with a question open for five minutes, which has just ended; number and token."""
    session_id, token = consented(house)
    begun = house.clock.now() - timedelta(seconds=OPEN_S)
    with house.database.transaction() as tx:
        LogRepo(tx).add(session_id, "state", {"event": "Started", "from": "checked", "to": "asking"}, begun)
    house.access.take_seat(session_id, "tab-1")
    house.interviews.start(session_id)
    house.interviews.apply(session_id, Terminated())
    return session_id, token


@pytest.fixture
def seen(house: House, held: tuple[str, str]) -> tuple[str, str]:
    """The same; everything saw all of it, but for a minute in which the page did not."""
    with house.database.reading() as tx:
        begun = next(line.created_at for line in LogRepo(tx).list(held[0], ("state",)) if line.detail["to"] == "asking")
    for second in range(OPEN_S + 1):
        for source in MonitorSource:
            if source is not MonitorSource.PAGE or not 100 < second < 160:
                house.health.beat(held[0], source, begun + timedelta(seconds=second))
    house.health.write()
    return held


@pytest.fixture
def review(new_tab: NewTab) -> Callable[[str], Tab]:
    """Opens the review page as a recruiter."""

    def opened(session_id: str) -> Tab:
        tab = new_tab().open("recruiter").fill("Password", PASSWORD).press("Sign in")
        return tab.open("review", interview=session_id)

    return opened


def html(tab: Tab) -> str:
    return "".join(element.proto.body for element in tab.at.get("html"))


def test_the_reviewer_reads_when_each_source_did_not_see(seen: tuple[str, str], review: Callable[[str], Tab]) -> None:
    tab = review(seen[0])
    line = next(e.value for e in tab.at.text if e.value.startswith("Page saw"))
    assert "79 %" in line and "for 1:00 min (the page gave no sign)" in line


def test_the_reviewer_sees_a_lane_a_source_with_its_words(seen: tuple[str, str], review: Callable[[str], Tab]) -> None:
    assert 'aria-label="Page: saw 79 % of the time' in html(review(seen[0]))


def test_the_share_that_was_monitored_is_among_the_figures(seen: tuple[str, str], review: Callable[[str], Tab]) -> None:
    figures = {m.label: m.value for m in review(seen[0]).at.metric}
    assert figures["Monitored"] == "79 %"


def test_an_interview_from_before_is_said_to_be_unknown(held: tuple[str, str], review: Callable[[str], Tab]) -> None:
    tab = review(held[0])
    assert "All of it is unknown, not clean." in tab.messages
    assert {m.label: m.value for m in tab.at.metric}["Monitored"] == "Unknown"


def test_an_interview_that_has_not_begun_is_not_called_blind(house: House, review: Callable[[str], Tab]) -> None:
    session_id, _ = consented(house)
    assert "No question has been open yet" in review(session_id).text


def test_the_candidate_reads_what_was_seen(seen: tuple[str, str], new_tab: NewTab) -> None:
    tab = new_tab(session_id=seen[0], token=seen[1]).open("results")
    assert "page 79 %" in tab.text and "not against you" in tab.text
