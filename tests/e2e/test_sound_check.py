"""Sound in a real browser: the test tone, what the microphone row says, alerts while an answer is recorded."""

import wave
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from conftest import ROOT, chromium, new_page, serve
from devices import make_speech
from playwright.sync_api import Page, Playwright, expect
from steps import Records, consent, go_to_interview, no_trouble, press, register, skip_check, start

from core.speech.echo import ToneParams, render_tone
from core.speech.room_check import TEST_SENTENCE

RATE = 48_000


def write(path: Path, sound: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(sound.astype(np.int16).tobytes())
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serve(tmp_path_factory.mktemp("sound") / "data", question_count=1, think_s=30, answer_s=120) as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a microphone may hear: somebody speaking, the same with the tone coming back, nothing."""
    folder = tmp_path_factory.mktemp("microphones")
    talk = folder / "talk.wav"
    make_speech(talk, lead_s=0.3, tail_s=2.0, sentences=(TEST_SENTENCE,))
    with wave.open(str(talk)) as file:
        voice = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    echo = np.concatenate((voice, 32_767 * render_tone(rate=RATE), np.zeros(RATE // 2)))
    return {
        "talk": talk,
        "echo": write(folder / "echo.wav", echo),
        "nothing": write(folder / "nothing.wav", np.zeros(5 * RATE)),
    }


def to_check(page: Page, url: str) -> None:
    """A started device check without a camera, each time of somebody new."""
    register(page, url, email=f"{uuid4().hex}@example.org")
    consent(page, video=False)
    page.get_by_role("button", name="Start check").click()
    page.get_by_text("We heard:").wait_for(timeout=40_000)


def play(page: Page) -> None:
    page.get_by_role("button", name="Play a test tone").click()
    page.get_by_text("Playing three short sounds").wait_for()
    page.get_by_text("Did you hear it?").wait_for()


def test_page_plays_the_tone_the_server_looks_for(playwright: Playwright) -> None:
    source = (ROOT / "core/ui/components/tone_sound.js").read_text()
    params = ToneParams()
    with chromium(playwright) as browser:
        _, page = new_page(browser)
        played = page.evaluate(
            """async ([source, tone]) => {
                const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
                return [...module.renderTone(tone, 16000)];
            }""",
            [source, asdict(params)],
        )
    wanted = render_tone(params)
    assert len(played) == len(wanted)
    assert np.abs(np.array(played) - wanted).max() < 1e-4


def test_tone_heard_by_the_candidate_alone_is_good(playwright: Playwright, server, files) -> None:
    with chromium(playwright, speech=files["talk"]) as browser:
        _, page = new_page(browser)
        to_check(page, server.url)
        page.get_by_text("dB above the noise").wait_for(timeout=30_000)
        play(page)
        page.get_by_role("button", name="Yes").click()
        page.get_by_text("Your loudspeaker works, and your microphone hears little of it.").wait_for()
        go_to_interview(page)
        found = Records(server.data).logs("device_check")[-1]
        assert (found["output"], found["sentence"]) == ("none", True)
        assert found["snr_db"] > 10
        no_trouble(page)


def test_tone_heard_by_nobody_asks_for_another_loudspeaker_and_holds_nobody_up(
    playwright: Playwright, server, files
) -> None:
    with chromium(playwright, speech=files["talk"]) as browser:
        _, page = new_page(browser)
        to_check(page, server.url)
        play(page)
        page.get_by_role("button", name="No", exact=True).click()
        page.get_by_text("The sound went to another device.").wait_for()
        expect(page.get_by_role("button", name="Play the tone again")).to_be_visible()
        go_to_interview(page)
        assert Records(server.data).logs("device_check")[-1]["output"] == "wrong_output"


def test_tone_that_comes_back_is_echo(playwright: Playwright, server, files) -> None:
    with chromium(playwright, speech=files["echo"]) as browser:
        _, page = new_page(browser)
        to_check(page, server.url)
        page.wait_for_timeout(6000)  # until the file has come round to its tone
        play(page)
        page.get_by_text("Your microphone hears your loudspeaker.").wait_for()
        page.get_by_role("button", name="Yes").click()
        go_to_interview(page)
        assert Records(server.data).logs("device_check")[-1]["output"] == "echo"


def test_silent_microphone_is_told_beside_the_picture_and_logged(playwright: Playwright, server, files) -> None:
    with chromium(playwright, speech=files["nothing"]) as browser:
        _, page = new_page(browser)
        register(page, server.url, email=f"{uuid4().hex}@example.org")
        consent(page, video=False)
        skip_check(page)
        start(page)
        press(page, "Start recording")
        page.get_by_text("We can't hear you. Check that the right microphone is chosen, then speak").wait_for()
        expect(page.get_by_text("Question 1 of")).to_be_visible()
        press(page, "Stop recording")
        for _ in range(40):
            logged = Records(server.data).logs("sound_silence")
            if len(logged) > 1:
                break
            page.wait_for_timeout(250)
        assert [("to" in row) for row in logged] == [False, True]
        assert logged[1]["measured"] < -55
