"""Work promised together with an answer or its sound, in the transaction that made it necessary."""

import hashlib
from datetime import datetime

from core.jobs.outbox import Outbox
from core.storage.attempts import AttemptRepo
from core.storage.database import Transaction

REDECODE = "redecode"
"""Decode an attempt once more from its recording. Payload: ``attempt_id``."""
DELIVERY = "delivery"
"""Measure how an attempt was spoken. Payload: ``attempt_id``."""
RECOVER = "recover"
"""Find what an earlier process left undone. Payload: ``before``, the start of this one, ISO 8601."""
CATCH_UP = "catch_up"
"""Write down the last words of an open attempt, heard but not decoded. Payload: ``attempt_id``, ``before``."""


class Promises:
    """Queues the jobs of this installation's answers. Safe to use from any thread.

    The keys hold a fingerprint of the recording: the same sound is worked on once, a part that turns up later asks for
    the work again.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def redecode(self, tx: Transaction, attempt_id: int, *, given_up_too: bool = False) -> bool:
        """Have the attempt decoded once more; nothing to do without a recording.

        Args:
            tx: The caller's unit of work.
            attempt_id: The attempt.
            given_up_too: Start it again when it was given up.

        Returns:
            Whether a job was queued or started again.
        """
        key = _key(tx, REDECODE, attempt_id)
        if not key:
            return False
        if self._outbox.add(tx, REDECODE, key, {"attempt_id": attempt_id}):
            return True
        return given_up_too and self._outbox.restart(tx, key)

    def delivery(self, tx: Transaction, attempt_id: int) -> bool:
        """Have the delivery of an attempt measured; False when it was asked for, or nothing was recorded."""
        key = _key(tx, DELIVERY, attempt_id)
        return bool(key) and self._outbox.add(tx, DELIVERY, key, {"attempt_id": attempt_id})

    def catch_up(self, tx: Transaction, attempt_id: int, before: datetime) -> bool:
        """Have the last words of an open attempt written down, from sound begun ``before``, UTC."""
        key = _key(tx, CATCH_UP, attempt_id)
        payload = {"attempt_id": attempt_id, "before": before.isoformat()}
        return bool(key) and self._outbox.add(tx, CATCH_UP, key, payload)

    def recover(self, tx: Transaction, at: datetime) -> None:
        """Have everything found that an earlier process left undone; once a start, ``at`` this time, UTC."""
        if AttemptRepo(tx).recorded_live():
            self._outbox.add(tx, RECOVER, f"{RECOVER}:{at.isoformat()}", {"before": at.isoformat()})


def _key(tx: Transaction, kind: str, attempt_id: int) -> str:
    parts = AttemptRepo(tx).recordings(attempt_id)
    if not parts:
        return ""
    sound = hashlib.sha256("".join(p.sha256 for p in parts).encode()).hexdigest()
    return f"{kind}:{attempt_id}:{sound[:16]}"
