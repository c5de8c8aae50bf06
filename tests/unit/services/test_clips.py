"""Clips as answers: stored first, written down beside the page, each once, nobody's clock punished."""

import io
import time
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.clock import ManualClock
from holding import SPEAKING, Holder, MakeHouse
from spoken import synthesise, words

from core.bootstrap import House
from core.domain.errors import InvalidInput
from core.domain.events import DevicesChecked, RetryRequested
from core.domain.flow import Phase
from core.domain.interview import AnswerMode
from core.domain.transcript import FinalSegment
from core.media.audio import Samples
from core.media.clip import decode_clip
from core.media.encoding import encode_flac, encode_wav
from core.services.clip import Clip, ClipStage
from core.services.registration import Accommodations
from core.storage.attempts import AttemptRepo

SENTENCE = "The index keeps the values in sorted order."
SILENCE = encode_wav(np.zeros(32_000, np.int16))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    path = tmp_path_factory.mktemp("spoken") / "sentence.wav"
    synthesise(SENTENCE, path)
    return decode_clip(path.read_bytes())


@pytest.fixture
def holder(house: House, clock: ManualClock) -> Holder:
    """A candidate who answers by clips, the first answer begun."""
    return by_clips(house, clock)


def by_clips(house: House, clock: ManualClock, email: str = "ada@example.org") -> Holder:
    holder = Holder.registered(house, clock, email)
    house.registration.record_consent(holder.session_id, SPEAKING, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    house.interviews.change_mode(holder.session_id, AnswerMode.CLIP)
    return holder.begin()


def give(holder: Holder, data: bytes) -> Clip:
    """Hand over a clip and wait for what becomes of it."""
    assert holder.house.transcription.wait_ready(60)
    clip = holder.house.answers.clips.take(holder.session_id, holder.attempt_id, data)
    return ended(clip)


def ended(clip: Clip) -> Clip:
    for _ in range(2400):
        if clip.finished_at is not None:
            return clip
        time.sleep(0.025)
    raise AssertionError(f"the clip is still {clip.stage}")


def segments(holder: Holder) -> tuple[FinalSegment, ...]:
    with holder.house.database.reading() as tx:
        return AttemptRepo(tx).segments(holder.attempt_id)


def heard(holder: Holder) -> list[str]:
    return words(" ".join(s.text for s in segments(holder)))


def recorded_s(holder: Holder) -> float:
    return sum(a.recorded_s for a in holder.file.questions[0].attempts)


def test_a_clip_is_stored_and_written_down(holder: Holder, spoken: Samples) -> None:
    clip = give(holder, encode_wav(spoken))
    assert (clip.stage, clip.share, clip.error) == (ClipStage.DONE, 1.0, None)
    assert recorded_s(holder) == pytest.approx(spoken.size / 16_000)
    assert len(set(heard(holder)) & set(words(SENTENCE))) >= 5


def test_words_carry_their_times(holder: Holder, spoken: Samples) -> None:
    give(holder, encode_wav(spoken))
    timed = [w for s in segments(holder) for w in s.words]
    assert len(timed) >= 5
    assert all(0 <= w.start_s <= w.end_s <= spoken.size / 16_000 + 0.1 for w in timed)


def test_times_of_a_second_clip_follow_the_first(holder: Holder, spoken: Samples) -> None:
    give(holder, SILENCE)
    give(holder, encode_wav(spoken))
    (segment,) = segments(holder)
    assert segment.start_s >= 2.0 and segment.words[0].start_s >= 2.0
    assert segment.end_s <= 2.0 + spoken.size / 16_000


def test_segments_of_a_second_clip_stand_behind_the_first(holder: Holder, spoken: Samples) -> None:
    give(holder, encode_wav(spoken))
    before = segments(holder)
    give(holder, encode_wav(spoken[:-800]))
    after = segments(holder)
    assert after[: len(before)] == before and len(after) > len(before)
    assert after[len(before)].start_s >= spoken.size / 16_000


def test_two_clips_at_once_lose_no_segment(holder: Holder, spoken: Samples) -> None:
    assert holder.house.transcription.wait_ready(60)
    take = holder.house.answers.clips.take
    both = [take(holder.session_id, holder.attempt_id, encode_wav(s)) for s in (spoken, spoken[:-800])]
    assert [ended(c).stage for c in both] == [ClipStage.DONE] * 2
    assert heard(holder).count("index") == 2


def test_the_page_does_not_wait_for_words(holder: Holder, spoken: Samples) -> None:
    clip = holder.house.answers.clips.take(holder.session_id, holder.attempt_id, encode_wav(spoken))
    assert clip.finished_at is None
    assert holder.house.answers.clips.running(holder.attempt_id) is clip
    ended(clip)
    assert holder.house.answers.clips.running(holder.attempt_id) in (None, clip)


def test_the_sound_is_stored_before_a_word_is_made(make_house: MakeHouse, clock: ManualClock, spoken: Samples) -> None:
    house = make_house()
    holder = by_clips(house, clock)
    stored_at_first_word: list[float] = []
    house.answers.clips._keep = lambda *_: stored_at_first_word.append(recorded_s(holder))
    give(holder, encode_wav(spoken))
    assert stored_at_first_word[0] == pytest.approx(spoken.size / 16_000)


def test_next_may_be_pressed_before_the_words_are_there(holder: Holder, spoken: Samples) -> None:
    clip = holder.house.answers.clips.take(holder.session_id, holder.attempt_id, encode_wav(spoken))
    holder.submit("", edited=False)
    ended(clip)
    assert holder.file.questions[0].question.mode is AnswerMode.CLIP
    assert len(set(words(holder.answers()[0] or "")) & set(words(SENTENCE))) >= 5


def test_the_same_recording_is_taken_once_whatever_it_is_called(holder: Holder, spoken: Samples) -> None:
    give(holder, encode_wav(spoken))
    before = segments(holder)
    assert give(holder, encode_flac(spoken)).stage is ClipStage.KNOWN
    assert recorded_s(holder) == pytest.approx(spoken.size / 16_000)
    assert segments(holder) == before


def test_the_same_recording_may_be_given_to_the_next_attempt(holder: Holder) -> None:
    give(holder, SILENCE)
    holder.house.interviews.apply(holder.session_id, RetryRequested(), holder.key)
    assert give(holder, SILENCE).stage is ClipStage.DONE


def test_a_clip_without_words_is_kept(holder: Holder) -> None:
    clip = give(holder, SILENCE)
    assert (clip.stage, clip.words, clip.unheard) == (ClipStage.DONE, 0, 0)
    assert recorded_s(holder) == pytest.approx(2.0)


def three_hours() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8_000, 0, "NONE", ""))
        file.writeframes(b"\x80" * (8_000 * 3 * 3600))
    return out.getvalue()


