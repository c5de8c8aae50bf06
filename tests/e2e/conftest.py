"""A real server and a real browser for each test that asks."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=15_000)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()


@dataclass
class Server:
    """A running app with a data folder of its own."""

    process: subprocess.Popen
    url: str
    data: Path
    environment: dict[str, str]
    port: int
    log: Path

    def kill(self) -> None:
        """What a power cut does."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """Start on the same port and data."""
        self.process = _launch(self.port, self.environment, self.log)
        _wait_for(self)


def _launch(port: int, environment: dict[str, str], log: Path) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "Home.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out)


def _wait_for(server: Server) -> None:
    for _ in range(240):
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended early:\n{server.log.read_text()}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"the server did not answer:\n{server.log.read_text()}")


@contextmanager
def serve(data: Path, **settings: object) -> Iterator[Server]:
    """The app on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k.upper(): str(v) for k, v in settings.items()}
    environment |= {
        "DATA_DIR": str(data),
        "RECRUITER_PASSWORD": "open sesame",
        "VOICE": environment.get("VOICE", "local"),
    }
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    server = Server(_launch(port, environment, log), f"http://127.0.0.1:{port}", data, environment, port, log)
    try:
        _wait_for(server)
        yield server
    finally:
        server.process.terminate()
        try:
            server.process.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may miss a beat; these tests alone may run again, and the report says which did."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@contextmanager
def chromium(
    playwright: Playwright,
    *,
    speech: Path | None = None,
    camera: Path | None = None,
    headed: bool = False,
    grant: bool = True,
) -> Iterator[Browser]:
    """A browser whose microphone and camera are files, played in a loop; without ``grant`` it refuses to give them."""
    arguments = [*QUIET, "--use-fake-device-for-media-stream"]
    if grant:
        arguments.append("--use-fake-ui-for-media-stream")
    if speech:
        arguments.append(f"--use-file-for-fake-audio-capture={speech}")
    if camera:
        arguments.append(f"--use-file-for-fake-video-capture={camera}")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=not headed, args=arguments)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def display() -> Iterator[str]:
    """A screen nobody sees, on a display number of its own choosing."""
    numbers, chosen = os.pipe()
    command = ["Xvfb", "-displayfd", str(chosen), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=(chosen,), stderr=subprocess.DEVNULL)
    os.close(chosen)
    try:
        with os.fdopen(numbers) as told:
            yield f":{told.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait(10)


@contextmanager
def chromium_on(screen: str, playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """A browser in a real window, as a candidate has it: its tabs are hidden and lose the focus like any others.

    One that Playwright starts itself believes in every tab that it is in front and has the focus.
    """
    arguments = [*QUIET, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    arguments += ["--no-default-browser-check", "--password-store=basic", "--lang=en-US", "--window-size=1300,950"]
    arguments += [f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [CHROMIUM, *arguments], env={**os.environ, "DISPLAY": screen}, stdout=quiet, stderr=quiet
    )
    try:
        port_file = profile / "DevToolsActivePort"
        for _ in range(100):
            if port_file.exists() and (told := port_file.read_text().split()):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("the browser did not open its window")
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{told[0]}", no_defaults=True)
        context = browser.contexts[0]
        context.set_default_timeout(20_000)
        yield context
        browser.close()
    finally:
        process.terminate()
        process.wait(10)


def new_page(
    browser: Browser, width: int = 1280, height: int = 720, dark: bool = False
) -> tuple[BrowserContext, object]:
    """A fresh profile and its first page."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="en-US"
    )
    context.set_default_timeout(20_000)
    return context, context.new_page()
