"""Captions of several people at once, words before they are final, and answers that come as files."""

import re
from pathlib import Path

import av
import pytest
from conftest import chromium, new_page, serve
from devices import make_speech
from playwright.sync_api import Page, Playwright, expect
from spoken import error_rate_in_loop, words
from steps import (
    Records,
    box,
    consent,
    give_file,
    go_to_interview,
    no_trouble,
    press,
    register,
    skip_check,
    start,
    watch_captions,
)

SAID = {
    "left": "An index keeps the values of one column in sorted order.",
    "right": "Every thread shares memory, so a lock protects the counter.",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serve(tmp_path_factory.mktemp("captions") / "data", question_count=1, think_s=30, answer_s=120) as running:
        yield running


@pytest.fixture(scope="module")
def records(server) -> Records:
    return Records(server.data)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, float]]:
    """A microphone for each speaker, and how long it takes until it begins again."""
    folder = tmp_path_factory.mktemp("speech")
    paths = {who: folder / f"{who}.wav" for who in SAID}
    return {who: (p, make_speech(p, lead_s=0.5, tail_s=0.3, sentences=(SAID[who],))) for who, p in paths.items()}


@pytest.fixture(scope="module")
def both(playwright: Playwright, server, records, speech):
    """Two people, each in a browser of their own, speak at the same time; what was stored and seen of each."""
    held: dict[str, dict] = {}
    with (
        chromium(playwright, speech=speech["left"][0]) as left,
        chromium(playwright, speech=speech["right"][0]) as right,
    ):
        pages: dict[str, Page] = {}
        for who, browser in (("left", left), ("right", right)):
            _, page = new_page(browser)
            register(page, server.url, email=f"{who}@example.org")
            consent(page, video=False)
            skip_check(page)
            start(page)
            pages[who] = page
            held[who] = {"session": records.session_id}
        for page in pages.values():
            watch_captions(page)
            press(page, "Start recording")
            page.get_by_role("button", name="Stop recording", exact=True).wait_for()
        for who, page in pages.items():
            wait_until_said(page, SAID[who])
            held[who]["seen"] = page.evaluate("window.seenCaptions")
            press(page, "Finish")
            page.get_by_text("Thank you, you are done").wait_for()
            no_trouble(page)
    for who in held:
        session = held[who]["session"]
        held[who]["answer"] = records.rows("select answer from questions where session_id = ?", session)[0]["answer"]
    return held


def wait_until_said(page: Page, sentence: str) -> None:
    """Wait until four fifths of a sentence are in the box."""
    said = set(words(sentence))
    for _ in range(240):
        if len(said & set(words(box(page).input_value()))) >= 0.8 * len(said):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"only this was heard of the sentence: {box(page).input_value()!r}")


@pytest.mark.parametrize("who", SAID)
def test_of_two_who_speak_at_once_each_gets_all_their_words(both, who: str) -> None:
    assert error_rate_in_loop(both[who]["answer"], SAID[who]) < 0.3
    said = set(words(SAID[who]))
    assert len(said & set(words(both[who]["answer"]))) >= 0.8 * len(said)


@pytest.mark.parametrize(("who", "other"), [("left", "right"), ("right", "left")])
def test_of_two_who_speak_at_once_nobody_gets_the_words_of_the_other(both, who: str, other: str) -> None:
    foreign = set(words(SAID[other])) - set(words(SAID[who]))
    shown = " ".join(strip + " " + text for strip, text in both[who]["seen"])
    assert not foreign & set(words(f"{both[who]['answer']} {shown}")) - {"a", "so", "in", "of", "the"}


@pytest.mark.parametrize("who", SAID)
def test_words_are_shown_before_they_are_final(both, who: str) -> None:
    seen = both[who]["seen"]
    last = seen[-1][1]
    early = [set(words(strip)) & set(words(last[len(text) :])) for strip, text in seen if last.startswith(text)]
    assert any(len(known) >= 2 for known in early), seen


@pytest.fixture(scope="module")
def by_file(playwright: Playwright, server, records, speech, tmp_path_factory: pytest.TempPathFactory):
    """One without a microphone: a text that claims to be a recording, then a recording under a wrong name, twice."""
    folder = tmp_path_factory.mktemp("files")
    fake, real = folder / "notes.mp3", folder / "memo.wav"
    fake.write_text("These are my notes, not a recording.")
    save_m4a(speech["left"][0], real)
    seen: dict[str, object] = {}
    with chromium(playwright, grant=False) as browser:
        _, page = new_page(browser)
        register(page, server.url, email="file@example.org")
        consent(page, video=False)
        page.get_by_role("button", name="Start check").click()
        page.get_by_role("button", name="Record clips instead").click()
        go_to_interview(page)
        start(page)
        seen["session"] = records.session_id
        press(page, "Start answering")
        give_file(page, fake)
        expect(page.get_by_text("This file cannot be read as a recording.")).to_be_visible()
        expect(page.get_by_text("What you answered before is still there.")).to_be_visible()
        give_file(page, real)
        expect(box(page)).not_to_have_value("", timeout=30_000)
        expect(page.get_by_text("Your recording is saved and written down.")).to_be_visible()
        seen["heard"] = box(page).input_value()
        again = folder / "memo again.m4a"
        again.write_bytes(real.read_bytes())
        give_file(page, again)
        expect(page.get_by_text("It was not added again.")).to_be_visible()
        press(page, "Finish")
        page.get_by_text("Thank you, you are done").wait_for()
        expect(page.locator("audio")).to_have_count(1)
        no_trouble(page)
    return seen


def test_an_uploaded_recording_becomes_the_answer(by_file, records) -> None:
    answer = records.rows("select * from questions where session_id = ?", by_file["session"])[0]
    assert (answer["mode"], answer["ending"], answer["edited"]) == ("clip", "submitted", 0)
    for text in (by_file["heard"], answer["answer"]):
        assert error_rate_in_loop(text, SAID["left"]) < 0.3


def test_a_file_given_twice_is_stored_once(by_file, records, speech) -> None:
    stored = records.rows(
        "select r.duration_s from recordings r join attempts a on a.id = r.attempt_id "
        "join questions q on q.id = a.question_id where q.session_id = ?",
        by_file["session"],
    )
    assert [row["duration_s"] for row in stored] == [pytest.approx(speech["left"][1], abs=0.2)]


def test_no_word_of_anybody_is_in_the_log(both, by_file, server) -> None:
    log = server.log.read_text()
    assert not re.search("sorted order|thread shares|my notes|Traceback", log)


def save_m4a(wav: Path, path: Path) -> None:
    """The same sound as a phone's voice memo would hold it, whatever ``path`` calls itself."""
    with av.open(str(wav)) as source, av.open(str(path), "w", format="mp4") as target:
        stream = target.add_stream("aac", rate=48_000, layout="mono")
        resampler = av.AudioResampler(stream.format, "mono", 48_000, frame_size=1024)
        for frame in [*source.decode(audio=0), None]:
            for piece in resampler.resample(frame):
                target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
