from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.audio import SAMPLE_RATE
from core.speech.segmenter import SegmentEnded, Segmenter, SegmenterParams, SegmentEvent, SegmentStarted
from core.speech.vad import WINDOW_SAMPLES

PARAMS = SegmenterParams(max_segment_s=3.0, cut_search_s=1.0)
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
        else:
            assert open_at == event.start_sample
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
    limit = int(PARAMS.max_segment_s * SAMPLE_RATE) + WINDOW_SAMPLES
    for segment in segments(run(probabilities, levels)):
        assert segment.end_sample - segment.start_sample <= limit
        if segment.forced:
            assert segment.end_sample - segment.start_sample >= limit - PARAMS.cut_search_s * SAMPLE_RATE - 1024


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
