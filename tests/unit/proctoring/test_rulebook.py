from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.signals import FrameSignal
from core.domain.watch import FROM_CAMERA, FlagKind
from core.proctoring.options import WatchOptions
from core.proctoring.reasons import reason_for
from core.proctoring.rulebook import WINDOWS, Rulebook, RuleParams
from core.proctoring.rules import Closed, Opened

CALM = FrameSignal(
    0.0, 1, ((100, 80, 120, 150),), 120.0, too_dark=False, yaw_deg=0.0, pitch_deg=0.0, gaze_x=0.0, gaze_y=0.0,
    eyes_closed=False, similarity=0.9, sharpness=300.0, change=40.0, mean_change=1.5, motion_behind=0.0, phones=0,
)  # fmt: skip
SCENES = {
    FlagKind.NO_FACE: replace(CALM, count=0, boxes=(), yaw_deg=None, pitch_deg=None, similarity=None),
    FlagKind.MULTIPLE_FACES: replace(CALM, count=2, yaw_deg=None, pitch_deg=None, similarity=None),
    FlagKind.LOOKING_AWAY: replace(CALM, yaw_deg=-40.0),
    FlagKind.DIFFERENT_PERSON: replace(CALM, similarity=0.1),
    FlagKind.CAMERA_COVERED: replace(CALM, count=0, boxes=(), too_dark=True, covered=True, yaw_deg=None),
    FlagKind.CAMERA_FROZEN: replace(CALM, change=4.0, mean_change=0.01),
    FlagKind.BACKGROUND_PERSON: replace(CALM, motion_behind=0.2),
    FlagKind.PHONE: replace(CALM, phones=1),
}


def play(book: Rulebook, *scenes: tuple[FrameSignal | None, float], fps: float = 2.0, at: float = 100.0):
    changes = []
    for scene, seconds in scenes:
        for _ in range(round(seconds * fps)):
            changes += book.observe(at, None if scene is None else replace(scene, at=at))
            at += 1 / fps
    return changes


def kinds(changes) -> list[str]:
    return [c.kind for c in changes if isinstance(c, Opened)]


@pytest.mark.parametrize("kind", SCENES)
def test_each_condition_that_lasts_is_claimed_as_itself_alone_and_ends(kind):
    book = Rulebook(RuleParams(), WatchOptions())
    changes = play(book, (CALM, 10), (SCENES[kind], WINDOWS[kind].window_s + 2), (CALM, 10))
    assert [(type(c), c.kind) for c in changes] == [(Opened, kind), (Closed, kind)]
    assert changes[1].started_at == pytest.approx(110.0, abs=0.01)
    assert changes[1].ended_at - changes[1].started_at >= WINDOWS[kind].window_s


@pytest.mark.parametrize("kind", SCENES)
def test_a_moment_of_it_is_nothing(kind):
    book = Rulebook(RuleParams(), WatchOptions())
    moment = max(0.5, WINDOWS[kind].window_s - 0.5)
    assert play(book, (CALM, 10), (SCENES[kind], moment), (CALM, 10)) == []


@pytest.mark.parametrize("kind", SCENES)
def test_a_camera_of_one_picture_a_second_is_enough(kind):
    book = Rulebook(RuleParams(), WatchOptions())
    assert kinds(play(book, (CALM, 10), (SCENES[kind], 12), (CALM, 10), fps=1.0)) == [kind]


@pytest.mark.parametrize("kind", SCENES)
def test_an_accommodation_switches_a_rule_off(kind):
    book = Rulebook(RuleParams(), WatchOptions(rules_off=frozenset({kind})))
    assert kind not in book.kinds
    assert play(book, (CALM, 10), (SCENES[kind], 20), (CALM, 10)) == []


@pytest.mark.parametrize("kind", SCENES)
def test_an_accommodation_widens_a_window(kind):
    book = Rulebook(RuleParams(), WatchOptions(window_factor=2.0))
    wide = 2 * WINDOWS[kind].window_s
    assert play(book, (CALM, 10), (SCENES[kind], wide - 0.5), (CALM, 20)) == []
    assert kinds(play(book, (SCENES[kind], wide + 1), at=200.0)) == [kind]


def test_darkness_is_not_nobody():
    book = Rulebook(RuleParams(), WatchOptions())
    assert kinds(play(book, (CALM, 5), (SCENES[FlagKind.CAMERA_COVERED], 30))) == [FlagKind.CAMERA_COVERED]


def test_who_agreed_to_counting_only_is_only_counted():
    book = Rulebook(RuleParams(), WatchOptions(faces_only=True))
    assert set(book.kinds) == {FlagKind.NO_FACE, FlagKind.MULTIPLE_FACES}


def test_three_glances_down_within_a_minute_are_one_claim_and_two_are_none():
    down = replace(CALM, pitch_deg=-25.0)
    book = Rulebook(RuleParams(), WatchOptions())
    assert play(book, (CALM, 5), (down, 3), (CALM, 8), (down, 3), (CALM, 70)) == []
    changes = play(book, (down, 3), (CALM, 8), (down, 3), (CALM, 8), (down, 3), (CALM, 40), at=1000.0)
    assert [(type(c), c.kind) for c in changes] == [(Opened, FlagKind.LOOKING_DOWN), (Closed, FlagKind.LOOKING_DOWN)]
    assert (changes[1].started_at, changes[1].measured) == (1000.0, 3.0)
    assert changes[1].ended_at == pytest.approx(1025.0)
    assert changes[1].strength == pytest.approx(9 / 25, abs=0.05)


