"""One stream with a decoder that does what a test says; what is not zero is speech."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from fakes.clock import ManualClock
from fakes.decoder import STEADY_SPEECH, LoudIsSpeech, ManualDecoder, heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.transcript import CaptionMode, FinalSegment
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.agreement import AgreementParams
from core.speech.board import FAILED
from core.speech.captions import CaptionParams, CaptionStream
from core.speech.segmenter import SegmenterParams
from core.speech.vad import WINDOW_SAMPLES

PAUSE, END = 8, 16
"""Windows of silence that presume an end, and that are one."""
SHORT = SegmenterParams(max_segment_s=3.0, long_after_s=2.0, cut_search_s=1.0)
PARAMS = CaptionParams(agreement=AgreementParams(agreed_for_s=0.0))


@pytest.fixture(scope="module", autouse=True)
def loud_is_speech() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.speech.captions.SileroStream", LoudIsSpeech)
        yield


class Speaker:
    """A stream, who feeds it, and what came of it."""

    def __init__(
        self, *, live: bool = True, after_s: float | None = None, interims: bool = True, short: bool = False
    ) -> None:
        self.clock = ManualClock()
        self.decoder = ManualDecoder(live=live, after_s=after_s)
        self.got: list[FinalSegment] = []
        self.stream = CaptionStream(
            "a",
            self.decoder,
            self.got.append,
            self.clock,
            vocabulary="hint",
            params=PARAMS,
            segmenter=SHORT if short else None,
            interims=interims,
        )

    def feed(self, samples: Samples) -> None:
        self.stream.feed(samples)
        self.clock.tick(samples.size / SAMPLE_RATE)

    def speak(self, windows: int) -> "Speaker":
        for _ in range(windows):
            self.feed(STEADY_SPEECH)
        return self

    def pause(self, windows: int) -> "Speaker":
        for _ in range(windows):
            self.feed(np.zeros(WINDOW_SAMPLES, np.int16))
        return self

    def decode(self, index: int = 0) -> bool:
        return self.decoder.decode(self.stream, index)

    def fail(self, index: int = 0) -> None:
        self.decoder.fail(self.stream, index)


def test_a_decode_begins_at_the_pause_with_the_samples_of_the_end() -> None:
    speaker = Speaker().speak(30).pause(PAUSE)
    (presumed,) = speaker.decoder.finals
    assert (presumed.presumed, presumed.number, presumed.vocabulary) == (True, 0, "hint")
    assert presumed.samples.size == 30 * WINDOW_SAMPLES + 3200  # padded by 200 ms


def test_decoded_before_the_end_it_is_shown_and_delivered_at_the_end() -> None:
    speaker = Speaker().speak(30).pause(PAUSE)
    words = heard(speaker.decoder.finals[0])
    assert speaker.decode()
    assert (speaker.got, speaker.stream.view().interim) == ([], words.text)
    speaker.pause(END - PAUSE)
    assert speaker.decode()
    assert (speaker.got, speaker.stream.view().interim) == ([words], "")


def test_decoded_after_the_end_it_is_delivered_once() -> None:
    speaker = Speaker().speak(30).pause(END)
    assert len(speaker.decoder.finals) == 1
    assert speaker.stream.view().pending_finals == 1
    assert speaker.decode()
    assert [s.number for s in speaker.got] == [0]
    assert speaker.stream.wait_final(0)


def test_when_the_speaker_goes_on_the_real_end_is_decoded_afresh() -> None:
    speaker = Speaker().speak(30).pause(PAUSE)
    first = heard(speaker.decoder.finals[0])
    assert speaker.decode()
    speaker.speak(30)
    assert (speaker.got, speaker.stream.view().interim) == ([], first.text)
    speaker.pause(END)
    (whole,) = speaker.decoder.finals
    assert speaker.decode()
    assert speaker.got == [heard(whole)]
    assert (whole.start_s, whole.samples.size) == (0.0, (60 + PAUSE) * WINDOW_SAMPLES + 3200)


def test_an_earlier_presumed_end_decoded_late_costs_no_words() -> None:
    """Two pauses in one utterance while the workers are busy: the first guess must not become the final."""
    speaker = Speaker().speak(30).pause(PAUSE).speak(30).pause(END)
    assert len(speaker.decoder.finals) == 2
    whole = heard(speaker.decoder.finals[1])
    assert not speaker.decode(), "overtaken while it waited"
    assert speaker.decode()
    assert speaker.got == [whole]


def test_an_earlier_presumed_end_in_the_engine_meanwhile_costs_no_words() -> None:
    speaker = Speaker().speak(30).pause(PAUSE)
    early = speaker.decoder.finals.pop()
    speaker.speak(30).pause(END)
    whole = heard(speaker.decoder.finals[0])
    speaker.stream.deliver(heard(early), presumed=True)
    assert speaker.got == []
    assert speaker.decode()
    assert speaker.got == [whole]


def test_a_failure_at_a_presumed_end_is_nobodys_loss() -> None:
    speaker = Speaker().speak(30).pause(PAUSE)
    speaker.fail()
    assert speaker.got == []
    speaker.pause(END - PAUSE)
    assert speaker.decode()
    assert [s.engine for s in speaker.got] == ["manual"]


def test_a_failure_after_a_presumed_end_came_true_is_told() -> None:
    speaker = Speaker().speak(30).pause(END)
    speaker.fail()
    assert [(s.number, s.text, s.engine) for s in speaker.got] == [(0, "", FAILED)]
    assert speaker.stream.view().mode is CaptionMode.DELAYED


def test_a_failure_of_an_earlier_presumed_end_does_not_fail_the_utterance() -> None:
    speaker = Speaker().speak(30).pause(PAUSE)
    early = speaker.decoder.finals.pop()
    speaker.speak(30).pause(END)
    speaker.stream.give_up(early)
    assert speaker.decode()
    assert [s.engine for s in speaker.got] == ["manual"]


@pytest.mark.parametrize(
    ("spoken", "silent", "decoded", "delivered"),
    [
        pytest.param(0, 0, False, 0, id="nothing"),
        pytest.param(2, 0, False, 0, id="a click"),
        pytest.param(30, 0, False, 1, id="speaking"),
        pytest.param(30, PAUSE, False, 1, id="pausing"),
        pytest.param(30, PAUSE, True, 1, id="pausing, decoded"),
        pytest.param(30, END, False, 1, id="ended"),
    ],
)
def test_finishing_in_any_state_delivers_what_was_said_once(
    spoken: int, silent: int, decoded: bool, delivered: int
) -> None:
    speaker = Speaker().speak(spoken).pause(silent)
    if decoded:
        speaker.decode()
    speaker.stream.finish()
    while speaker.decoder.finals:
        speaker.decode()
    assert [s.number for s in speaker.got] == list(range(delivered))
    assert speaker.stream.wait_final(0)


def test_finishing_twice_says_so_once_and_later_sound_is_ignored() -> None:
    speaker = Speaker().speak(30)
    speaker.stream.finish()
    speaker.stream.finish()
    speaker.speak(30)
    assert (speaker.decoder.finished, len(speaker.decoder.finals)) == (1, 1)
    assert speaker.stream.received_s == 30 * WINDOW_SAMPLES / SAMPLE_RATE


def test_samples_beyond_the_last_window_are_heard() -> None:
    speaker = Speaker().speak(30)
    speaker.feed(STEADY_SPEECH[:100])
    speaker.stream.finish()
    assert speaker.decoder.finals[0].samples.size == 30 * WINDOW_SAMPLES + 100


@pytest.mark.parametrize("size", [1, 37, 512, 5_000, 1_000_000])
def test_the_size_of_the_pieces_fed_changes_nothing(size: int) -> None:
    sound = np.concatenate([np.tile(STEADY_SPEECH, 30), np.zeros(20_000, np.int16), np.tile(STEADY_SPEECH, 9)])
    sound = sound[: 40_000 if size == 1 else None]
    speaker = Speaker(interims=False)
    for start in range(0, sound.size, size):
        speaker.stream.feed(sound[start : start + size])
    speaker.stream.feed(sound[:0])
    speaker.stream.finish()
    whole = Speaker(interims=False)
    whole.stream.feed(sound)
    whole.stream.finish()
    assert [heard(u) for u in speaker.decoder.finals] == [heard(u) for u in whole.decoder.finals]


def test_without_anybody_watching_nothing_is_decoded_before_its_end() -> None:
    for speaker in (Speaker(interims=False, after_s=0.1), Speaker(live=False, after_s=0.1)):
        speaker.speak(30).pause(PAUSE)
        assert (speaker.decoder.finals, speaker.decoder.interims) == ([], 0)
        speaker.pause(END - PAUSE)
        assert [u.presumed for u in speaker.decoder.finals] == [False]


def test_above_the_cap_the_page_is_told_and_it_is_stored() -> None:
    speaker = Speaker(live=False).speak(40)
    assert speaker.stream.view().mode is CaptionMode.AFTER
    assert speaker.stream.quality().mode is CaptionMode.AFTER


def test_interims_are_asked_for_by_new_speech_and_stop_when_told() -> None:
    speaker = Speaker(after_s=0.5).speak(14)
    assert speaker.decoder.interims == 0
    speaker.speak(2)
    assert speaker.decoder.interims == 1
    cut = speaker.stream.cut_interim()
    assert cut is not None and cut.samples.size == 16 * WINDOW_SAMPLES
    speaker.speak(15)
    assert speaker.decoder.interims == 1
    speaker.decoder.after_s = None
    speaker.speak(60)
    assert speaker.decoder.interims == 1


def test_no_interim_is_cut_when_nobody_speaks_any_more() -> None:
    speaker = Speaker().speak(30).pause(END)
    assert speaker.stream.cut_interim() is None


def test_captions_are_called_delayed_while_the_oldest_utterance_waits_and_it_is_stored() -> None:
    speaker = Speaker().speak(30).pause(END)
    assert not speaker.stream.view().delayed
    speaker.pause(150)  # 4.8 s
    assert speaker.stream.view().mode is CaptionMode.DELAYED
    speaker.decode()
    assert not speaker.stream.view().delayed
    quality = speaker.stream.quality()
    assert quality.mode is CaptionMode.DELAYED
    assert 0 < quality.delayed_s <= 1.5
    assert quality.longest_final_s == pytest.approx(4.8, abs=0.05)


def test_speech_that_is_not_captioned_counts_as_delay() -> None:
    speaker = Speaker().speak(130)  # 4.2 s without a guess
    assert speaker.stream.view().mode is CaptionMode.DELAYED


def test_silence_is_accounted_for() -> None:
    speaker = Speaker().pause(100)
    assert speaker.stream.view().heard_to_s == pytest.approx(3.2)


step = st.one_of(
    st.tuples(st.just("speak"), st.integers(1, 40)),
    st.tuples(st.just("pause"), st.integers(1, 20)),
    st.tuples(st.sampled_from(["decode", "fail", "begin", "deliver", "lose", "repeat"]), st.integers(0, 3)),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, max_size=30), st.booleans(), st.booleans())
def test_each_utterance_is_delivered_once_and_in_order_whatever_the_workers_do(
    plan: Sequence[tuple[str, int]], live: bool, short: bool
) -> None:
    """``begin`` and ``deliver`` leave time between the engine's start and its answer; ``lose`` queues again."""
    speaker = Speaker(live=live, short=short)
    stream, waiting = speaker.stream, speaker.decoder.finals
    running, done = [], []

    def deliver(index: int) -> None:
        utterance = running.pop(index)
        done.append(utterance)
        stream.deliver(utterance.heard or heard(utterance), presumed=utterance.presumed and utterance.heard is None)

    for what, n in plan:
        if what == "speak":
            speaker.speak(n)
        elif what == "pause":
            speaker.pause(n)
        elif what == "begin" and n < len(waiting):
            if (utterance := waiting.pop(n)).heard is not None or stream.wants(utterance):
                running.append(utterance)
        elif what == "deliver" and n < len(running):
            deliver(n)
        elif what == "lose" and n < len(running):
            waiting.append(running.pop(n))
        elif what == "repeat" and n < len(done):  # a worker believed lost comes back
            stream.deliver(heard(done[n]), presumed=done[n].presumed)
        elif what == "decode" and n < len(waiting):
            speaker.decode(n)
        elif what == "fail" and n < len(waiting) and waiting[n].heard is None:
            speaker.fail(n)
    stream.finish()
    while running:
        deliver(0)
    while waiting:
        speaker.decode()
    assert stream.wait_final(0), "an utterance was never delivered"
    assert [s.number for s in speaker.got] == list(range(stream.next_number))
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(speaker.got))
    for segment in speaker.got:
        whole = round((segment.end_s - segment.start_s) * SAMPLE_RATE)
        assert segment.text in ("", str(whole)), "the words of another piece"
    covered = sum(round((s.end_s - s.start_s) * SAMPLE_RATE) for s in speaker.got)
    assert covered >= said(plan), "speech in no utterance"


