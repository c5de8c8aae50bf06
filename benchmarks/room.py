"""How quick one candidate's room is: a real browser, a synthetic voice, the real server.

``python -m benchmarks.room --rounds 3 --out room.json`` needs what ``make test`` installs. Figures are medians over
all rounds; the machine's load counts, so compare ratios rather than single runs.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "e2e")]

from conftest import Server, chromium, new_page, serve  # noqa: E402
from devices import make_camera, make_speech  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402
from steps import Records, check_devices, consent, press, register, start  # noqa: E402

QUESTIONS = 4


def hold_interview(page: Page, server: Server) -> dict[str, list[float]]:
    """One interview; what can be timed from outside."""
    register(page, server.url)
    consent(page)
    check_devices(page)
    page.get_by_role("button", name="Start interview").wait_for()
    time.sleep(1)
    clicked = datetime.now(UTC)
    start(page)
    shown = (datetime.now(UTC) - clicked).total_seconds()
    arrived = datetime.fromisoformat(Records(server.data).logs("media_arrived")[-1]["at_sound"])
    next_s = []
    for number in range(1, QUESTIONS + 1):
        press(page, "Start recording")
        time.sleep(12)
        pressed = time.perf_counter()
        if number == QUESTIONS:
            press(page, "Finish")
            page.get_by_text("Thank you, you are done").wait_for()
            time.sleep(4)
        else:
            press(page, "Next")
            page.get_by_text(f"Question {number + 1} of").wait_for()
            next_s.append(time.perf_counter() - pressed)
    return {
        "start_to_media_s": [(arrived - clicked).total_seconds()],
        "start_to_question_s": [shown],
        "next_question_s": next_s,
    }


def final_latencies(records: Records) -> list[float]:
    """Per segment: from the arrival of its last speech sample to its text in the database, seconds."""
    rows = records.rows(
        "select s.created_at, s.end_s, r.started_at from segments s "
        "join recordings r on r.attempt_id = s.attempt_id and r.part = 0 where s.text != '' and s.source = 'live'"
    )
    heard = [datetime.fromisoformat(r["started_at"]) + timedelta(seconds=r["end_s"]) for r in rows]
    return [(datetime.fromisoformat(r["created_at"]) - at).total_seconds() for r, at in zip(rows, heard, strict=True)]


def memory_mb(server: Server) -> dict[str, float]:
    """Resident memory of the server process now and at its peak."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    kb = {
        line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith(("VmRSS", "VmHWM"))
    }
    return {"rss_mb": kb["VmRSS"] / 1024, "peak_rss_mb": kb["VmHWM"] / 1024}


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        base = Path(folder)
        make_speech(base / "speech.wav", tail_s=3.0)
        make_camera(base / "camera.mjpeg", [(1, 60.0)])
        with serve(base / "data", question_count=QUESTIONS, attempts_per_email=99) as server:
            for _ in range(arguments.rounds + 1):
                with chromium(playwright, speech=base / "speech.wav", camera=base / "camera.mjpeg") as browser:
                    _, page = new_page(browser)
                    found = hold_interview(page, server)
                if figures or arguments.rounds == 0:
                    for name, values in found.items():
                        figures[name] = figures.get(name, []) + values
                else:
                    figures = {name: [] for name in found}  # the first round only warms up
            figures["final_text_s"] = final_latencies(Records(server.data))
            memory = memory_mb(server)
    result = {
        name: {"median": statistics.median(v), "min": min(v), "max": max(v), "n": len(v)} for name, v in figures.items()
    }
    result |= {name: {"median": value, "min": value, "max": value, "n": 1} for name, value in memory.items()}
    for name, row in result.items():
        print(f"{name:22} median {row['median']:8.2f}   min {row['min']:8.2f}   max {row['max']:8.2f}   n {row['n']}")
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
