import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.watch import FlagKind
from core.proctoring.second_voice import SecondVoiceParams, SecondVoiceRule
from core.proctoring.sound_claim import SoundClaim
from core.proctoring.voices import VoiceVote

Y, N, U = True, False, None
PIECE_S = 1.6


def vote(began: float, unlike: bool | None) -> VoiceVote:
    similarity = None if unlike is None else 0.4 if unlike else 0.9
    return VoiceVote(began, began + PIECE_S, PIECE_S, unlike, similarity)


def run(votes: list[bool | None], params: SecondVoiceParams | None = None, start: float = 10.0) -> list[SoundClaim]:
    rule = SecondVoiceRule(params)
    return [claim for n, unlike in enumerate(votes) for claim in rule.observe(vote(start + n * PIECE_S, unlike))]


def test_another_voice_for_the_window_is_claimed_from_its_first_piece() -> None:
    (claim,) = run([N, N, Y, Y, Y, Y, Y])
    assert claim.kind is FlagKind.SECOND_VOICE
    assert claim.started_at == pytest.approx(10.0 + 2 * PIECE_S)
    assert (claim.ended_at, claim.strength) == (None, 1.0)
    assert claim.measured == pytest.approx(5 * PIECE_S)


def test_less_is_not_claimed() -> None:
    assert run([N, Y, Y, Y, Y, N, N, N]) == []


def test_one_odd_piece_in_the_window_does_not_hide_it() -> None:
    (claim,) = run([Y, Y, N, Y, Y])
    assert claim.strength == pytest.approx(0.8)


def test_it_ends_where_the_first_piece_of_the_candidates_voice_began() -> None:
    _, ended = run([Y] * 6 + [N, N, N])
    assert ended.ended_at == pytest.approx(10.0 + 6 * PIECE_S)
    assert ended.measured == pytest.approx(6 * PIECE_S)


def test_noise_that_hides_who_speaks_ends_it() -> None:
    _, ended = run([Y] * 6 + [U])
    assert ended.ended_at == pytest.approx(10.0 + 6 * PIECE_S)


def test_pieces_on_both_sides_of_noise_are_not_added_up() -> None:
    assert run([Y, Y, Y, U, Y, Y, Y, N, N]) == []


def test_the_end_of_the_answer_ends_it() -> None:
    rule = SecondVoiceRule()
    for n in range(6):
        rule.observe(vote(n * PIECE_S, Y))
    (ended,) = rule.close()
    assert ended.ended_at == pytest.approx(6 * PIECE_S)


def test_a_long_silence_ends_it() -> None:
    rule = SecondVoiceRule()
    for n in range(6):
        rule.observe(vote(n * PIECE_S, Y))
    assert rule.pass_time(6 * PIECE_S + 14.9) == []
    (ended,) = rule.pass_time(6 * PIECE_S + 15.1)
    assert ended.ended_at == pytest.approx(6 * PIECE_S)


def test_silence_is_not_counted_as_speech() -> None:
    rule = SecondVoiceRule()
    claims = [claim for n in range(3) for claim in rule.observe(vote(n * 10.0, Y))]
    assert claims == []


def test_an_accommodation_makes_it_wait_longer() -> None:
    assert run([Y] * 7, SecondVoiceParams().stretched(2.0)) == []


@given(st.lists(st.tuples(st.floats(0.0, 20.0), st.sampled_from([Y, Y, N, U, "end"])), max_size=200))
def test_claims_alternate_and_none_is_shorter_than_its_window(steps: list[tuple[float, bool | str | None]]) -> None:
    rule, at, claims = SecondVoiceRule(), 0.0, []
    for gap_s, step in steps:
        if step == "end":
            claims += rule.close()
        else:
            claims += rule.observe(vote(at + gap_s, step))
            at += gap_s + PIECE_S
    claims += rule.close()
    assert [claim.ended_at is None for claim in claims] == [n % 2 == 0 for n in range(len(claims))]
    for opened, ended in zip(claims[::2], claims[1::2], strict=True):
        assert opened.started_at == ended.started_at
        assert ended.ended_at - ended.started_at >= SecondVoiceParams().window_s - 1e-6
        assert SecondVoiceParams().min_share - 1e-6 <= opened.strength <= 1.0
        assert ended.measured >= SecondVoiceParams().window_s * SecondVoiceParams().min_share - 1e-6
