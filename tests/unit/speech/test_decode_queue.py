"""The scheduler under a virtual clock."""

from hypothesis import given
from hypothesis import strategies as st

from core.speech.queue import DecodeQueue, FinalJob, InterimJob


def final(stream: int, number: int, at: float) -> FinalJob[None]:
    return FinalJob(stream, number, at, None)


def interim(stream: int, at: float) -> InterimJob[None]:
    return InterimJob(stream, at, None)


def test_finals_come_before_interims_and_by_age() -> None:
    queue: DecodeQueue[None] = DecodeQueue()
    queue.add_interim(interim(9, 0.0))
    queue.add_final(final(1, 0, 5.0))
    queue.add_final(final(2, 0, 3.0))
    assert [job.stream for job in iter(queue.pick, None)] == [2, 1, 9]


def test_stalest_interim_comes_first() -> None:
    queue: DecodeQueue[None] = DecodeQueue()
    for stream, at in ((1, 5.0), (2, 3.0), (3, 4.0)):
        queue.add_interim(interim(stream, at))
    assert [job.stream for job in iter(queue.pick, None)] == [2, 3, 1]


def test_one_interim_a_speaker_which_keeps_its_place() -> None:
    queue: DecodeQueue[None] = DecodeQueue()
    assert queue.add_interim(interim(1, 1.0))
    assert queue.add_interim(interim(2, 2.0))
    assert not queue.add_interim(interim(1, 9.0))
    assert [job.stream for job in iter(queue.pick, None)] == [1, 2]


def test_final_makes_the_speakers_interim_stale() -> None:
    queue: DecodeQueue[None] = DecodeQueue()
    queue.add_interim(interim(1, 1.0))
    queue.add_final(final(1, 0, 2.0))
    assert isinstance(queue.pick(), FinalJob)
    assert queue.pick() is None


def test_age_of_the_oldest_final() -> None:
    queue: DecodeQueue[None] = DecodeQueue()
    assert queue.oldest_final_age(9.0) == 0
    queue.add_final(final(1, 0, 4.0))
    queue.add_final(final(2, 0, 6.0))
    assert queue.oldest_final_age(9.0) == 5.0


steps = st.lists(st.tuples(st.sampled_from(["final", "interim", "pick"]), st.integers(0, 5)), max_size=120)


@given(steps)
def test_no_final_is_lost_and_each_stream_keeps_its_order(plan: list[tuple[str, int]]) -> None:
    queue: DecodeQueue[None] = DecodeQueue()
    now = 0.0
    counts: dict[int, int] = {}
    done: dict[int, list[int]] = {}

    def take() -> bool:
        job = queue.pick()
        if isinstance(job, FinalJob):
            done.setdefault(job.stream, []).append(job.number)
        return job is not None

    for what, stream in plan:
        now += 0.1
        if what == "final":
            queue.add_final(final(stream, counts.get(stream, 0), now))
            counts[stream] = counts.get(stream, 0) + 1
        elif what == "interim":
            queue.add_interim(interim(stream, now))
        else:
            take()
    while take():
        pass
    assert done == {stream: list(range(n)) for stream, n in counts.items()}


@given(st.integers(2, 12))
def test_no_speaker_starves(speakers: int) -> None:
    """Each decode takes one step in which everybody's caption grows staler; everybody has a turn each round."""
    queue: DecodeQueue[None] = DecodeQueue()
    captioned = dict.fromkeys(range(speakers), 0.0)
    turns = []
    for step in range(3 * speakers):
        for stream, at in captioned.items():
            queue.add_interim(interim(stream, at))
        job = queue.pick()
        assert job is not None
        turns.append(job.stream)
        captioned[job.stream] = step + 1.0
    assert all(turns.count(stream) == 3 for stream in captioned)
