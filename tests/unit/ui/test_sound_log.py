from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from core.ui.sound_log import sound_lines

BEGAN = "2026-11-08T09:30:00+00:00"


def file_of(*logs: tuple[str, dict[str, Any]]) -> Any:
    return SimpleNamespace(logs=[SimpleNamespace(kind=kind, detail=detail) for kind, detail in logs])


def test_two_log_lines_of_an_alert_become_one() -> None:
    opened = {"from": BEGAN, "measured": -39.0, "unit": "dBFS"}
    ended = {"from": BEGAN, "to": "2026-11-08T09:30:12+00:00", "measured": -36.4, "unit": "dBFS"}
    (line,) = sound_lines(file_of(("sound_noise", opened), ("sound_noise", ended)))
    assert line.at == datetime(2026, 11, 8, 9, 30, tzinfo=UTC)
    assert line.words == "Noisy room (12 s, -36 dB)"


def test_alert_cut_off_by_a_crash_has_no_end() -> None:
    (line,) = sound_lines(file_of(("sound_silence", {"from": BEGAN, "measured": -96.0, "unit": "dBFS"})))
    assert (line.lasted_s, line.words) == (None, "Nothing heard while recording (no end noted, -96 dB)")


def test_clipping_is_a_share_and_other_events_are_left_out() -> None:
    clipped = {"from": BEGAN, "to": BEGAN, "measured": 0.0125, "unit": "share of samples"}
    (line,) = sound_lines(file_of(("tab_hidden", {}), ("sound_clipping", clipped)))
    assert line.words == "Microphone too loud (0 s, 1.2% of the sound cut off)"
