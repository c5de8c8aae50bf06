import itertools

import pytest
from fakes.clock import ManualClock
from holding import Holder, MakeHouse

from core.bootstrap import House
from core.domain.errors import IllegalTransition
from core.domain.events import DevicesChecked
from core.domain.flow import Phase
from core.domain.interview import AnswerMode, ConsentKind
from core.privacy import consent as texts
from core.services.registration import EXTRA_TIME_FACTOR, Accommodations

ALL = dict.fromkeys(ConsentKind, True)
NO_WISHES = Accommodations()


@pytest.fixture
def registered(house: House, clock: ManualClock) -> Holder:
    return Holder.registered(house, clock)


def consent(holder: Holder, granted: dict[ConsentKind, bool], wishes: Accommodations = NO_WISHES) -> None:
    holder.house.registration.record_consent(holder.session_id, granted, wishes)


def test_each_item_is_stored_with_its_answer(registered: Holder) -> None:
    consent(registered, {ConsentKind.AUDIO: True, ConsentKind.VIDEO: False, ConsentKind.SCORING: True})
    assert {c.kind: c.granted for c in registered.file.consents} == {
        ConsentKind.AUDIO: True, ConsentKind.VIDEO: False, ConsentKind.SCORING: True,
    }  # fmt: skip


def test_each_item_is_stored_with_the_disclosure_and_the_words_shown(registered: Holder) -> None:
    consent(registered, ALL)
    stored = {c.kind: c.text for c in registered.file.consents}
    shown = {item.kind: item for item in texts.items("the hiring team")}
    for kind, text in stored.items():
        assert texts.disclosure("the hiring team", 90) in text and shown[kind].words in text


def test_the_words_stored_name_the_company_of_the_settings(make_house: MakeHouse, clock: ManualClock) -> None:
    holder = Holder.registered(make_house(company_name="Acme Ltd", retention_days=7), clock)
    consent(holder, ALL)
    assert all("Acme Ltd" in c.text and "7 days" in c.text for c in holder.file.consents)


def test_the_words_stored_name_where_the_voice_may_be_sent(make_house: MakeHouse, clock: ManualClock) -> None:
    away = make_house(transcription_url="https://stt.example.org/v1", transcription_order="endpoint,local")
    holder = Holder.registered(away, clock)
    consent(holder, ALL)
    assert [c.kind for c in holder.file.consents if "stt.example.org" in c.text] == [ConsentKind.AUDIO]


def test_each_item_is_stored_with_the_version_of_the_text(registered: Holder) -> None:
    consent(registered, ALL)
    assert {c.version for c in registered.file.consents} == {texts.VERSION}


def test_each_item_is_stored_with_the_time_it_was_answered(registered: Holder, clock: ManualClock) -> None:
    clock.tick(90)
    consent(registered, ALL)
    assert {c.at for c in registered.file.consents} == {clock.now()}


def test_an_item_left_unanswered_counts_as_declined(registered: Holder) -> None:
    consent(registered, {})
    assert [c.granted for c in registered.file.consents] == [False, False, False]


def test_declining_audio_leads_to_typed_answers(registered: Holder) -> None:
    consent(registered, {**ALL, ConsentKind.AUDIO: False})
    assert registered.view.plan.answer_mode is AnswerMode.TYPED


def test_declining_audio_leaves_the_camera_as_agreed(registered: Holder) -> None:
    consent(registered, {**ALL, ConsentKind.AUDIO: False})
    assert registered.view.plan.watch_camera


def test_declining_video_means_nothing_is_watched(registered: Holder) -> None:
    consent(registered, {**ALL, ConsentKind.VIDEO: False})
    assert not registered.view.plan.watch_camera


def test_declining_video_leaves_spoken_answers_as_agreed(registered: Holder) -> None:
    consent(registered, {**ALL, ConsentKind.VIDEO: False})
    assert registered.view.plan.answer_mode is AnswerMode.LIVE


def test_agreeing_to_everything_changes_nothing_of_the_plan(registered: Holder) -> None:
    before = registered.view.plan
    consent(registered, ALL)
    assert registered.view.plan == before


@pytest.mark.parametrize("granted", list(itertools.product([True, False], repeat=3)))
@pytest.mark.parametrize("extra, typed, unwatched", [(False, False, False), (True, True, True), (False, True, False)])
def test_no_combination_blocks_the_way_to_a_completed_interview(
    house: House, clock: ManualClock, granted: tuple[bool, ...], extra: bool, typed: bool, unwatched: bool
) -> None:
    holder = Holder.registered(house, clock)
    consent(holder, dict(zip(ConsentKind, granted, strict=True)), Accommodations(extra, typed, unwatched))
    if holder.phase is Phase.CONSENTED:
        house.interviews.apply(holder.session_id, DevicesChecked())
    assert holder.complete().phase is Phase.COMPLETED


def test_without_any_device_the_device_check_is_left_out(registered: Holder) -> None:
    consent(registered, {})
    assert registered.phase is Phase.CHECKED


def test_with_a_camera_alone_the_device_check_is_still_made(registered: Holder) -> None:
    consent(registered, {ConsentKind.VIDEO: True})
    assert registered.phase is Phase.CONSENTED


def test_consent_cannot_be_given_twice(registered: Holder) -> None:
    consent(registered, ALL)
    with pytest.raises(IllegalTransition):
        consent(registered, {})
    assert all(c.granted for c in registered.file.consents)


def test_extra_time_gives_half_as_much_again(registered: Holder) -> None:
    consent(registered, ALL, Accommodations(extra_time=True))
    assert registered.view.plan.time_factor == EXTRA_TIME_FACTOR == 1.5


def test_the_wish_to_type_is_granted(registered: Holder) -> None:
    consent(registered, ALL, Accommodations(typed_answers=True))
    assert registered.view.plan.answer_mode is AnswerMode.TYPED


def test_the_wish_for_no_camera_analysis_is_granted(registered: Holder) -> None:
    consent(registered, ALL, Accommodations(no_camera_analysis=True))
    assert not registered.view.plan.watch_camera


def test_wider_limits_switch_off_what_is_noted_of_looking(registered: Holder) -> None:
    consent(registered, ALL, Accommodations(wider_limits=True))
    assert set(registered.view.plan.rules_off) == {
        "looking_away", "looking_down_repeatedly", "eyes_off_screen", "gaze_like_reading",
    }  # fmt: skip


def test_wider_limits_double_the_windows(registered: Holder) -> None:
    consent(registered, ALL, Accommodations(wider_limits=True))
    assert registered.view.plan.window_factor == 2.0


def test_wishes_are_logged(registered: Holder) -> None:
    consent(registered, ALL, Accommodations(extra_time=True, no_camera_analysis=True))
    assert registered.logged("accommodations") == [
        {"extra_time": True, "typed_answers": False, "no_camera_analysis": True, "wider_limits": False}
    ]


def test_wishes_change_nothing_when_hr_arranges_them(make_house: MakeHouse, clock: ManualClock) -> None:
    holder = Holder.registered(make_house(accommodations_by_candidate=False), clock)
    before = holder.view.plan
    consent(holder, ALL, Accommodations(True, True, True, True))
    assert holder.view.plan == before


def test_declining_counts_also_when_hr_arranges_accommodations(make_house: MakeHouse, clock: ManualClock) -> None:
    holder = Holder.registered(make_house(accommodations_by_candidate=False), clock)
    consent(holder, {})
    plan = holder.view.plan
    assert (plan.answer_mode, plan.watch_camera) == (AnswerMode.TYPED, False)
