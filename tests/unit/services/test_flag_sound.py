"""The piece of a recording that belongs to a flag."""

import io
from datetime import timedelta

import av
import numpy as np
import pytest
from fakes.clock import ManualClock
from holding import Holder

from core.domain.watch import Flag, FlagKind
from core.media.audio import SAMPLE_RATE
from core.services.flag_book import FlagBook
from core.services.flag_sound import FlagClip, FlagSound, FlagSoundParams

RAMP = (np.arange(30 * SAMPLE_RATE) // SAMPLE_RATE).astype(np.int16)
"""Half a minute in which each sample says which second it is of."""


@pytest.fixture
def recorded(held: Holder, clock: ManualClock) -> Holder:
    held.begin()
    held.house.recordings.add(held.session_id, held.attempt_id, 0, RAMP, clock.now())
    return held


def flag(held: Holder, begin_s: float, end_s: float | None) -> None:
    """A flag, in seconds from now, which is where the recording begins."""
    now = held.clock.now()
    end = None if end_s is None else now + timedelta(seconds=end_s)
    made = Flag(FlagKind.SECOND_VOICE, now + timedelta(seconds=begin_s), end, 1.0, "Another voice.")
    FlagBook(held.house.database, held.clock).open(held.session_id, made)


def cut(held: Holder, **params: float) -> FlagClip | None:
    file = held.file
    return FlagSound(held.house.recordings, FlagSoundParams(**params)).cut(file, file.flags[0])


def seconds_heard(clip: FlagClip) -> list[int]:
    with av.open(io.BytesIO(clip.flac)) as container:
        samples = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])
    return sorted({int(s) for s in samples})


def test_a_flag_is_heard_with_two_seconds_before_and_after(recorded: Holder) -> None:
    flag(recorded, 10, 14)
    clip = cut(recorded)
    assert clip is not None and clip.is_whole
    assert seconds_heard(clip) == list(range(8, 16)) and clip.seconds == 8.0
    assert clip.started_at == recorded.clock.now() + timedelta(seconds=8)


def test_what_lies_outside_of_the_recording_is_left_out_and_said(recorded: Holder) -> None:
    flag(recorded, 28, 40)
    clip = cut(recorded)
    assert clip is not None and not clip.is_whole and clip.seconds == 4.0


def test_a_long_flag_is_heard_from_its_beginning(recorded: Holder) -> None:
    flag(recorded, 2, 28)
    clip = cut(recorded, max_s=5)
    assert clip is not None and not clip.is_whole and seconds_heard(clip) == [0, 1, 2, 3, 4]


def test_a_flag_that_never_ended_is_heard_as_far_as_there_is_sound(recorded: Holder) -> None:
    flag(recorded, 20, None)
    clip = cut(recorded)
    assert clip is not None and seconds_heard(clip) == list(range(18, 30))


def test_parts_of_an_answer_follow_each_other(recorded: Holder) -> None:
    later = recorded.clock.now() + timedelta(seconds=40)
    recorded.house.recordings.add(recorded.session_id, recorded.attempt_id, 1, RAMP + 100, later)
    flag(recorded, 29, 41)
    clip = cut(recorded)
    assert clip is not None and seconds_heard(clip) == [27, 28, 29, 100, 101, 102]


def test_where_nothing_was_recorded_there_is_nothing_to_hear(recorded: Holder) -> None:
    flag(recorded, 60, 65)
    file = recorded.file
    assert not recorded.house.desk.is_heard(file, file.flags[0])
    assert recorded.house.desk.flag_sound(file, file.flags[0]) is None
