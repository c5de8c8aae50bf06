from hypothesis import given
from hypothesis import strategies as st

from core.domain.machine_state import MachineState
from core.domain.signals import FrameSignal
from core.domain.watch import FlagKind
from core.proctoring.rules import (
    Change,
    Closed,
    ConditionParams,
    ConditionRule,
    Opened,
)
from core.proctoring.votes import VoteParams, vote_multiple_faces, vote_no_face

Y, N, U = True, False, None


def run(votes: list[tuple[float, bool | None]], params: ConditionParams | None = None) -> list[Change]:
    rule = ConditionRule(FlagKind.NO_FACE, params)
    return [change for at, vote in votes for change in rule.observe(at, vote)]


def paced(votes: list[bool | None], fps: float = 2.0, start: float = 100.0) -> list[tuple[float, bool | None]]:
    return [(start + i / fps, vote) for i, vote in enumerate(votes)]


def test_condition_opens_after_its_window_and_is_dated_back_to_its_beginning():
    (opened,) = run(paced([N, N, Y, Y, Y, Y, Y]))
    assert opened == Opened(FlagKind.NO_FACE, 101.0, 1.0)


def test_it_does_not_open_before_the_window_is_covered():
    assert run(paced([N, N, Y, Y, Y, Y])) == []


def test_it_ends_at_the_first_clean_vote_once_a_second_was_clean():
    changes = run(paced([Y] * 8 + [N, N, N]))
    assert changes[1] == Closed(FlagKind.NO_FACE, 100.0, 104.0, 1.0)


def test_one_lost_frame_neither_prevents_nor_ends_it():
    changes = run(paced([Y, Y, N, Y, Y, Y, N, Y, Y, N, N, N]))
    assert [type(c) for c in changes] == [Opened, Closed]
    assert changes[1] == Closed(FlagKind.NO_FACE, 100.0, 104.5, 7 / 9)


def test_flicker_at_half_the_frames_is_no_claim():
    assert run(paced([Y, N] * 20)) == []


def test_one_frame_a_second_is_enough():
    changes = run(paced([N, Y, Y, Y, Y, N, N], fps=1.0))
    assert changes == [Opened(FlagKind.NO_FACE, 101.0, 1.0), Closed(FlagKind.NO_FACE, 101.0, 105.0, 1.0)]


def test_two_frames_are_too_few_for_a_claim_however_far_apart():
    assert run([(0.0, Y), (2.5, Y)]) == []


def test_unknown_neither_extends_nor_cleans():
    changes = run(paced([Y] * 5 + [U, U, U, U] + [Y] * 2 + [N] * 3))
    assert changes[-1] == Closed(FlagKind.NO_FACE, 100.0, 105.5, 1.0)


def test_long_unknown_closes_at_the_last_known_vote():
    changes = run(paced([Y] * 5 + [U] * 8))
    assert changes[-1] == Closed(FlagKind.NO_FACE, 100.0, 102.0, 1.0)


def test_silence_closes_at_the_last_known_vote_too_and_what_follows_is_new():
    changes = run(paced([Y] * 5) + paced([Y] * 5, start=110.0))
    assert changes == [
        Opened(FlagKind.NO_FACE, 100.0, 1.0),
        Closed(FlagKind.NO_FACE, 100.0, 102.0, 1.0),
        Opened(FlagKind.NO_FACE, 110.0, 1.0),
    ]


def test_a_gap_does_not_count_towards_the_window():
    assert run([(0.0, Y), (0.5, Y), (4.0, Y), (4.5, Y), (5.0, Y)]) == []


def test_closing_by_hand_ends_the_claim_once():
    rule = ConditionRule(FlagKind.NO_FACE)
    for at, vote in paced([Y] * 6):
        rule.observe(at, vote)
    assert rule.close() == [Closed(FlagKind.NO_FACE, 100.0, 102.5, 1.0)]
    assert rule.close() == []
    assert rule.state is MachineState.QUIET


def test_states_in_order():
    rule = ConditionRule(FlagKind.NO_FACE)
    seen = []
    for at, vote in paced([N, Y, Y, Y, Y, Y, N, Y, N, N, N]):
        rule.observe(at, vote)
        seen.append(rule.state.value[:3])
    assert seen == ["qui", "sta", "sta", "sta", "sta", "act", "sto", "act", "sto", "sto", "qui"]


def test_time_that_runs_backwards_is_read_as_the_latest():
    changes = run([(10.0, Y), (10.5, Y), (3.0, Y), (11.0, Y), (11.5, Y), (12.0, Y)])
    assert changes == [Opened(FlagKind.NO_FACE, 10.0, 1.0)]


def test_votes_of_signals():
    def signal(count: int, dark: bool = False) -> FrameSignal:
        return FrameSignal(0.0, count, (), 100.0, dark)

    assert [vote_no_face(signal(n), VoteParams())[0] for n in (0, 1, 2)] == [True, False, False]
    assert [vote_multiple_faces(signal(n), VoteParams())[0] for n in (0, 1, 2)] == [False, False, True]
    assert vote_no_face(signal(0, True), VoteParams())[0] is None
    assert vote_multiple_faces(signal(0, True), VoteParams())[0] is None


steps = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.5, 0.5, 0.7, 1.0, 1.0, 2.9, 3.5])
votes = st.sampled_from([True, True, True, False, None])


@given(st.lists(st.tuples(steps, votes), max_size=120), st.sampled_from([0.5, 1.5, 2.0, 4.0]))
def test_whatever_is_seen_claims_alternate_are_ordered_and_last_their_window(samples, window_s):
    params = ConditionParams(window_s=window_s)
    rule = ConditionRule(FlagKind.NO_FACE, params)
    now, known, changes = 0.0, [], []
    for step, vote in samples:
        now += step
        if vote is not None:
            known.append(now)
        fresh = rule.observe(now, vote)
        for change in fresh:
            assert change.started_at in known
            if isinstance(change, Opened):
                assert now - change.started_at >= window_s, "claimed before the window was covered"
                assert change.strength >= params.min_share
        changes += fresh
    changes += rule.close()
    assert [type(c) for c in changes] == ([Opened, Closed] * len(changes))[: len(changes)]
    assert len(changes) % 2 == 0, "what was opened is closed in the end"
    previous_end = float("-inf")
    for opened, closed in zip(changes[::2], changes[1::2], strict=True):
        assert opened.started_at == closed.started_at >= previous_end
        assert closed.ended_at - closed.started_at >= window_s
        assert closed.ended_at in known
        assert 0 < closed.strength <= 1
        previous_end = closed.ended_at


@given(st.lists(st.sampled_from([False, None]), max_size=60))
def test_without_a_yes_nothing_is_ever_claimed(samples):
    assert run(paced(samples)) == []
