from pathlib import Path

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse

from core.bootstrap import House
from core.domain.errors import AccessDenied, NotFound, SeatTaken
from core.services.tokens import hash_password, hash_token, verify_password
from core.storage.interviews import InterviewRepo


def refusal(house: House, session_id: str, token: str) -> tuple[str, str]:
    with pytest.raises(AccessDenied) as caught:
        house.access.enter(session_id, token)
    return caught.value.message, caught.value.next_step


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_the_token_handed_out_opens_the_interview(house: House, held: Holder) -> None:
    house.access.enter(held.session_id, held.token)


def test_only_the_hash_of_the_token_is_stored(house: House, held: Holder) -> None:
    stored = everything_on_disk(house.settings.data_dir)
    assert held.token.encode() not in stored and hash_token(held.token).encode() in stored


def test_a_wrong_token_is_refused_in_the_words_of_an_unknown_session(house: House, held: Holder) -> None:
    assert refusal(house, held.session_id, "wrong") == refusal(house, "iv-000000000000", held.token)


def test_a_renewed_token_is_refused_in_the_words_of_an_unknown_session(house: House, held: Holder) -> None:
    house.access.renew_token(held.session_id)
    assert refusal(house, held.session_id, held.token) == refusal(house, "iv-000000000000", "x")


def test_a_revoked_token_is_refused_in_the_words_of_an_unknown_session(
    house: House, held: Holder, clock: ManualClock
) -> None:
    with house.database.transaction() as tx:
        InterviewRepo(tx).revoke_token(held.session_id, clock.now())
    assert refusal(house, held.session_id, held.token) == refusal(house, "iv-000000000000", "x")


@pytest.mark.parametrize("token", ["", " ", "' OR 1=1 --", "\x00", "😀", "a" * 100_000])
def test_odd_tokens_are_refused_without_another_error(house: House, held: Holder, token: str) -> None:
    assert refusal(house, held.session_id, token)


def test_the_token_of_one_interview_does_not_open_another(house: House, held: Holder, clock: ManualClock) -> None:
    other = Holder.registered(house, clock, "eve@example.org")
    assert refusal(house, held.session_id, other.token)


def test_the_new_token_opens_the_interview(house: House, held: Holder) -> None:
    house.access.enter(held.session_id, house.access.renew_token(held.session_id))


def test_renewing_is_logged(house: House, held: Holder) -> None:
    house.access.renew_token(held.session_id)
    assert len(held.logged("resume_link_renewed")) == 1


def test_the_link_of_an_unknown_session_cannot_be_renewed(house: House) -> None:
    with pytest.raises(NotFound):
        house.access.renew_token("iv-000000000000")


def test_a_second_tab_is_refused_while_the_first_is_alive(house: House, held: Holder) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    with pytest.raises(SeatTaken) as caught:
        house.access.take_seat(held.session_id, "tab-2")
    assert "another tab" in caught.value.message and caught.value.next_step


def test_a_refused_tab_takes_nothing_from_the_first(house: House, held: Holder) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    with pytest.raises(SeatTaken):
        house.access.take_seat(held.session_id, "tab-2")
    assert house.access.keep_seat(held.session_id, "tab-1")


def test_the_same_tab_gets_its_seat_again(house: House, held: Holder) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    house.access.take_seat(held.session_id, "tab-1")
    assert held.logged("seat_taken_over") == []


def test_a_second_tab_may_take_over_explicitly(house: House, held: Holder) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    house.access.take_seat(held.session_id, "tab-2", takeover=True)
    assert house.access.keep_seat(held.session_id, "tab-2")


def test_the_first_tab_learns_that_its_seat_is_lost(house: House, held: Holder) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    house.access.take_seat(held.session_id, "tab-2", takeover=True)
    assert not house.access.keep_seat(held.session_id, "tab-1")


def test_a_takeover_is_logged(house: House, held: Holder) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    house.access.take_seat(held.session_id, "tab-2", takeover=True)
    assert held.logged("seat_taken_over") == [{"explicit": True}]


def test_a_takeover_tells_when_the_other_tab_was_last_heard_of(house: House, held: Holder, clock: ManualClock) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    clock.tick(5)
    house.access.keep_seat(held.session_id, "tab-1")
    last_sign = clock.now()
    clock.tick(3)
    assert house.access.take_seat(held.session_id, "tab-2", takeover=True) == last_sign


def test_the_first_seat_has_no_earlier_sign(house: House, held: Holder) -> None:
    assert house.access.take_seat(held.session_id, "tab-1") is None


def test_a_stale_seat_is_given_without_asking(house: House, held: Holder, clock: ManualClock) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    clock.tick(house.settings.seat_timeout_s)
    house.access.take_seat(held.session_id, "tab-2")
    assert house.access.keep_seat(held.session_id, "tab-2")