def silent_video() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        file.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: b"", "empty"),
        (lambda: b"The answer is 42.", "cannot be read"),
        (three_hours, "10 minutes"),
        (lambda: bytes(200_000_001), "200 MB"),
        (silent_video, "no sound track"),
        (lambda: SILENCE[:44], "no sound"),
    ],
    ids=["empty", "text", "three hours", "too big", "silent video", "header only"],
)
def test_what_is_no_clip_is_refused_and_what_was_there_stays(holder: Holder, make, says: str) -> None:
    holder.hear(holder.attempt_id, 0, "What I said before.")
    clip = give(holder, make())
    assert clip.stage is ClipStage.REFUSED
    assert isinstance(clip.error, InvalidInput) and says in clip.error.message
    assert recorded_s(holder) == 0.0
    assert [s.text for s in segments(holder)] == ["What I said before."]


def test_a_full_disk_is_waited_for(
    holder: Holder, spoken: Samples, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("core.storage.blobs._write_whole", refuse)
        clip = holder.house.answers.clips.take(holder.session_id, holder.attempt_id, encode_wav(spoken))
        for _ in range(400):
            if clip.error is not None:
                break
            time.sleep(0.025)
        assert clip.error is not None and clip.error.retryable
        assert clip.stage is ClipStage.READING
    assert ended(clip).stage is ClipStage.DONE
    assert clip.error is None
    assert recorded_s(holder) == pytest.approx(spoken.size / 16_000)


def test_an_answer_that_runs_out_of_time_goes_to_review(holder: Holder) -> None:
    give(holder, SILENCE)
    assert holder.run_out().state.phase is Phase.REVIEWING


def clip_begun(clock: ManualClock) -> Clip:
    return Clip(1, clock.monotonic(), ClipStage.WRITING)


def test_the_clock_is_left_alone_while_there_is_time(clock: ManualClock) -> None:
    clip = clip_begun(clock)
    clock.tick(8.0)
    assert clip.owed_s(clock.monotonic(), remaining_s=30.0) == 0.0


def test_what_a_clip_took_is_given_back_once(clock: ManualClock) -> None:
    clip = clip_begun(clock)
    clip.finished_at = clock.monotonic() + 8.0
    assert clip.owed_s(clock.monotonic() + 8.0, 30.0) == 8.0
    assert clip.owed_s(clock.monotonic() + 9.0, 30.0) == 0.0


def test_a_clock_about_to_run_out_waits_for_the_words(clock: ManualClock) -> None:
    clip, left = clip_begun(clock), 10.0
    for _ in range(60):
        clock.tick(1.0)
        left += clip.owed_s(clock.monotonic(), left - 1.0) - 1.0
        assert left > 0
    clip.finished_at = clock.monotonic()
    left += clip.owed_s(clock.monotonic(), left)
    assert 10.0 <= left <= 25.0


def test_a_clip_that_a_killed_server_only_stored_is_written_down_after_the_restart(
    make_house: MakeHouse, clock: ManualClock, spoken: Samples
) -> None:
    house = make_house()
    holder = by_clips(house, clock)
    house.answers.clips._keep = lambda *_: None
    give(holder, encode_wav(spoken))
    assert segments(holder) == ()
    clock.tick(60)
    reborn = make_house(job_workers=0)
    assert reborn.transcription.wait_ready(60)
    reborn.jobs.run_due()
    assert len(set(heard(holder)) & set(words(SENTENCE))) >= 5
    assert reborn.answers.draft(holder.attempt_id).text
