"""Answers decoded once more from their recordings: edits stay, no word is lost, what cannot be read is marked."""

import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes.clock import ManualClock
from holding import SPEAKING, Holder, MakeHouse
from hypothesis import given
from hypothesis import strategies as st
from spoken import synthesise, words

from core.bootstrap import House
from core.domain.events import DevicesChecked
from core.domain.interview import AnswerEnding
from core.domain.job import JobState
from core.domain.transcript import FinalSegment, Gap, TranscriptSource, Word
from core.media.audio import Samples
from core.media.clip import decode_clip
from core.services.interview_file import AttemptFile
from core.services.interview_json import transcript_text
from core.services.promises import DELIVERY, REDECODE
from core.services.redecoding import FEWER_HEARD, FROM_LIVE, NOTHING_HEARD, fill_gaps
from core.services.registration import Accommodations
from core.storage.attempts import AttemptRepo
from core.storage.jobs import JobRepo

SAID = "A list can be changed after it was made. A tuple always stays the same."
MORE = "A dictionary finds a value by its key."
SECOND = 16_000


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], Samples]:
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("speech")

    def speak(text: str) -> Samples:
        path = Path(kept) / f"{hashlib.sha256(text.encode()).hexdigest()}.wav"
        if not path.exists():
            synthesise(text, path)
        return decode_clip(path.read_bytes())

    return speak


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Jobs are run by the tests, when they say so."""
    return make_house(job_workers=0)


@pytest.fixture
def held(house: House, clock: ManualClock) -> Holder:
    holder = Holder.registered(house, clock)
    house.registration.record_consent(holder.session_id, SPEAKING, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    return holder.start().begin()


def record(holder: Holder, *parts: Samples) -> int:
    """File sound as parts of the open attempt; returns its id."""
    attempt_id = holder.attempt_id
    for part, samples in enumerate(parts):
        holder.house.recordings.add(holder.session_id, attempt_id, part, samples, holder.clock.now())
    return attempt_id


def redecode(house: House) -> None:
    assert house.transcription.wait_ready(60)
    assert house.jobs.run_due() > 0


def attempt(holder: Holder) -> AttemptFile:
    return holder.file.questions[0].attempts[-1]


def heard(holder: Holder) -> str:
    return " ".join(s.text for s in attempt(holder).segments)


def close_to(text: str | None, said: str) -> bool:
    """At least nine of ten words of a text are there."""
    wanted, got = words(said), set(words(text or ""))
    return sum(w in got for w in wanted) >= 0.9 * len(wanted)


def jobs_of(house: House, kind: str) -> list[dict]:
    with house.database.reading() as tx:
        return [dict(j.payload) for s in JobState for j in JobRepo(tx).list(s) if j.kind == kind]


def test_an_answer_with_sound_is_to_be_decoded_again_from_its_commit_on(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    assert jobs_of(held.house, REDECODE) == []
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    assert jobs_of(held.house, REDECODE) == [{"attempt_id": attempt_id}]


def test_a_typed_answer_is_not_decoded(held: Holder) -> None:
    held.submit("What I typed.")
    assert jobs_of(held.house, REDECODE) == []


def test_the_unedited_answer_becomes_what_the_recording_says(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.hear(attempt_id, 0, "A list can chain")
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    assert close_to(held.answers()[0], SAID) and held.answers()[0] == heard(held)


def test_an_edited_answer_stays_and_its_transcript_is_renewed(held: Holder, say) -> None:
    record(held, say(SAID))
    held.submit("My own words.", edited=True)
    redecode(held.house)
    assert held.answers()[0] == "My own words." and close_to(heard(held), SAID)


def test_a_skipped_answer_stays_empty(held: Holder, say) -> None:
    record(held, say(SAID))
    held.submit("", edited=False, ending=AnswerEnding.SKIPPED)
    redecode(held.house)
    assert held.answers()[0] == ""


def test_what_was_heard_live_is_kept_beside_it(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.hear(attempt_id, 0, "A list can chain")
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    assert [s.text for s in attempt(held).live_segments] == ["A list can chain"]


def test_a_word_that_comes_after_it_does_not_change_the_answer(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    before = held.answers()[0]
    held.hear(attempt_id, 0, "late words")
    assert held.answers()[0] == before == heard(held)


def test_doing_it_twice_gives_the_same(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    before = (attempt(held), held.answers())
    held.house.jobs._handlers[REDECODE]({"attempt_id": attempt_id})
    assert (attempt(held), held.answers()) == before


def test_times_run_on_over_the_parts(held: Holder, say) -> None:
    first, second = say(SAID), say(MORE)
    record(held, first, second)
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    file, length = attempt(held), first.size / SECOND
    later = [s for s in file.segments if s.start_s >= length]
    assert close_to(" ".join(s.text for s in later), MORE)
    assert all(s.start_s - 0.5 <= w.start_s <= w.end_s <= s.end_s + 0.5 for s in file.segments for w in s.words)


def test_segments_are_numbered_through(held: Holder, say) -> None:
    record(held, say(SAID), say(MORE))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    assert [s.number for s in attempt(held).segments] == list(range(len(attempt(held).segments)))


def test_of_a_silent_recording_the_live_words_stay_and_the_reason_is_kept(held: Holder) -> None:
    attempt_id = record(held, np.zeros(4 * SECOND, np.int16))
    held.hear(attempt_id, 0, "Heard live.")
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    file = attempt(held)
    assert (held.answers()[0], file.attempt.transcript_source) == ("Heard live.", TranscriptSource.LIVE)
    assert file.note == NOTHING_HEARD


def test_a_decode_that_loses_most_of_the_words_heard_live_does_not_count(held: Holder, say) -> None:
    attempt_id = record(held, say(MORE))
    held.hear(attempt_id, 0, f"{MORE} {SAID} {SAID}")
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    file = attempt(held)
    assert (held.answers()[0], file.attempt.transcript_source) == (f"{MORE} {SAID} {SAID}", TranscriptSource.LIVE)
    assert file.note == FEWER_HEARD


def test_an_attempt_replaced_by_a_retry_does_not_change_the_answer(held: Holder, say) -> None:
    attempt_id = record(held, say(MORE))
    with held.house.database.transaction() as tx:
        question_id = AttemptRepo(tx).get(attempt_id).question_id
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    with held.house.database.transaction() as tx:
        AttemptRepo(tx).get_or_add(question_id, 2, held.clock.now())
    before = held.answers()[0]
    redecode(held.house)
    assert held.answers()[0] == before


def test_a_part_filed_after_the_answer_has_it_decoded_again(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    redecode(held.house)
    held.house.recordings.add(held.session_id, attempt_id, 1, say(MORE), held.clock.now())
    redecode(held.house)
    assert close_to(held.answers()[0], SAID + MORE)


def test_delivery_is_asked_for_when_it_is_done(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    assert jobs_of(held.house, DELIVERY) == []
    redecode(held.house)
    assert jobs_of(held.house, DELIVERY) == [{"attempt_id": attempt_id}]


def test_an_interview_deleted_meanwhile_leaves_nothing_to_do(held: Holder, say) -> None:
    held.house.jobs._handlers[REDECODE]({"attempt_id": 999})


def damaged(holder: Holder, part: int, change: Callable[[bytes], bytes] | None) -> None:
    """Change, or remove, a filed part."""
    key = attempt(holder).recordings[part].blob_key
    data = holder.house.blobs.get(key)
    holder.house.blobs.delete(key)
    if change is not None:
        holder.house.blobs.put(key, change(data))


def test_of_a_truncated_recording_the_beginning_is_read_and_the_rest_is_a_gap(held: Holder, say) -> None:
    sound = say(f"{SAID} {MORE}")
    record(held, sound)
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    damaged(held, 0, lambda data: data[: len(data) * 2 // 3])
    redecode(held.house)
    (gap,) = attempt(held).attempt.gaps
    assert gap.end_s == sound.size / SECOND and "damaged" in gap.reason
    assert "list" in heard(held).lower() and "key" not in heard(held).lower()


def test_live_words_fill_the_gap_and_say_so(held: Holder, say) -> None:
    sound = say(f"{SAID} {MORE}")
    attempt_id, end_s = record(held, sound), sound.size / SECOND
    late = FinalSegment(0, "by its key.", end_s - 1, end_s)
    held.house.answers.keep_segment(attempt_id, late)
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    damaged(held, 0, lambda data: data[: len(data) * 2 // 3])
    redecode(held.house)
    last = attempt(held).segments[-1]
    assert (last.text, last.engine.endswith(FROM_LIVE)) == ("by its key.", True)
    assert (held.answers()[0] or "").endswith("by its key.")


def test_a_missing_part_is_a_gap_and_the_others_are_read(held: Holder, say) -> None:
    first = say(SAID)
    record(held, first, say(MORE))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    damaged(held, 0, None)
    redecode(held.house)
    (gap,) = attempt(held).attempt.gaps
    assert (gap.start_s, gap.end_s) == (0, first.size / SECOND) and "missing" in gap.reason
    assert close_to(heard(held), MORE)


@pytest.mark.parametrize("left", [None, b"", b"not sound at all"], ids=["missing", "empty", "junk"])
def test_of_a_recording_that_is_gone_the_live_words_stay(held: Holder, say, left: bytes | None) -> None:
    attempt_id = record(held, say(SAID))
    held.hear(attempt_id, 0, "Heard live.")
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    damaged(held, 0, None if left is None else lambda data: left)
    redecode(held.house)
    assert held.answers()[0] == "Heard live." and len(attempt(held).attempt.gaps) == 1


def test_a_damaged_recording_can_still_be_listened_to(held: Holder, say) -> None:
    sound = say(SAID)
    attempt_id = record(held, sound)
    damaged(held, 0, lambda data: data[: len(data) // 2])
    played = held.house.desk.sound(attempt_id)
    assert played is not None and decode_clip(played).size == sound.size


def test_a_gap_is_in_the_transcript_of_the_package(held: Holder, say) -> None:
    record(held, say(SAID))
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    damaged(held, 0, None)
    redecode(held.house)
    assert "missing from the store" in transcript_text(held.file)


def test_without_an_engine_the_live_words_stay_and_the_job_is_given_up(held: Holder, say) -> None:
    attempt_id = record(held, say(SAID))
    held.hear(attempt_id, 0, "Heard live.")
    held.submit("", edited=False, ending=AnswerEnding.TIME_UP)
    held.house.transcription.stop()
    held.house.jobs.run_due()
    assert (held.answers()[0], held.house.jobs.counts()[JobState.FAILED]) == ("Heard live.", 1)


GAPS = [Gap(2, 4, "x")]


def test_live_words_outside_a_gap_are_not_taken() -> None:
    assert fill_gaps([], GAPS, [FinalSegment(0, "before", 0, 2), FinalSegment(1, "after", 4, 6)]) == ()


def test_of_a_live_segment_with_word_times_only_the_words_in_the_gap_are_taken() -> None:
    spoken = tuple(Word(text, n, n + 0.9, 1.0) for n, text in enumerate("zero one two three four".split()))
    (taken,) = fill_gaps([], GAPS, [FinalSegment(0, "zero one two three four", 0, 5, words=spoken)])
    assert (taken.text, taken.start_s) == ("two three", 2)


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 5)), max_size=6),
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 5)), max_size=6),
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 5)), max_size=3),
)
def test_filled_segments_are_in_order_and_none_heard_is_lost(heard_at, live_at, gaps_at) -> None:
    heard = [FinalSegment(0, f"heard {n}", a, a + d) for n, (a, d) in enumerate(heard_at)]
    live = [FinalSegment(0, f"live {n}", a, a + d) for n, (a, d) in enumerate(live_at)]
    result = fill_gaps(heard, [Gap(a, a + d, "x") for a, d in gaps_at], live)
    assert {s.text for s in heard} <= {s.text for s in result}
    assert [s.number for s in result] == list(range(len(result)))
    assert all(a.start_s <= b.start_s for a, b in itertools.pairwise(result))
