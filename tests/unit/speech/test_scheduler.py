"""Queue, pace and waiting workers together; the clock stands still unless a test moves it."""

import threading
from typing import Any

from fakes.clock import ManualClock

from core.speech.pacing import Pacer, PacingParams
from core.speech.queue import DecodeJob, Lane, QueueParams
from core.speech.scheduler import Scheduler


def make(max_live: int = 8) -> tuple[Scheduler, ManualClock]:
    clock = ManualClock()
    return Scheduler(Pacer(2, PacingParams(max_live_speakers=max_live)), QueueParams(), clock), clock


def job(lane: Lane, stream: int, since: float, payload: Any = None) -> DecodeJob[Any]:
    return DecodeJob(lane, stream, since, payload)


def taken(scheduler: Scheduler) -> list[tuple[Lane, Any]]:
    batch = scheduler.take()
    assert batch is not None
    return [(one.lane, one.payload) for one in batch]


def test_words_that_were_to_come_after_the_answer_come_when_it_ends() -> None:
    scheduler, _ = make(max_live=0)
    scheduler.join(1)
    scheduler.add(job(Lane.DEFERRED, 1, 0.0, "a"))
    scheduler.add(job(Lane.INTERIM, 2, 0.0))
    scheduler.leave(1)
    assert taken(scheduler) == [(Lane.FINAL, "a")]


def test_a_speaker_who_gets_a_place_gets_the_words_that_wait() -> None:
    """Else the words to come, however soon decoded, would be held back behind them."""
    scheduler, _ = make(max_live=1)
    scheduler.join(1)
    scheduler.join(2)
    scheduler.add(job(Lane.DEFERRED, 2, 0.0, "waited"))
    scheduler.add(job(Lane.INTERIM, 3, 0.0))
    scheduler.leave(1)
    assert scheduler.is_live(2)
    assert taken(scheduler) == [(Lane.FINAL, "waited")]


def test_the_pace_follows_the_age_of_the_oldest_final() -> None:
    scheduler, clock = make()
    scheduler.join(1)
    at_ease = scheduler.interim_after_s(first=False)
    scheduler.add(job(Lane.FINAL, 1, clock.monotonic()))
    clock.tick(3.0)
    late = scheduler.interim_after_s(first=False)
    assert at_ease is not None and late is not None and late > at_ease
    clock.tick(3.0)
    assert scheduler.interim_after_s(first=False) is None
    scheduler.take()
    assert scheduler.interim_after_s(first=False) == at_ease


def test_a_closed_scheduler_gives_out_what_must_not_be_dropped_and_ends() -> None:
    scheduler, _ = make()
    scheduler.add(job(Lane.FINAL, 1, 0.0, "a"))
    scheduler.add(job(Lane.DEFERRED, 2, 0.0, "b"))
    scheduler.add(job(Lane.INTERIM, 3, 0.0))
    scheduler.close()
    assert taken(scheduler) == [(Lane.FINAL, "a")]
    while (batch := scheduler.take()) is not None:
        assert [one.payload for one in batch] in ([None], ["b"])


def test_an_opened_scheduler_waits_again() -> None:
    scheduler, _ = make()
    scheduler.close()
    scheduler.open()
    found: list[Any] = []
    worker = threading.Thread(target=lambda: found.extend(taken(scheduler)))
    worker.start()
    scheduler.add(job(Lane.FINAL, 1, 0.0, "a"))
    worker.join(10)
    assert found == [(Lane.FINAL, "a")]


def test_closing_ends_all_workers_that_wait_for_a_background_piece() -> None:
    scheduler, _ = make()
    for stream in range(2):
        scheduler.add(job(Lane.BACKGROUND, stream, 0.0, stream))
    assert taken(scheduler) == [(Lane.BACKGROUND, 0)]
    scheduler.close()
    got: list[Any] = []

    def work() -> None:
        while (batch := scheduler.take()) is not None:
            got.append(batch[0].payload)
            scheduler.background_done()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    scheduler.background_done()
    for worker in workers:
        worker.join(5)  # far below the patience with which a worker that was not woken looks again
    assert not any(worker.is_alive() for worker in workers)
    assert got == [1]
