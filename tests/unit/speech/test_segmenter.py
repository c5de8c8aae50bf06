from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.audio import SAMPLE_RATE
from core.speech.segmenter import (
    SegmentEnded,
    Segmenter,
    SegmenterParams,
    SegmentEvent,
    SegmentPaused,
    SegmentStarted,
)
from core.speech.vad import WINDOW_SAMPLES

PARAMS = SegmenterParams(max_segment_s=3.0, cut_search_s=1.0, long_after_s=2.0)
LIMIT = int(PARAMS.max_segment_s * SAMPLE_RATE) + WINDOW_SAMPLES
ON, OFF, BETWEEN = 0.9, 0.05, 0.42

runs = st.lists(st.tuples(st.sampled_from([ON, OFF, BETWEEN]), st.integers(1, 60)), max_size=14)
windows = runs.map(lambda parts: [p for p, n in parts for _ in range(n)])
loudness = st.lists(st.floats(0, 1000), min_size=1, max_size=40)


def run(probabilities: list[float], levels: list[float], params: SegmenterParams = PARAMS) -> list[SegmentEvent]:
    machine = Segmenter(params)
    events: list[SegmentEvent] = []
    for i, p in enumerate(probabilities):
        keep_from = machine.keep_from
        new = machine.feed(p, levels[i % len(levels)])
        for event in new:
            assert event.start_sample >= keep_from, "audio already forgotten"
        events += new
    return events + machine.flush()


def segments(events: list[SegmentEvent]) -> list[SegmentEnded]:
    return [e for e in events if isinstance(e, SegmentEnded)]


@settings(max_examples=300)
@given(windows, loudness)
def test_segments_are_ordered_and_do_not_overlap(probabilities: list[float], levels: list[float]) -> None:
    end = 0
    for segment in segments(run(probabilities, levels)):
        assert end <= segment.start_sample < segment.end_sample <= len(probabilities) * WINDOW_SAMPLES
        end = segment.end_sample


@settings(max_examples=300)
@given(windows, loudness)
def test_each_start_has_its_end(probabilities: list[float], levels: list[float]) -> None:
    open_at: int | None = None
    for event in run(probabilities, levels):
        if isinstance(event, SegmentStarted):
            assert open_at is None
            open_at = event.start_sample
            continue
        assert open_at == event.start_sample
        if isinstance(event, SegmentEnded):
            open_at = None
    assert open_at is None


@settings(max_examples=300)
@given(windows, loudness)
def test_speech_long_enough_to_be_believed_is_inside_a_segment(probabilities: list[float], levels: list[float]) -> None:
    found = segments(run(probabilities, levels))
    index = 0
    while index < len(probabilities):
        length = 0
        while index + length < len(probabilities) and probabilities[index + length] == ON:
            length += 1
        if length * 32 >= PARAMS.min_speech_ms:
            for i in range(index, index + length):
                at = i * WINDOW_SAMPLES
                assert any(s.start_sample <= at and at + WINDOW_SAMPLES <= s.end_sample for s in found)
        index += max(1, length)


@settings(max_examples=300)
@given(windows, loudness)
def test_segments_are_bounded(probabilities: list[float], levels: list[float]) -> None:
    for segment in segments(run(probabilities, levels)):
        assert segment.end_sample - segment.start_sample <= LIMIT
        if segment.forced:
            assert segment.end_sample - segment.start_sample >= LIMIT - PARAMS.cut_search_s * SAMPLE_RATE - 1024


def test_sound_that_stays_almost_speech_makes_no_segment_longer_than_the_limit() -> None:
    """Between the thresholds nothing changes, for as long as it lasts; the engine hears 30 s and no more."""
    found = segments(run([ON] + [BETWEEN] * 2000 + [ON] * 30 + [OFF] * 40, [1.0]))
    assert len(found) == 1
    assert found[0].end_sample - found[0].start_sample <= LIMIT
    assert found[0].start_sample <= 2001 * WINDOW_SAMPLES < 2031 * WINDOW_SAMPLES <= found[0].end_sample


