import numpy as np
import pytest

from core.media.audio import SAMPLE_RATE
from core.speech.vad import WINDOW_SAMPLES
from core.speech.voiced_windows import VoicedParams, VoicedWindow, VoicedWindows


def loud(window: np.ndarray) -> float:
    return float(np.abs(window).max() > 100)


def cut(pattern: str, step: int = 1600) -> list[VoicedWindow]:
    """One window for each sign, ``x`` for speech, fed in steps."""
    samples = np.repeat(np.array([1000 if sign == "x" else 0 for sign in pattern], np.int16), WINDOW_SAMPLES)
    windows, found = VoicedWindows(loud, VoicedParams(margin_windows=2)), []
    for start in range(0, samples.size, step):
        piece = samples[start : start + step]
        found += windows.feed(piece, (start + piece.size) / SAMPLE_RATE)
    return found


def test_windows_next_to_speech_belong_to_it() -> None:
    assert "".join(".#"[window.beside] for window in cut("....x......x.......")) == "..#####..#####..."


def test_speech_itself_is_told_from_what_is_beside_it() -> None:
    assert [window.speech for window in cut("...x......")] == [False, False, False, True, *[False] * 4]


def test_windows_come_as_late_as_the_margin() -> None:
    assert len(cut("..........")) == 8


@pytest.mark.parametrize("step", [160, 512, 777, 5000])
def test_times_do_not_depend_on_the_pieces(step: int) -> None:
    found = cut("..xx....x....", step)
    assert [window.end_s for window in found] == pytest.approx([(n + 1) * 0.032 for n in range(11)])
