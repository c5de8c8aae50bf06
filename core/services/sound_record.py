"""The sound alerts of an interview as its log has them."""

from collections.abc import Iterable
from datetime import datetime

from core.domain.sound import LOG_PREFIX, SoundAlert, SoundAlertKind
from core.storage.records import LogRow

_KINDS = {LOG_PREFIX + kind.value: kind for kind in SoundAlertKind}


def sound_alerts(logs: Iterable[LogRow]) -> list[SoundAlert]:
    """The alerts in order of their begin; the two log lines of one become one.

    One whose end was never written has none: the server was killed while it lasted.
    """
    latest = {(entry.kind, str(entry.detail["from"])): entry for entry in logs if entry.kind in _KINDS}
    alerts = []
    for (name, began), entry in latest.items():
        ended = entry.detail.get("to")
        ended_at = datetime.fromisoformat(str(ended)) if ended else None
        measured = float(entry.detail["measured"])
        alerts.append(SoundAlert(_KINDS[name], datetime.fromisoformat(began), ended_at, measured))
    return sorted(alerts, key=lambda alert: alert.started_at)
