import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.speech.pacing import Pacer, PacingParams

PARAMS = PacingParams(max_live_speakers=3)

steps = st.lists(st.tuples(st.sampled_from(["join", "leave"]), st.integers(0, 7)), max_size=40)


def pacer(speakers: int = 1, workers: int = 2, params: PacingParams | None = None) -> Pacer:
    made = Pacer(workers, params or PacingParams())
    for stream in range(speakers):
        made.join(stream)
    return made


def interval(made: Pacer, age_s: float = 0.0, *, first: bool = False) -> float:
    after_s = made.interim_after_s(age_s, first)
    assert after_s is not None
    return after_s


def test_alone_a_speaker_is_captioned_at_the_shortest_interval() -> None:
    p = PacingParams()
    assert interval(pacer(), first=True) == p.first_interim_s
    assert interval(pacer()) == p.interval_s


def test_interims_of_all_speakers_keep_within_their_share_of_the_workers() -> None:
    p = PacingParams()
    for speakers in range(1, 9):
        made = pacer(speakers)
        work = speakers * made.interim_cost_s / interval(made)
        assert work <= 2 * p.interim_share * 1.000001


@given(st.integers(1, 8), st.floats(0.01, 3.0), st.floats(0, 3.9), st.booleans())
def test_more_speakers_never_shorten_the_interval(speakers: int, cost_s: float, age_s: float, first: bool) -> None:
    few, many = pacer(speakers), pacer(speakers + 1, params=PacingParams(max_live_speakers=9))
    for made in (few, many):
        made.measured(1, cost_s)
    assert interval(few, age_s, first=first) <= interval(many, age_s, first=first)


@given(st.integers(1, 8), st.floats(0.01, 3.0), st.floats(0.01, 3.0))
def test_dearer_interims_never_shorten_the_interval(speakers: int, one_s: float, other_s: float) -> None:
    cheap, dear = pacer(speakers), pacer(speakers)
    cheap.measured(1, min(one_s, other_s))
    dear.measured(1, max(one_s, other_s))
    assert interval(cheap) <= interval(dear)


@given(st.integers(1, 8), st.floats(0, 3.99), st.floats(0, 3.99))
def test_an_older_final_never_shortens_the_interval(speakers: int, one_s: float, other_s: float) -> None:
    made = pacer(speakers)
    assert interval(made, min(one_s, other_s)) <= interval(made, max(one_s, other_s))


def test_the_interval_widens_by_its_factor_and_then_stops() -> None:
    p = PacingParams()
    made = pacer()
    assert interval(made, p.widen_after_s) == p.interval_s
    assert interval(made, p.stop_after_s - 1e-9) == pytest.approx(p.widest * p.interval_s)
    assert made.interim_after_s(p.stop_after_s, first=True) is None


def test_the_cost_of_a_batch_is_shared_by_its_pieces() -> None:
    one, batch = pacer(), pacer()
    one.measured(1, 0.4)
    batch.measured(4, 1.6)
    assert one.interim_cost_s == pytest.approx(batch.interim_cost_s)


def test_the_running_cost_approaches_what_is_measured() -> None:
    made = pacer()
    for _ in range(100):
        made.measured(2, 1.0)
    assert made.interim_cost_s == pytest.approx(0.5, rel=0.01)


def test_who_has_waited_longest_takes_a_freed_place() -> None:
    made = pacer(5, params=PARAMS)
    assert [made.is_live(stream) for stream in range(5)] == [True, True, True, False, False]
    assert made.leave(1) == 3
    assert [stream for stream in range(5) if made.is_live(stream)] == [0, 2, 3]


def test_who_waits_and_leaves_frees_no_place() -> None:
    made = pacer(5, params=PARAMS)
    assert made.leave(3) is None
    assert made.leave(0) == 4
    assert not made.is_live(3)


def test_leaving_twice_or_unknown_changes_nothing() -> None:
    made = pacer(2, params=PARAMS)
    made.leave(0)
    assert (made.leave(0), made.leave(99)) == (None, None)
    assert made.live_speakers == 1


@given(steps)
def test_places_are_filled_in_order_of_arrival_and_never_beyond_the_cap(plan: list[tuple[str, int]]) -> None:
    made = pacer(0, params=PARAMS)
    present: list[int] = []  # by arrival
    live: list[int] = []
    for what, stream in plan:
        if what == "join" and stream not in present:
            made.join(stream)
            present.append(stream)
        elif what == "leave":
            made.leave(stream)
            present = [s for s in present if s != stream]
            live = [s for s in live if s != stream]
        live += [s for s in present if s not in live][: PARAMS.max_live_speakers - len(live)]
        assert {s for s in range(8) if made.is_live(s)} == set(live)
        assert made.live_speakers == len(live) == min(len(present), PARAMS.max_live_speakers)