def test_sound_that_stays_almost_speech_is_not_kept_for_ever() -> None:
    machine = Segmenter(PARAMS)
    for probability in [ON] + [BETWEEN] * 20_000:
        machine.feed(probability)
        assert machine.position - machine.keep_from <= LIMIT


def test_speech_that_begins_where_almost_speech_is_given_up_is_whole() -> None:
    for before in range(86, 98):  # the limit is at 94 windows
        found = segments(run([ON] + [BETWEEN] * before + [ON] * 3 + [OFF] * 40, [1.0]))
        for window in range(before + 1, before + 4):
            at = window * WINDOW_SAMPLES
            assert any(s.start_sample <= at and at + WINDOW_SAMPLES <= s.end_sample for s in found)


@settings(max_examples=300)
@given(windows, loudness)
def test_a_pause_has_the_samples_of_the_end_unless_the_speaker_goes_on(
    probabilities: list[float], levels: list[float]
) -> None:
    machine = Segmenter(PARAMS)
    paused: SegmentPaused | None = None
    for i, probability in enumerate(probabilities + [OFF] * 40):
        if probability >= PARAMS.threshold_off:
            paused = None
        for event in machine.feed(probability, levels[i % len(levels)]):
            if isinstance(event, SegmentPaused):
                paused = event
            elif isinstance(event, SegmentEnded) and paused is not None and not event.forced:
                assert (paused.start_sample, paused.end_sample) == (event.start_sample, event.end_sample)
                paused = None
    assert paused is None


@settings(max_examples=300)
@given(windows, loudness)
def test_a_pause_is_told_once(probabilities: list[float], levels: list[float]) -> None:
    paused = [e for e in run(probabilities, levels) if isinstance(e, SegmentPaused)]
    assert len({(e.start_sample, e.end_sample) for e in paused}) == len(paused)


def test_a_pause_comes_before_the_end() -> None:
    kinds = [type(e) for e in run([ON] * 20 + [OFF] * 30, [1.0])]
    assert kinds == [SegmentStarted, SegmentPaused, SegmentEnded]


def test_a_long_utterance_ends_at_a_short_pause_and_a_short_one_does_not() -> None:
    gap = [OFF] * 8
    assert len(segments(run([ON] * 30 + gap + [ON] * 20 + [OFF] * 30, [1.0]))) == 1
    assert len(segments(run([ON] * 66 + gap + [ON] * 20 + [OFF] * 30, [1.0]))) == 2


def test_the_closer_to_the_limit_the_shorter_the_gap_that_ends_an_utterance() -> None:

    def shortest(spoken: int) -> int:
        return next(n for n in range(1, 20) if len(segments(run([ON] * spoken + [OFF] * n + [ON] * 3, [1.0]))) > 1)

    needed = [shortest(spoken) for spoken in range(62, 84)]
    assert needed == sorted(needed, reverse=True)
    assert needed[0] > needed[-1] >= 2, "the closure of a consonant ends nothing"


def test_forced_cut_falls_into_the_quietest_place() -> None:
    levels = [1000.0] * 400
    levels[75:80] = [10.0] * 5
    first = segments(run([ON] * 200, levels))[0]
    assert first.forced
    assert 75 <= first.end_sample // WINDOW_SAMPLES < 80


def test_a_pause_shorter_than_the_limit_does_not_split() -> None:
    assert len(segments(run([ON] * 20 + [OFF] * 10 + [ON] * 20 + [OFF] * 30, [1.0]))) == 1


def test_a_pause_longer_than_the_limit_splits() -> None:
    assert len(segments(run([ON] * 20 + [OFF] * 25 + [ON] * 20 + [OFF] * 30, [1.0]))) == 2


def test_a_click_is_no_utterance() -> None:
    assert run([OFF] * 10 + [ON] * 2 + [OFF] * 30, [1.0]) == []


def test_padding_reaches_before_the_first_window() -> None:
    (segment,) = segments(run([OFF] * 50 + [ON] * 10 + [OFF] * 30, [1.0]))
    assert segment.start_sample == 50 * WINDOW_SAMPLES - 3200
    assert segment.end_sample == 60 * WINDOW_SAMPLES + 3200
