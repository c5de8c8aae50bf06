from dataclasses import replace

import pytest
from fakes.clock import ManualClock
from holding import Holder

from core.bootstrap import House
from core.domain.interview import Consent, ConsentKind
from core.domain.watch import FlagKind
from core.proctoring.options import WatchOptions
from core.services.registration import Accommodations
from core.services.watch_options import sound_flags_agreed, watch_options
from core.storage.consents import ConsentRepo

ALL = dict.fromkeys(ConsentKind, True)


@pytest.fixture
def holder(house: House, clock: ManualClock) -> Holder:
    return Holder.registered(house, clock)


def agree(holder: Holder, wishes: Accommodations | None = None) -> None:
    holder.house.registration.record_consent(holder.session_id, ALL, wishes or Accommodations())


def agree_to_older_words(holder: Holder, version: str) -> None:
    with holder.house.database.transaction() as tx:
        for kind in ConsentKind:
            ConsentRepo(tx).add(
                holder.session_id, Consent(kind, True, "older words", version, holder.house.clock.now())
            )


def options(holder: Holder) -> WatchOptions:
    return watch_options(holder.house.database, holder.session_id, holder.view.plan)


def test_who_agreed_to_the_words_of_today_is_watched_in_full(holder: Holder) -> None:
    agree(holder)
    assert options(holder) == WatchOptions()


@pytest.mark.parametrize("version", ["2026-11", "2026-11.2"])
def test_under_older_words_only_faces_are_counted(holder: Holder, version: str) -> None:
    agree_to_older_words(holder, version)
    assert options(holder).faces_only


def test_without_any_consent_only_faces_would_be_counted(holder: Holder) -> None:
    assert options(holder).faces_only


def test_wider_limits_reach_the_watch(holder: Holder) -> None:
    agree(holder, Accommodations(wider_limits=True))
    found = options(holder)
    assert (FlagKind.LOOKING_AWAY in found.rules_off, found.window_factor) == (True, 2.0)


def test_a_kind_this_version_does_not_know_is_passed_over(holder: Holder) -> None:
    agree(holder)
    plan = replace(holder.view.plan, rules_off=("no_face", "mind_reading"))
    found = watch_options(holder.house.database, holder.session_id, plan)
    assert found.rules_off == {FlagKind.NO_FACE}


def test_the_words_of_today_let_voices_be_noted(holder: Holder) -> None:
    agree(holder)
    assert sound_flags_agreed(holder.house.database, holder.session_id)


def test_older_words_do_not_let_voices_be_noted(holder: Holder) -> None:
    agree_to_older_words(holder, "2026-11.2")
    assert not sound_flags_agreed(holder.house.database, holder.session_id)


def test_a_voice_that_may_not_be_recorded_is_not_judged_either(holder: Holder) -> None:
    holder.house.registration.record_consent(holder.session_id, {**ALL, ConsentKind.AUDIO: False}, Accommodations())
    assert not sound_flags_agreed(holder.house.database, holder.session_id)


def test_the_latest_word_counts(holder: Holder) -> None:
    agree_to_older_words(holder, "2026-11.2")
    agree(holder)
    assert not options(holder).faces_only