def test_a_seat_just_inside_the_timeout_is_not_stale(house: House, held: Holder, clock: ManualClock) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    clock.tick(house.settings.seat_timeout_s - 0.1)
    with pytest.raises(SeatTaken):
        house.access.take_seat(held.session_id, "tab-2")


def test_a_sign_of_life_keeps_the_seat_from_going_stale(house: House, held: Holder, clock: ManualClock) -> None:
    house.access.take_seat(held.session_id, "tab-1")
    clock.tick(house.settings.seat_timeout_s - 1)
    house.access.keep_seat(held.session_id, "tab-1")
    clock.tick(2)
    with pytest.raises(SeatTaken):
        house.access.take_seat(held.session_id, "tab-2")


def test_seats_of_two_interviews_have_nothing_to_do_with_each_other(
    house: House, held: Holder, clock: ManualClock
) -> None:
    other = Holder.registered(house, clock, "eve@example.org")
    house.access.take_seat(held.session_id, "tab-1")
    house.access.take_seat(other.session_id, "tab-2")
    assert house.access.keep_seat(held.session_id, "tab-1")


def test_without_a_password_in_the_settings_a_random_one_is_made(house: House) -> None:
    first = house.access.ensure_recruiter_password()
    assert first is not None and len(first.password) >= 12
    house.access.check_recruiter(first.password)


def test_a_random_password_is_made_only_once(house: House) -> None:
    house.access.ensure_recruiter_password()
    assert house.access.ensure_recruiter_password() is None


def test_the_random_password_survives_a_restart(house: House, make_house: MakeHouse) -> None:
    first = house.access.ensure_recruiter_password()
    assert first is not None
    again = make_house()
    assert again.access.ensure_recruiter_password() is None
    again.access.check_recruiter(first.password)


def test_only_a_hash_of_the_random_password_is_stored(house: House) -> None:
    first = house.access.ensure_recruiter_password()
    assert first is not None and first.password.encode() not in everything_on_disk(house.settings.data_dir)


def test_two_installations_have_different_random_passwords(house: House, make_house: MakeHouse, tmp_path: Path) -> None:
    other = make_house(data_dir=tmp_path / "other")
    first, second = house.access.ensure_recruiter_password(), other.access.ensure_recruiter_password()
    assert first and second and first.password != second.password


def test_the_password_of_the_settings_lets_in(make_house: MakeHouse) -> None:
    make_house(recruiter_password="pa55 wörd").access.check_recruiter("pa55 wörd")


def test_with_a_password_in_the_settings_none_is_made(make_house: MakeHouse) -> None:
    assert make_house(recruiter_password="secret").access.ensure_recruiter_password() is None


@pytest.mark.parametrize("guess", ["", "Secret", "secret ", "ü"])
def test_a_wrong_password_is_refused(make_house: MakeHouse, guess: str) -> None:
    with pytest.raises(AccessDenied, match="not right"):
        make_house(recruiter_password="secret").access.check_recruiter(guess)


def test_nobody_gets_in_before_a_password_exists(house: House) -> None:
    with pytest.raises(AccessDenied):
        house.access.check_recruiter("")


def fail(house: House, times: int) -> None:
    for _ in range(times):
        with pytest.raises(AccessDenied):
            house.access.check_recruiter("wrong")


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(make_house: MakeHouse) -> None:
    house = make_house(recruiter_password="secret")
    fail(house, 5)
    with pytest.raises(AccessDenied, match="Too many wrong passwords"):
        house.access.check_recruiter("secret")


def test_four_wrong_passwords_do_not_slow_the_right_one(make_house: MakeHouse) -> None:
    house = make_house(recruiter_password="secret")
    fail(house, 4)
    house.access.check_recruiter("secret")


def test_the_wait_ends_by_itself(make_house: MakeHouse, clock: ManualClock) -> None:
    house = make_house(recruiter_password="secret")
    fail(house, 5)
    clock.tick(31)
    house.access.check_recruiter("secret")


def test_a_right_password_forgives_the_wrong_ones_before_it(make_house: MakeHouse) -> None:
    house = make_house(recruiter_password="secret")
    fail(house, 4)
    house.access.check_recruiter("secret")
    fail(house, 4)
    house.access.check_recruiter("secret")


def test_setting_the_date_forward_does_not_shorten_the_wait(make_house: MakeHouse, clock: ManualClock) -> None:
    house = make_house(recruiter_password="secret")
    fail(house, 5)
    clock.set_wall(clock.now().replace(year=2030))
    with pytest.raises(AccessDenied, match="Too many"):
        house.access.check_recruiter("secret")


def test_the_same_password_is_hashed_differently_each_time() -> None:
    assert hash_password("secret") != hash_password("secret")


def test_a_hash_verifies_only_its_own_password() -> None:
    stored = hash_password("secret")
    assert verify_password("secret", stored) and not verify_password("Secret", stored)
