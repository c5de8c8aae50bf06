import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.watch import FlagKind
from core.proctoring.sound_claim import SoundClaim
from core.proctoring.unrecorded_voice import UnrecordedVoiceParams, UnrecordedVoiceRule

Y, N, U = True, False, None
STEP_S = 0.1


def run(votes: list[bool | None], params: UnrecordedVoiceParams | None = None, start: float = 50.0) -> list[SoundClaim]:
    rule = UnrecordedVoiceRule(params)
    rule.observe(start, STEP_S, N)
    return [claim for n, vote in enumerate(votes, 1) for claim in rule.observe(start + n * STEP_S, STEP_S, vote)]


def test_three_seconds_of_speech_in_five_are_claimed_from_their_beginning() -> None:
    (claim,) = run([N] * 10 + ([Y] * 8 + [N] * 4) * 3 + [Y] * 6)
    assert claim.kind is FlagKind.UNRECORDED_VOICE
    assert claim.started_at == pytest.approx(51.0)
    assert claim.ended_at is None
    assert claim.measured == pytest.approx(3.0)


def test_less_speech_is_not_claimed() -> None:
    assert run([Y] * 29 + [N] * 60) == []


def test_words_far_apart_are_not_claimed() -> None:
    assert run(([Y] * 10 + [N] * 20) * 10) == []


def test_it_ends_at_the_last_word_once_it_was_quiet_for_three_seconds() -> None:
    _, ended = run([Y] * 40 + [N] * 31)
    assert ended.ended_at == pytest.approx(54.0)
    assert ended.measured == pytest.approx(4.0)
    assert ended.strength == pytest.approx(1.0)


def test_it_ends_at_the_last_word_when_an_answer_begins() -> None:
    _, ended = run([Y] * 40 + [N] * 5 + [U])
    assert ended.ended_at == pytest.approx(54.0)


def test_speech_on_both_sides_of_an_answer_is_not_added_up() -> None:
    assert run([Y] * 20 + [U] * 5 + [Y] * 20 + [N] * 40) == []


def test_missing_sound_ends_it() -> None:
    rule = UnrecordedVoiceRule()
    for n in range(1, 41):
        rule.observe(n * STEP_S, STEP_S, Y)
    (ended,) = rule.observe(20.0, STEP_S, N)
    assert ended.ended_at == pytest.approx(4.0)


def test_an_accommodation_makes_it_wait_longer() -> None:
    assert run([Y] * 50 + [N] * 40, UnrecordedVoiceParams().stretched(2.0)) == []


@given(st.lists(st.tuples(st.floats(0.0, 3.0), st.sampled_from([Y, N, U])), max_size=400))
def test_claims_alternate_and_none_is_shorter_than_its_speech(steps: list[tuple[float, bool | None]]) -> None:
    rule, at, claims = UnrecordedVoiceRule(), 0.0, []
    for gap_s, vote in steps:
        at += gap_s
        claims += rule.observe(at, 0.2, vote)
    claims += rule.close()
    assert [claim.ended_at is None for claim in claims] == [n % 2 == 0 for n in range(len(claims))]
    for opened, ended in zip(claims[::2], claims[1::2], strict=True):
        assert opened.started_at == ended.started_at
        assert ended.ended_at - ended.started_at >= UnrecordedVoiceParams().speech_s - 1e-6
        assert 0.0 < ended.strength <= 1.0
