"""Who may see an interview: the candidate by token and seat, the recruiter by password."""

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import AccessDenied, SeatTaken
from core.services.tokens import hash_password, hash_token, new_token, verify_password
from core.settings import Settings
from core.storage.database import Database
from core.storage.facts import FactRepo
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.seats import SeatRepo

_PASSWORD_FACT = "recruiter_password"
_FREE_TRIES = 5
_WAIT_AFTER_TRIES_S = 30.0


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A recruiter password made at first start; printed once, then only its hash remains."""

    password: str


class AccessService:
    """Checks tokens, seats and the recruiter's password. Safe to call from any thread."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._blocked_until = 0.0

    def enter(self, session_id: str, token: str) -> None:
        """Let the holder of a token in.

        Raises:
            AccessDenied: Unknown session, wrong or revoked token; the message does not tell which.
        """
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).find(session_id)
        expected = row.token_hash if row else hash_token("nobody")
        good = secrets.compare_digest(expected, hash_token(token))
        if row is None or not good or row.token_revoked_at is not None:
            raise AccessDenied("This link does not open an interview.", "Use the newest link you were given.")

    def renew_token(self, session_id: str) -> str:
        """A new resume token; every earlier one stops working."""
        token = new_token()
        with self._database.transaction() as tx:
            InterviewRepo(tx).save_token(session_id, hash_token(token))
            LogRepo(tx).add(session_id, "resume_link_renewed", {}, self._clock.now())
        return token

    def take_seat(self, session_id: str, seat_id: str, *, takeover: bool = False) -> datetime | None:
        """Hold the interview in one tab.

        Returns:
            The last sign of the tab that held it before, UTC; None when none did.

        Raises:
            SeatTaken: Another tab was heard of within the seat timeout and ``takeover`` is False.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            seats = SeatRepo(tx)
            seat = seats.get(session_id)
            if seat is not None and seat.seat_id != seat_id:
                fresh = (now - seat.seen_at).total_seconds() < self._settings.seat_timeout_s
                if fresh and not takeover:
                    raise SeatTaken(
                        "This interview is open in another tab or on another device.",
                        "Go on there, or continue here and the other one stops.",
                    )
                LogRepo(tx).add(session_id, "seat_taken_over", {"explicit": takeover}, now)
            seats.take(session_id, seat_id, now)
            return seat.seen_at if seat is not None else None

    def keep_seat(self, session_id: str, seat_id: str) -> datetime | None:
        """Sign of life from a tab.

        Returns:
            The sign before this one, UTC; None when another tab has taken over.
        """
        with self._database.transaction() as tx:
            seat = SeatRepo(tx).get(session_id)
            if seat is None or not SeatRepo(tx).touch(session_id, seat_id, self._clock.now()):
                return None
            return seat.seen_at

    def ensure_recruiter_password(self) -> FirstPassword | None:
        """Make a random password when none is set anywhere; returned once, for printing."""
        if self._settings.recruiter_password.get_secret_value():
            return None
        with self._database.transaction() as tx:
            facts = FactRepo(tx)
            if facts.get(_PASSWORD_FACT):
                return None
            password = secrets.token_urlsafe(12)
            facts.set(_PASSWORD_FACT, hash_password(password))
        return FirstPassword(password)

    def check_recruiter(self, password: str) -> None:
        """Let a recruiter in.

        Raises:
            AccessDenied: Wrong password, or too many wrong ones in a row.
        """
        with self._lock:
            wait = self._blocked_until - self._clock.monotonic()
            if wait > 0:
                raise AccessDenied(f"Too many wrong passwords. Try again in {int(wait) + 1} seconds.")
        if self._password_is_right(password):
            with self._lock:
                self._failures = 0
            return
        with self._lock:
            self._failures += 1
            if self._failures >= _FREE_TRIES:
                self._blocked_until = self._clock.monotonic() + _WAIT_AFTER_TRIES_S
        raise AccessDenied("That password is not right.", "It was printed in the log at first start, or set by you.")

    def _password_is_right(self, password: str) -> bool:
        configured = self._settings.recruiter_password.get_secret_value()
        if configured:
            return secrets.compare_digest(configured.encode(), password.encode())
        with self._database.transaction() as tx:
            stored = FactRepo(tx).get(_PASSWORD_FACT)
        return bool(stored) and verify_password(password, stored or "")
