"""The queue under a virtual clock."""

import math
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.speech.queue import DecodeJob, DecodeQueue, Lane, QueueParams

Plan = Sequence[tuple[str, int, float]]
PARAMS = QueueParams()

steps = st.lists(
    st.tuples(
        st.sampled_from([*(lane.name for lane in Lane), "pick", "done", "promote"]),
        st.integers(0, 5),
        st.sampled_from([0.0, 0.1, 3.0, 12.0]),
    ),
    max_size=120,
)


def job(lane: Lane, stream: int, since: float, payload: Any = None) -> DecodeJob[Any]:
    return DecodeJob(lane, stream, since, payload)


def filled(*jobs: DecodeJob[Any], params: QueueParams = PARAMS) -> DecodeQueue[Any]:
    queue: DecodeQueue[Any] = DecodeQueue(params)
    for one in jobs:
        queue.add(one)
    return queue


def drain(queue: DecodeQueue[Any], now: float = 0.0) -> list[list[DecodeJob[Any]]]:
    """Every batch left, each finished before the next is asked for."""
    batches = []
    while batch := queue.pick(now):
        batches.append(batch)
        queue.background_done()
    return batches


class Run:
    """Carries a plan out and writes down what went in and what came out."""

    def __init__(self, plan: Plan) -> None:
        self.queue: DecodeQueue[int] = DecodeQueue(PARAMS)
        self.kept: list[int] = []
        self.batches: list[list[DecodeJob[int]]] = []
        self.running: list[int] = []  # background pieces being decoded after each pick
        self.now, self._busy = 0.0, False
        for number, (what, stream, pause_s) in enumerate(plan):
            self.now += pause_s
            self.step(what, stream, number)
        self.background_done()
        while self.pick():
            self.background_done()

    def step(self, what: str, stream: int, number: int) -> None:
        if what == "pick":
            self.pick()
        elif what == "done":
            self.background_done()
        elif what == "promote":
            self.queue.promote(stream)
        else:
            if (lane := Lane[what]) is not Lane.INTERIM:
                self.kept.append(number)
            self.queue.add(job(lane, stream, self.now, number))

    def pick(self) -> bool:
        batch = self.queue.pick(self.now)
        if batch and batch[0].lane is Lane.BACKGROUND:
            self.running.append(len(batch) + self._busy)
            self._busy = True
        self.batches.append(batch)
        return bool(batch)

    def background_done(self) -> None:
        self._busy = False
        self.queue.background_done()


@given(steps)
def test_each_kept_piece_comes_out_exactly_once(plan: Plan) -> None:
    run = Run(plan)
    out = [one.payload for batch in run.batches for one in batch if one.lane is not Lane.INTERIM]
    assert sorted(out) == run.kept


@given(steps)
def test_a_streams_finals_keep_their_order(plan: Plan) -> None:
    """Numbers grow in the order of adding. Promoted pieces are older than the finals they join."""
    finals = [one for one in Run([s for s in plan if s[0] != "promote"]).batches if one and one[0].lane is Lane.FINAL]
    for stream in range(6):
        numbers = [one.payload for batch in finals for one in batch if one.stream == stream]
        assert numbers == sorted(numbers)


@given(steps)
def test_a_batch_is_of_one_lane_and_bounded(plan: Plan) -> None:
    for batch in Run(plan).batches:
        assert len({one.lane for one in batch}) <= 1
        assert len(batch) <= PARAMS.max_batch


@given(steps)
def test_a_batch_of_interims_has_one_a_stream(plan: Plan) -> None:
    for batch in Run(plan).batches:
        if batch and batch[0].lane is Lane.INTERIM:
            assert len({one.stream for one in batch}) == len(batch)


@given(steps)
def test_one_background_piece_is_decoded_at_a_time(plan: Plan) -> None:
    assert all(count == 1 for count in Run(plan).running)


@given(steps)
def test_what_waits_is_counted_by_lane(plan: Plan) -> None:
    queue = filled(*(job(Lane[what], stream, 0.0) for what, stream, _ in plan if what in Lane.__members__))
    assert len(queue) == sum(queue.waiting(lane) for lane in Lane)
    assert queue.kept == len(queue) - queue.waiting(Lane.INTERIM)


def test_finals_come_first_and_by_age_then_interims_then_the_rest() -> None:
    queue = filled(
        job(Lane.BACKGROUND, 5, 0.0),
        job(Lane.DEFERRED, 4, 0.0),
        job(Lane.INTERIM, 3, 0.0),
        job(Lane.FINAL, 2, 5.0),
        job(Lane.FINAL, 1, 3.0),
    )
    assert [[one.stream for one in batch] for batch in drain(queue, 5.0)] == [[1, 2], [3], [4], [5]]


def test_the_stalest_interims_come_first() -> None:
    queue = filled(*(job(Lane.INTERIM, stream, -float(stream)) for stream in range(6)))
    assert [[one.stream for one in batch] for batch in drain(queue)] == [[5, 4, 3, 2], [1, 0]]


