from datetime import UTC, datetime
from typing import Any

from core.domain.sound import SoundAlertKind
from core.services.sound_record import sound_alerts
from core.storage.records import LogRow

AT = "2026-11-08T09:30:{:02d}+00:00"


def row(kind: str, **detail: Any) -> LogRow:
    detail = {"from" if key == "from_" else key: value for key, value in detail.items()}
    return LogRow(1, "iv-1", kind, detail, datetime(2026, 11, 8, tzinfo=UTC))


def test_the_two_lines_of_an_alert_become_one_with_its_end_and_its_worst_value() -> None:
    opened = row("sound_noise", from_=AT.format(0), measured=-39.0)
    ended = row("sound_noise", from_=AT.format(0), to=AT.format(12), measured=-36.0)
    (alert,) = sound_alerts([opened, ended])
    assert (alert.ended_at, alert.measured) == (datetime(2026, 11, 8, 9, 30, 12, tzinfo=UTC), -36.0)


def test_an_alert_whose_end_was_never_written_has_none() -> None:
    assert sound_alerts([row("sound_silence", from_=AT.format(0), measured=-96.0)])[0].ended_at is None


def test_alerts_come_in_order_of_their_begin_and_other_events_are_left_out() -> None:
    logs = [row("sound_noise", from_=AT.format(9), measured=-39.0), row("tab_hidden"),
            row("sound_clipping", from_=AT.format(3), measured=0.01)]  # fmt: skip
    assert [alert.kind for alert in sound_alerts(logs)] == [SoundAlertKind.CLIPPING, SoundAlertKind.NOISE]
