"""An interview written down to be taken away: as JSON and as plain text."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.domain.delivery import DeliveryFigures
from core.domain.integrity import IntegrityReport
from core.domain.review import Verdict
from core.domain.sound import SOUND_UNITS
from core.services.interview_file import InterviewFile
from core.services.sound_record import sound_alerts

_THEIR_OWN = ("candidate", "consents", "questions", "sound_alerts", "flags", "health")


def as_json(
    file: InterviewFile, figures: Mapping[int, DeliveryFigures | None], integrity: IntegrityReport
) -> dict[str, Any]:
    """Everything of an interview as plain values, for ``dump``; the hash of the token stays here.

    Args:
        file: The interview.
        figures: Delivery figures by attempt id; None where there are none, or must not be.
        integrity: The score with its arithmetic.
    """
    data = _common(file, figures)
    data["integrity"] = asdict(integrity)
    return data


def own_json(file: InterviewFile, figures: Mapping[int, DeliveryFigures | None]) -> dict[str, Any]:
    """What a candidate may take away, as plain values for ``dump``: nothing a reviewer wrote, no score.

    Of a reviewer's decisions only this: a flag that a person set aside is marked so.
    """
    data = _common(file, figures)
    for flag, entry in zip(data["flags"], file.flag_files(), strict=True):
        del flag["reviews"]
        flag["set_aside"] = entry.verdict is Verdict.DISMISSED
    return {key: data[key] for key in _THEIR_OWN}


def _common(file: InterviewFile, figures: Mapping[int, DeliveryFigures | None]) -> dict[str, Any]:
    data: dict[str, Any] = asdict(file)
    data["interview"].pop("token_hash", None)  # opens the interview
    data["sound_alerts"] = [asdict(alert) | {"unit": SOUND_UNITS[alert.kind]} for alert in sound_alerts(file.logs)]
    for attempt in (attempt for question in data["questions"] for attempt in question["attempts"]):
        found = figures[attempt["attempt"]["id"]]
        attempt["delivery"] = None if found is None else asdict(found)
    reviews, comments = data.pop("reviews"), data.pop("comments")
    for flag in data["flags"]:
        flag["reviews"] = [review for review in reviews if review["flag_id"] == flag["id"]]
        flag["comments"] = [comment for comment in comments if comment["flag_id"] == flag["id"]]
    return data


def dump(data: Mapping[str, Any]) -> str:
    """JSON text, indented; times as ISO 8601, other odd values as their text."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def transcript_text(file: InterviewFile) -> str:
    """Questions and answers as plain text."""
    lines: list[str] = []
    for q in file.questions:
        answer = q.question.answer if q.question.submitted_at else "(not answered)"
        lines += [f"Question {q.question.position + 1}: {q.question.question}", "", answer or "(empty)", ""]
        for gap in q.attempts[-1].attempt.gaps if q.attempts else ():
            lines += [f"[{gap.start_s:.1f} s to {gap.end_s:.1f} s of the recording: {gap.reason}]", ""]
        lines.append("")
    return "\n".join(lines)