def test_one_interim_a_speaker_which_keeps_its_place() -> None:
    queue = filled(job(Lane.INTERIM, 1, 1.0), job(Lane.INTERIM, 2, 2.0))
    assert not queue.add(job(Lane.INTERIM, 1, 9.0))
    assert [(one.stream, one.since) for one in queue.pick(9.0)] == [(1, 1.0), (2, 2.0)]


def test_a_final_makes_the_speakers_interim_stale() -> None:
    queue = filled(job(Lane.INTERIM, 1, 1.0), job(Lane.FINAL, 1, 2.0))
    assert [[one.lane for one in batch] for batch in drain(queue)] == [[Lane.FINAL]]


def test_an_interim_of_another_speaker_outlives_a_final() -> None:
    queue = filled(job(Lane.INTERIM, 2, 1.0), job(Lane.FINAL, 1, 2.0))
    assert [[one.lane for one in batch] for batch in drain(queue)] == [[Lane.FINAL], [Lane.INTERIM]]


def test_age_of_the_oldest_final() -> None:
    queue = filled()
    assert queue.oldest_final_age(9.0) == 0
    queue.add(job(Lane.FINAL, 1, 4.0))
    queue.add(job(Lane.FINAL, 2, 6.0))
    queue.add(job(Lane.DEFERRED, 3, 0.0))
    assert queue.oldest_final_age(9.0) == 5.0


def test_age_of_a_final_is_never_negative() -> None:
    assert filled(job(Lane.FINAL, 1, 4.0)).oldest_final_age(3.0) == 0.0


def test_promotion_makes_one_streams_deferred_pieces_finals_in_order() -> None:
    queue = filled(*(job(Lane.DEFERRED, n % 2, float(n), n) for n in range(6)))
    queue.promote(1)
    assert [(one.lane, one.payload) for one in queue.pick(6.0)] == [(Lane.FINAL, n) for n in (1, 3, 5)]
    assert [one.payload for batch in drain(queue, 6.0) for one in batch] == [0, 2, 4]


def test_promotion_keeps_count_of_tries() -> None:
    queue = filled(DecodeJob(Lane.DEFERRED, 1, 0.0, None, tries=1))
    queue.promote(1)
    assert queue.pick(0.0)[0].tries == 1


def test_a_background_piece_put_back_runs_again() -> None:
    queue = filled(job(Lane.BACKGROUND, 1, 0.0), job(Lane.BACKGROUND, 2, 1.0))
    (lost,) = queue.pick(0.0)
    assert queue.pick(0.0) == []
    queue.background_done()
    queue.add(lost)
    assert [one.stream for batch in drain(queue) for one in batch] == [1, 2]


def picked_under_load(lanes: Sequence[Lane], *, seconds: float, steady: Lane | None = None) -> dict[Lane, float]:
    """When each of some lanes was first served, while a decode takes half a second and interims never end."""
    queue = filled(*(job(lane, 100 + n, 0.0) for n, lane in enumerate(lanes)))
    served: dict[Lane, float] = {}
    now = 0.0
    while now < seconds:
        for stream in range(2):
            queue.add(job(Lane.INTERIM, stream, now))
        if steady is not None:
            queue.add(job(steady, 50, now))
        for one in queue.pick(now):
            served.setdefault(one.lane, now)
        queue.background_done()
        now += 0.5
    return served


def test_what_nobody_watches_waits_for_its_patience_under_interims() -> None:
    for lane in (Lane.DEFERRED, Lane.BACKGROUND):
        assert picked_under_load([lane], seconds=60)[lane] == PARAMS.patience_s


def test_patience_gives_one_piece_each_time() -> None:
    served = picked_under_load([Lane.DEFERRED, Lane.BACKGROUND], seconds=60)
    assert (served[Lane.DEFERRED], served[Lane.BACKGROUND]) == (PARAMS.patience_s, 2 * PARAMS.patience_s)


def test_a_background_piece_does_not_starve_behind_ever_more_deferred_ones() -> None:
    assert Lane.BACKGROUND in picked_under_load([Lane.BACKGROUND], seconds=120, steady=Lane.DEFERRED)


@given(st.integers(2, 12), st.integers(1, 4))
def test_no_speaker_starves(speakers: int, max_batch: int) -> None:
    """A decode takes one step in which all captions grow staler; nobody waits longer than everybody takes."""
    queue: DecodeQueue[None] = DecodeQueue(QueueParams(max_batch=max_batch))
    captioned = dict.fromkeys(range(speakers), 0.0)
    for step in range(3 * speakers):
        for stream, at in captioned.items():
            queue.add(job(Lane.INTERIM, stream, at))
        batch = queue.pick(float(step))
        assert batch
        for one in batch:
            captioned[one.stream] = step + 1.0
        assert min(captioned.values()) > step - math.ceil(speakers / max_batch)


def test_what_failed_before_is_decoded_alone() -> None:
    queue = filled(*(DecodeJob(Lane.FINAL, n, float(n), None, tries=int(n in (0, 2))) for n in range(5)))
    assert [[one.stream for one in batch] for batch in drain(queue)] == [[0], [1], [2], [3, 4]]
