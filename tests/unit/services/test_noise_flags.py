from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import SPEAKING, Holder, MakeHouse

from core.domain.interview import Consent, ConsentKind
from core.domain.sound import SoundAlert, SoundAlertKind
from core.domain.watch import FlagKind
from core.services.flag_book import FlagBook
from core.services.noise_flags import NoiseFlags
from core.services.registration import Accommodations
from core.storage.consents import ConsentRepo
from core.storage.records import FlagRow


class Scene:
    """Noise in one spoken interview, looked at every second."""

    def __init__(self, holder: Holder, clock: ManualClock, wishes: Accommodations | None = None) -> None:
        self.holder, self.clock = holder, clock
        holder.house.registration.record_consent(holder.session_id, SPEAKING, wishes or Accommodations())
        self.noise = NoiseFlags(holder.house.database, FlagBook(holder.house.database, clock))
        self.began = clock.now()

    def last(self, seconds: int, *, end: bool = True) -> None:
        for _ in range(seconds):
            self.clock.tick(1.0)
            alert = SoundAlert(SoundAlertKind.NOISE, self.began, None, -35.0)
            self.noise.look(self.holder.session_id, alert, self.clock.now())
        if end:
            ended = SoundAlert(SoundAlertKind.NOISE, self.began, self.clock.now(), -32.0)
            self.noise.look(self.holder.session_id, ended, self.clock.now())

    def flags(self) -> list[FlagRow]:
        return self.holder.file.flags


@pytest.fixture
def scene(make_house: MakeHouse, clock: ManualClock) -> Scene:
    return Scene(Holder.registered(make_house(), clock), clock)


def test_noise_that_lasts_is_one_flag_with_its_span_and_level(scene: Scene) -> None:
    scene.last(45)
    (flag,) = scene.flags()
    assert (flag.kind, flag.severity) == (FlagKind.SUSTAINED_NOISE, "info")
    assert (flag.started_at, flag.ended_at) == (scene.began, scene.began + timedelta(seconds=45))
    assert flag.reason == "The room was noisy for 45 s: even its quietest moment reached 32 dB below full scale."


def test_it_is_stored_once_it_has_lasted(scene: Scene) -> None:
    scene.last(21, end=False)
    (flag,) = scene.flags()
    assert flag.ended_at is None
    assert flag.reason.startswith("The room was noisy for at least 20 s")


def test_shorter_noise_is_no_flag(scene: Scene) -> None:
    scene.last(19)
    assert scene.flags() == []


def test_noise_known_of_only_when_it_is_over_is_a_flag(scene: Scene) -> None:
    scene.clock.tick(30.0)
    scene.last(0)
    assert [flag.ended_at is not None for flag in scene.flags()] == [True]


def test_an_accommodation_makes_it_wait_longer(make_house: MakeHouse, clock: ManualClock) -> None:
    scene = Scene(Holder.registered(make_house(), clock), clock, Accommodations(wider_limits=True))
    scene.last(35)
    assert scene.flags() == []


def test_under_words_that_do_not_name_it_it_stays_an_alert(scene: Scene) -> None:
    with scene.holder.house.database.transaction() as tx:
        older = Consent(ConsentKind.AUDIO, True, "older words", "2026-11.2", scene.clock.now())
        ConsentRepo(tx).add(scene.holder.session_id, older)
    scene.last(45)
    assert scene.flags() == []


def test_noise_in_a_room_without_an_interview_is_no_flag(scene: Scene) -> None:
    alert = SoundAlert(SoundAlertKind.NOISE, scene.began, scene.began + timedelta(seconds=60), -30.0)
    scene.noise.look("check-1", alert, scene.clock.now())
    assert scene.flags() == []
