"""Registration: details checked, consent stored word for word, tokens handed out."""

import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import AccessDenied, AttemptsUsed, InvalidInput
from core.domain.events import ConsentGiven, DevicesChecked
from core.domain.flow import advance, begin
from core.domain.interview import AnswerMode, Consent, ConsentKind, InterviewPlan
from core.domain.watch import FlagKind
from core.privacy import consent as consent_texts
from core.proctoring.policy import policy_of
from core.questions.subjects import nearest_subject
from core.services.policies import PoliciesService
from core.services.tokens import hash_token, new_token
from core.settings import Settings
from core.storage.consents import ConsentRepo
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.invites import InviteRepo
from core.storage.logs import LogRepo
from core.storage.people import CandidateRepo

_EMAIL = re.compile(r"^[^\s@<>\"',;:\\()\[\]]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$")
EXTRA_TIME_FACTOR = 1.5
WIDER_WINDOW_FACTOR = 2.0
WHERE_ONE_LOOKS = (
    FlagKind.LOOKING_AWAY,
    FlagKind.LOOKING_DOWN,
    FlagKind.EYES_OFF_SCREEN,
    FlagKind.READING_GAZE,
)
"""Not noted of who asked for wider limits."""
MAX_NAME_CHARS = 120


@dataclass(frozen=True, slots=True)
class Admission:
    """A new interview. The token is shown once; only its hash is stored."""

    session_id: str
    token: str
    subject: str
    subject_is_exact: bool


@dataclass(frozen=True, slots=True)
class Accommodations:
    """What the candidate asked for; each is logged and changes the plan."""

    extra_time: bool = False
    typed_answers: bool = False
    no_camera_analysis: bool = False
    wider_limits: bool = False
    """Where the candidate looks is not noted, and everything else must last twice as long."""