def test_single_glances_down_can_be_read_from_the_rule():
    down = replace(CALM, pitch_deg=-25.0)
    book = Rulebook(RuleParams(), WatchOptions())
    episodes = []
    for n in range(40):
        book.observe(n * 0.5, down if 10 <= n < 18 else CALM)
        episodes += book.down.episodes
    assert [(type(e), e.started_at) for e in episodes] == [(Opened, 5.0), (Closed, 5.0)]


def test_most_of_a_minute_off_the_screen_is_claimed_and_a_third_is_not():
    aside = replace(CALM, gaze_x=0.3)
    book = Rulebook(RuleParams(), WatchOptions())
    assert play(book, *[(aside, 2), (CALM, 4)] * 20) == []
    changes = play(book, *[(aside, 4), (CALM, 1)] * 20, (CALM, 60), at=1000.0)
    assert [(type(c), c.kind) for c in changes] == [
        (Opened, FlagKind.EYES_OFF_SCREEN),
        (Closed, FlagKind.EYES_OFF_SCREEN),
    ]
    assert changes[1].strength == pytest.approx(0.8, abs=0.1)


def test_a_share_is_of_what_was_seen_lately_and_ends_when_nothing_is():
    aside = replace(CALM, gaze_x=0.3)
    book = Rulebook(RuleParams(), WatchOptions())
    changes = play(book, (aside, 5), (None, 600), (aside, 70), (None, 100))
    assert [(type(c), c.kind) for c in changes] == [
        (Opened, FlagKind.EYES_OFF_SCREEN),
        (Closed, FlagKind.EYES_OFF_SCREEN),
    ]
    assert changes[1].started_at == pytest.approx(705.0)
    assert changes[1].ended_at == pytest.approx(775.0, abs=1)
    assert changes[1].ended_at - changes[1].started_at >= 60


def lines_of(travel: float, steps: int, count: int, at: float = 0.0):
    """Eyes along a line and back, over and over."""
    for n in range(count * steps):
        yield at + n * 0.5, replace(CALM, gaze_x=-travel / 2 + travel * (n % steps) / (steps - 1))


def test_eyes_that_go_along_and_jump_back_again_and_again_are_claimed():
    book = Rulebook(RuleParams(), WatchOptions())
    changes = [c for at, s in lines_of(0.16, 5, 8) for c in book.observe(at, s)]
    changes += play(book, (CALM, 15), at=30.0)
    assert [(type(c), c.kind) for c in changes] == [(Opened, FlagKind.READING_GAZE), (Closed, FlagKind.READING_GAZE)]
    assert changes[1].measured >= 6


@pytest.mark.parametrize(("travel", "steps", "count"), [(0.04, 5, 12), (0.16, 2, 30), (0.16, 5, 3)])
def test_small_moves_to_and_fro_and_few_lines_are_nothing(travel, steps, count):
    book = Rulebook(RuleParams(), WatchOptions())
    assert [c for at, s in lines_of(travel, steps, count) for c in book.observe(at, s)] == []


signals = st.one_of(
    st.none(),
    st.just(CALM),
    st.sampled_from(list(SCENES.values())),
    st.builds(
        lambda yaw, pitch, gaze, alike, change: replace(
            CALM, yaw_deg=yaw, pitch_deg=pitch, gaze_x=gaze, similarity=alike, change=change, mean_change=change
        ),
        *(st.one_of(st.none(), st.floats(-90, 90)) for _ in range(2)),
        st.one_of(st.none(), st.floats(-0.5, 0.5)),
        st.one_of(st.none(), st.floats(-1, 1)),
        st.one_of(st.none(), st.floats(0, 255)),
    ),
)
stretches = st.lists(st.tuples(signals, st.floats(0.2, 1.5), st.integers(1, 30)), max_size=25)


@settings(max_examples=150, deadline=None)
@given(stretches, st.sampled_from([1.0, 1.5, 2.0]))
def test_whatever_is_seen_claims_of_a_kind_alternate_last_their_window_and_end(history, factor):
    params = RuleParams().widened(factor)
    book = Rulebook(RuleParams(), WatchOptions(window_factor=factor))
    at, changes = 50.0, []
    for signal, step, repeats in history:
        for _ in range(repeats):
            changes += book.observe(at, None if signal is None else replace(signal, at=at))
            at += step
    changes += book.close()
    open_now: dict[FlagKind, float] = {}
    for change in changes:
        assert change.kind in FROM_CAMERA
        assert 0.0 <= change.strength <= 1.0
        if isinstance(change, Opened):
            assert change.kind not in open_now, "two starts without an end"
            open_now[change.kind] = change.started_at
        else:
            assert open_now.pop(change.kind) == change.started_at
            assert 50.0 <= change.started_at <= change.ended_at <= at
            if change.kind in params.windows:
                assert change.ended_at - change.started_at >= params.windows[change.kind].window_s - 1e-9
        assert reason_for(change.kind, 3.0, change.measured, lasting=isinstance(change, Opened)).endswith(".")
    assert not open_now, "a claim without an end"
    assert book.close() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([None, CALM]), st.floats(0.2, 5)), max_size=80))
def test_calm_and_unknown_alone_never_lead_to_a_claim(history):
    book, at = Rulebook(RuleParams(), WatchOptions()), 0.0
    for signal, step in history:
        at += step
        assert book.observe(at, signal) == []
    assert book.close() == []
