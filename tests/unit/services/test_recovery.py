"""A server that is killed with SIGKILL in the middle of an answer, and the next start on its data."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from dying_house import __file__ as DYING
from spoken import synthesise, words

from core.bootstrap import House, build
from core.domain.clock import AnchoredClock
from core.domain.job import JobState
from core.domain.transcript import TranscriptSource
from core.services.interview_file import AttemptFile
from core.services.promises import CATCH_UP, REDECODE
from core.services.recovery import EVENT
from core.settings import Settings
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine
from core.storage.jobs import JobRepo

FIRST = "A list can be changed after it was made."
SECOND = "A dictionary finds a value by its key."

Killed = Callable[[str], Path]
Reborn = Callable[[Path], House]


@pytest.fixture(scope="session")
def spoken_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    files = [tmp_path_factory.mktemp("said") / f"{n}.wav" for n in range(2)]
    for text, file in zip((FIRST, SECOND), files, strict=True):
        synthesise(text, file)
    return files


@pytest.fixture
def killed(tmp_path: Path, spoken_files: list[Path]) -> Killed:
    """Runs a server until it is where it should be, and kills it there; returns its data folder."""

    def kill(end: str) -> Path:
        data = tmp_path / "data"
        command = [sys.executable, DYING, str(data), *map(str, spoken_files), end]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                assert "ready" in process.stdout.readline()
            finally:
                process.kill()
        return data

    return kill


@pytest.fixture
def reborn(speech_model: WhisperEngine) -> Iterator[Reborn]:
    houses: list[House] = []

    def start(data: Path) -> House:
        settings = Settings(_env_file=None, data_dir=data, voice="browser", job_workers=0)
        transcription = TranscriptionService(speech_model)
        houses.append(build(settings, clock=AnchoredClock(), transcription=transcription))
        assert transcription.wait_ready(60)
        return houses[-1]

    yield start
    for house in houses:
        house.close()


def only_attempt(house: House) -> AttemptFile:
    (listing,), _ = house.desk.search()
    (attempt,) = house.desk.open_file(listing.candidate.session_id).questions[0].attempts
    return attempt


def answer(house: House) -> str | None:
    (listing,), _ = house.desk.search()
    return house.desk.open_file(listing.candidate.session_id).questions[0].question.answer


def has(text: str | None, *wanted: str) -> bool:
    return set(wanted) <= set(words(text or ""))


def test_the_last_words_of_an_open_answer_are_in_its_draft_after_the_restart(killed: Killed, reborn: Reborn) -> None:
    house = reborn(killed("open"))
    attempt_id = only_attempt(house).attempt.id
    before = house.answers.draft(attempt_id).text
    house.jobs.run_due()
    after = house.answers.draft(attempt_id).text
    assert has(before, "list") and not has(before, "key")
    assert after.startswith(before) and has(after, "key")


def test_recovered_words_continue_numbers_and_times(killed: Killed, reborn: Reborn) -> None:
    house = reborn(killed("open"))
    house.jobs.run_due()
    live = only_attempt(house).live_segments
    assert [s.number for s in live] == list(range(len(live)))
    assert all(a.end_s <= b.start_s for a, b in pairwise(live))
    assert all(s.start_s - 0.5 <= w.start_s <= s.end_s for s in live for w in s.words)


def test_catching_up_twice_adds_nothing(killed: Killed, reborn: Reborn) -> None:
    house = reborn(killed("open"))
    house.jobs.run_due()
    once = only_attempt(house)
    with house.database.reading() as tx:
        (job,) = [j for j in JobRepo(tx).list(JobState.DONE) if j.kind == CATCH_UP]
    house.jobs._handlers[CATCH_UP](job.payload)
    assert only_attempt(house) == once


def test_a_second_restart_asks_for_nothing_more(killed: Killed, reborn: Reborn) -> None:
    data = killed("open")
    reborn(data).jobs.run_due()
    again = reborn(data)
    again.jobs.run_due()
    with again.database.reading() as tx:
        assert [j.kind for j in JobRepo(tx).list(JobState.DONE)].count(CATCH_UP) == 1


def test_an_edited_draft_is_left_alone(killed: Killed, reborn: Reborn) -> None:
    house = reborn(killed("open"))
    attempt = only_attempt(house)
    house.answers.save_draft(attempt.attempt.id, "My own words.", True, 1)
    house.jobs.run_due()
    assert only_attempt(house).live_segments == attempt.live_segments
    assert house.answers.draft(attempt.attempt.id).text == "My own words."


def test_recovered_words_are_noted_in_the_history(killed: Killed, reborn: Reborn) -> None:
    house = reborn(killed("open"))
    house.jobs.run_due()
    (listing,), _ = house.desk.search()
    assert [e.kind for e in house.desk.open_file(listing.candidate.session_id).logs].count(EVENT) == 1


def test_an_answer_submitted_just_before_the_kill_gets_its_last_words(killed: Killed, reborn: Reborn) -> None:
    house = reborn(killed("submit"))
    house.jobs.run_due()
    assert has(answer(house), "list", "key")
    assert only_attempt(house).attempt.transcript_source is TranscriptSource.RECORDING


def test_a_job_that_was_under_way_is_done_after_the_restart_without_waiting_for_its_lease(
    killed: Killed, reborn: Reborn
) -> None:
    house = reborn(killed("work"))
    assert house.jobs.counts()[JobState.RUNNING] == 0
    house.jobs.run_due()
    with house.database.reading() as tx:
        (job,) = [j for j in JobRepo(tx).list(JobState.DONE) if j.kind == REDECODE]
    assert job.tries == 2 and has(answer(house), "list", "key")
