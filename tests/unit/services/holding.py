"""Shorthand of the interview tests: one candidate on the way through one interview."""

from collections.abc import Callable
from dataclasses import dataclass

from fakes.clock import ManualClock

from core.bootstrap import House
from core.domain.flow import Phase
from core.domain.interview import AnswerEnding, ConsentKind
from core.domain.transcript import FinalSegment
from core.services.interview import TIME_UP_GRACE_S
from core.services.interview_file import InterviewFile
from core.services.interview_view import InterviewView
from core.services.registration import Accommodations

MakeHouse = Callable[..., House]
"""Builds a house; settings by name."""

TYPING = {ConsentKind.AUDIO: False, ConsentKind.VIDEO: False, ConsentKind.SCORING: True}
SPEAKING = {ConsentKind.AUDIO: True, ConsentKind.VIDEO: False, ConsentKind.SCORING: True}


@dataclass
class Holder:
    """Takes the steps of one candidate and reads what is stored."""

    house: House
    clock: ManualClock
    session_id: str
    token: str

    @classmethod
    def registered(cls, house: House, clock: ManualClock, email: str = "ada@example.org", invite: str = "") -> "Holder":
        admission = house.registration.register("Ada Lovelace", email, "Python", invite)
        return cls(house, clock, admission.session_id, admission.token)

    @classmethod
    def ready(cls, house: House, clock: ManualClock, email: str = "ada@example.org") -> "Holder":
        holder = cls.registered(house, clock, email)
        house.registration.record_consent(holder.session_id, TYPING, Accommodations())
        return holder

    @property
    def view(self) -> InterviewView:
        return self.house.interviews.load(self.session_id)

    @property
    def phase(self) -> Phase:
        return self.view.state.phase

    @property
    def key(self) -> str:
        return self.view.question_key

    @property
    def file(self) -> InterviewFile:
        return self.house.desk.open_file(self.session_id)

    @property
    def attempt_id(self) -> int:
        view = self.view
        assert view.attempt is not None
        return view.attempt.id

    def logged(self, kind: str) -> list[dict]:
        return [dict(entry.detail) for entry in self.file.logs if entry.kind == kind]

    def answers(self) -> list[str | None]:
        return [q.question.answer for q in self.file.questions]

    def start(self) -> "Holder":
        self.house.interviews.start(self.session_id)
        return self

    def begin(self) -> "Holder":
        """Open the answer of the question at hand, started or not."""
        if self.phase is Phase.CHECKED:
            self.start()
        self.house.interviews.begin_answer(self.session_id, self.key)
        return self

    def submit(
        self, text: str, *, edited: bool = True, key: str = "", ending: AnswerEnding = AnswerEnding.SUBMITTED
    ) -> InterviewView:
        return self.house.interviews.submit(self.session_id, key or self.key, text, edited=edited, ending=ending)

    def draft(self, text: str, *, edited: bool = True, seen: int = 0) -> None:
        self.house.interviews.save_draft(self.session_id, self.key, text, edited=edited, captions_seen=seen)

    def hear(self, attempt_id: int, number: int, text: str) -> None:
        self.house.answers.keep_segment(attempt_id, FinalSegment(number, text, number * 2.0, number * 2.0 + 1.5))

    def run_out(self) -> InterviewView:
        """Let the open phase run out of time and tick once."""
        deadline = self.view.state.deadline
        assert deadline is not None
        self.clock.tick((deadline - self.clock.now()).total_seconds() + TIME_UP_GRACE_S)
        return self.house.interviews.tick(self.session_id)

    def complete(self) -> "Holder":
        self.start()
        for _ in range(self.view.plan.question_count):
            self.submit("An answer.")
        return self