def said(plan: Sequence[tuple[str, int]]) -> int:
    """Samples of speech in runs long enough to be believed."""
    found = run = 0
    for what, n in [*plan, ("pause", 1)]:
        if what == "speak":
            run += n
        elif what == "pause":
            found += run if run >= 3 else 0
            run = 0
    return found * WINDOW_SAMPLES


def test_three_hours_of_silence_leave_nothing_behind() -> None:
    speaker, minute = Speaker(), np.zeros(60 * SAMPLE_RATE, np.int16)
    for _ in range(180):
        speaker.stream.feed(minute)
        kept = speaker.stream._audio
        assert kept.end - kept.first <= SAMPLE_RATE  # the padding before an utterance, and a window not yet full
    speaker.stream.finish()
    assert (speaker.decoder.finals, speaker.stream.received_s) == ([], 3 * 3600)
    assert speaker.stream.view().heard_to_s == pytest.approx(3 * 3600)


def test_speech_without_a_pause_is_kept_no_longer_than_an_utterance() -> None:
    speaker = Speaker(interims=False)
    for _ in range(10 * 60 * SAMPLE_RATE // WINDOW_SAMPLES):
        speaker.stream.feed(STEADY_SPEECH)
        kept = speaker.stream._audio
        assert kept.end - kept.first <= 13 * SAMPLE_RATE
    speaker.stream.finish()
    assert sum(u.samples.size for u in speaker.decoder.finals) == speaker.stream.received_s * SAMPLE_RATE