def check_name(name: str) -> str:
    """Cleaned name.

    Raises:
        InvalidInput: Empty, too long, or without any letter.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise InvalidInput("name", "Please enter your name.")
    if len(name) > MAX_NAME_CHARS:
        raise InvalidInput("name", f"That name is longer than {MAX_NAME_CHARS} characters.", "Please shorten it.")
    if not any(c.isalpha() for c in name):
        raise InvalidInput("name", "A name has at least one letter.", "Please enter it as you want to be addressed.")
    return name


def check_email(email: str) -> str:
    """Cleaned e-mail address.

    Raises:
        InvalidInput: Empty, or not of the form name@example.org.
    """
    email = email.strip()
    if not email:
        raise InvalidInput("email", "Please enter your e-mail address.")
    if len(email) > 254 or not _EMAIL.match(email) or ".." in email:
        raise InvalidInput(
            "email", "That does not look like an e-mail address.", "It should look like name@example.org."
        )
    return email


class RegistrationService:
    """Admits candidates. Safe to call from any thread."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, policies: PoliciesService) -> None:
        self._database = database
        self._policies = policies
        self._settings = settings
        self._clock = clock

    def plan_from_settings(self, subject: str, policy: str = "") -> InterviewPlan:
        """The default plan of this installation for ``subject``.

        Args:
            subject: Of the questions.
            policy: Name of the monitor's policy, copied into the plan as it is now; empty takes the default.
        """
        s = self._settings
        return InterviewPlan(
            subject=subject,
            question_count=s.question_count,
            think_s=s.think_s,
            answer_s=s.answer_s,
            review_s=s.review_s,
            retries=s.retries,
            max_pauses=s.max_pauses,
            max_pause_s=s.max_pause_s,
            page_warnings=s.page_warnings,
            policy=self._policies.choose(policy).text,
        )

    def register(self, name: str, email: str, subject: str, invite_token: str = "") -> Admission:
        """Create an interview.

        Args:
            name: As typed.
            email: As typed; counts attempts without regard to case.
            subject: A subject of the list, or free text that is mapped to the nearest one.
            invite_token: From an invite link; its plan and subject win over the form.

        Raises:
            InvalidInput: A field is wrong.
            AttemptsUsed: This e-mail address has no interview left.
            AccessDenied: The invite is unknown, used or past its date, or an invite is needed.
        """
        name, email = check_name(name), check_email(email)
        now, own = self._clock.now(), self.plan_from_settings("")
        with self._database.transaction() as tx:
            invite = None
            if invite_token:
                invite = InviteRepo(tx).by_token_hash(hash_token(invite_token))
                if invite is None or invite.session_id is not None:
                    raise AccessDenied("This invitation is not valid any more.", "Ask for a new link.")
                if invite.deadline_at is not None and invite.deadline_at < now:
                    raise AccessDenied("The last date of this invitation is over.", "Ask for a new link.")
            elif not self._settings.open_registration:
                raise AccessDenied("Registration needs an invitation.", "Open the link you were sent.")
            if invite is None and not subject.strip():
                raise InvalidInput("subject", "Please choose a subject.")
            if invite is None and CandidateRepo(tx).count_by_email(email) >= self._settings.attempts_per_email:
                raise AttemptsUsed(
                    "This e-mail address has been used for all the interviews it can have.",
                    "Use the link of the interview you started, or write to the people who invited you.",
                )
            if invite is not None:
                plan, mapped, exact = invite.plan, invite.subject, True
            else:
                mapped, exact = nearest_subject(subject)
                plan = replace(own, subject=mapped)
            session_id, token = f"iv-{secrets.token_hex(6)}", new_token()
            CandidateRepo(tx).add(name=name, email=email, subject=mapped, session_id=session_id, at=now)
            InterviewRepo(tx).add(
                session_id=session_id,
                plan=plan,
                state=begin(now),
                token_hash=hash_token(token),
                at=now,
                deadline_at=invite.deadline_at if invite else None,
                invite_id=invite.id if invite else None,
            )
            if invite is not None:
                InviteRepo(tx).use(invite.id, session_id)
            LogRepo(tx).add(session_id, "registered", {"subject": mapped, "subject_exact": exact}, now)
            LogRepo(tx).add(session_id, "policy", {"name": policy_of(plan).name}, now)
        return Admission(session_id, token, mapped, exact)

    def record_consent(
        self, session_id: str, granted: dict[ConsentKind, bool], wishes: Accommodations
    ) -> InterviewPlan:
        """Store the answers to the consent form and fit the plan to them.

        Declining never blocks: without audio answers are typed, without video nothing is watched.
        """
        now = self._clock.now()
        company = self._settings.company_name
        with self._database.transaction() as tx:
            repo, logs = InterviewRepo(tx), LogRepo(tx)
            row = repo.get(session_id)
            state = advance(row.state, ConsentGiven(), row.plan, now)
            for item in consent_texts.items(company, self._settings.voice_goes_to):
                text = f"{consent_texts.disclosure(company, self._settings.retention_days)}\n{item.words}"
                given = granted.get(item.kind, False)
                ConsentRepo(tx).add(session_id, Consent(item.kind, given, text, consent_texts.VERSION, now))
                logs.add(session_id, "consent", {"kind": item.kind.value, "granted": given}, now)
            plan = self._fit_plan(row.plan, granted, wishes)
            repo.save_plan(session_id, plan)
            if plan.answer_mode is AnswerMode.TYPED and not plan.watch_camera:
                state = advance(state, DevicesChecked(), plan, now)
                logs.add(session_id, "device_check", {"result": "not needed"}, now)
            repo.save_state(session_id, row.version, state)
            logs.add(session_id, "accommodations", asdict(wishes), now)
        return plan

    def _fit_plan(self, plan: InterviewPlan, granted: dict[ConsentKind, bool], wishes: Accommodations) -> InterviewPlan:
        allowed = self._settings.accommodations_by_candidate
        if not granted.get(ConsentKind.AUDIO, False) or (allowed and wishes.typed_answers):
            plan = replace(plan, answer_mode=AnswerMode.TYPED)
        if not granted.get(ConsentKind.VIDEO, False) or (allowed and wishes.no_camera_analysis):
            plan = replace(plan, watch_camera=False)
        if allowed and wishes.extra_time:
            plan = replace(plan, time_factor=EXTRA_TIME_FACTOR)
        if allowed and wishes.wider_limits:
            off = dict.fromkeys((*plan.rules_off, *(kind.value for kind in WHERE_ONE_LOOKS)))
            plan = replace(plan, rules_off=tuple(off), window_factor=max(plan.window_factor, WIDER_WINDOW_FACTOR))
        return plan

    def create_invite(self, plan: InterviewPlan, deadline_at: datetime | None) -> str:
        """A new invitation's token; only its hash is stored."""
        token = new_token()
        with self._database.transaction() as tx:
            InviteRepo(tx).add(plan, hash_token(token), self._clock.now(), deadline_at)
        return token

    def read_invite(self, token: str) -> InterviewPlan | None:
        """Plan of an unused, valid invitation; None otherwise."""
        with self._database.transaction() as tx:
            invite = InviteRepo(tx).by_token_hash(hash_token(token))
        if invite is None or invite.session_id is not None:
            return None
        return None if invite.deadline_at is not None and invite.deadline_at < self._clock.now() else invite.plan
