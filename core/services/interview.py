"""Holding an interview: load it, move it on, keep what is answered.

Every step is one transaction with compare-and-set on the interview's version, so that two tabs, a double
click or a retried request cannot take the same step twice.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import InvalidInput
from core.domain.events import AnswerStarted, AnswerSubmitted, DeadlinePassed, Event, MovedOn, Returned, Started, TimeUp
from core.domain.flow import CLOCKED, OVER, FlowState, Phase
from core.domain.interview import MAX_ANSWER_CHARS, AnswerEnding, AnswerMode
from core.questions.source import Drawn
from core.services.answers import AnswerService
from core.services.interview_steps import last_watched, take_step
from core.services.interview_view import InterviewView, read_view
from core.storage.attempts import AttemptRepo
from core.storage.database import Database
from core.storage.interviews import InterviewRepo
from core.storage.logs import LogRepo
from core.storage.questions import QuestionRepo
from core.storage.watch import FlagRepo

TIME_UP_GRACE_S = 1.5
"""The browser sends its last words when its clock reaches zero; they get this long to arrive."""


class InterviewService:
    """The interview flow over the database. Safe to call from any thread."""

    def __init__(self, database: Database, answers: AnswerService, draw: Callable[[str], Drawn], clock: Clock) -> None:
        self._database = database
        self._answers = answers
        self._draw = draw
        self._clock = clock

    def load(self, session_id: str) -> InterviewView:
        """The interview as it stands; past its last date it ends here, with the open answer as last saved.

        Raises:
            NotFound: Unknown session.
        """
        now = self._clock.now()
        with self._database.reading() as tx:
            row = InterviewRepo(tx).get(session_id)
            if row.deadline_at is None or now <= row.deadline_at or row.state.phase in OVER:
                return read_view(tx, row, now)
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            view = read_view(tx, row, now)
            self._answers.commit_draft(tx, view)
            take_step(tx, row, DeadlinePassed(), now)
            if not self._answers.has_room(session_id):  # the process that watched is gone, and nobody came back
                FlagRepo(tx).close_all(session_id, last_watched(tx, row, DeadlinePassed(), now))
            return read_view(tx, InterviewRepo(tx).get(session_id), now)

    def start(self, session_id: str) -> InterviewView:
        """Draw the questions, in one transaction with the start, and open the first; a second call changes nothing."""
        drawn = self._draw(session_id)
        now = self._clock.now()
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            if QuestionRepo(tx).find(session_id, 0) is not None:
                return read_view(tx, row, now)
            row = replace(row, plan=replace(row.plan, question_count=len(drawn.questions)))
            take_step(tx, row, Started(), now)
            InterviewRepo(tx).save_plan(session_id, row.plan)
            InterviewRepo(tx).save_question_source(session_id, drawn.source)
            rows = [QuestionRepo(tx).add(session_id, n, question, now) for n, question in enumerate(drawn.questions)]
            QuestionRepo(tx).mark_asked(rows[0].id, now)
            detail = {"source": drawn.source, "degraded": drawn.degraded, "reason": drawn.reason}
            LogRepo(tx).add(session_id, "questions_drawn", detail, now)
        return self.load(session_id)

    def apply(self, session_id: str, event: Event, question_key: str = "") -> InterviewView:
        """Take one step.

        Args:
            session_id: The interview.
            event: What happened.
            question_key: When given, the step is taken only if this attempt is still open; else nothing
                happens, because the page that sent it was behind.

        Raises:
            IllegalTransition: Not possible in this phase.
            AttemptsUsed: No retry or pause is left.
            StorageUnavailable: Nothing was changed; the same call may be made again.
        """
        before = self.load(session_id)
        if question_key and before.question_key != question_key:
            return before
        with self._database.transaction() as tx:
            take_step(tx, InterviewRepo(tx).get(session_id), event, self._clock.now())
        view = self._prepare_attempt(self.load(session_id))
        if _left_answering(before.state, view.state):
            self._answers.stop_recording(session_id)
        return view

    def submit(
        self, session_id: str, question_key: str, text: str, *, edited: bool, ending: AnswerEnding
    ) -> InterviewView:
        """Commit the open answer with its recording, then show the next question.

        Args:
            session_id: The interview.
            question_key: The attempt the text belongs to; a late or doubled call for another one is ignored.
            text: The answer box. Used as it is when ``edited``, else the machine transcript is the answer.
            edited: The candidate typed into the box.
            ending: How it ended. An empty answer is accepted only when skipped or out of time.

        Raises:
            InvalidInput: Empty, or longer than 20,000 characters; the text stays in the box.
            StorageUnavailable: Nothing was committed; the text stays in the box.
        """
        view = self.load(session_id)
        if view.question_key == question_key and view.state.phase is Phase.SUBMITTED:
            return self.move_on(session_id)
        if view.question_key != question_key or view.state.phase not in CLOCKED or view.question is None:
            return view
        if edited and len(text) > MAX_ANSWER_CHARS:
            over = len(text) - MAX_ANSWER_CHARS
            raise InvalidInput(
                "answer", f"Your answer is {over:,} characters too long.", "Shorten it, then press Next."
            )
        view = self._prepare_attempt(view, force=True)
        assert view.attempt is not None and view.question is not None
        self._answers.stop_recording(session_id)
        if ending is AnswerEnding.SUBMITTED and not self._answers.has_content(
            session_id, view.attempt.id, text, edited
        ):
            raise InvalidInput("answer", "Your answer is empty.", "Say or type a few words, or choose Skip.")
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            if row.version != view.version:
                return read_view(tx, row, self._clock.now())
            self._answers.commit(tx, view.question, view.attempt, text, edited=edited, ending=ending, plan=view.plan)
            take_step(tx, row, AnswerSubmitted(ending), self._clock.now())
        return self.move_on(session_id)

    def move_on(self, session_id: str) -> InterviewView:
        """From a submitted answer to the next question or the end; harmless in any other phase."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            if row.state.phase is Phase.SUBMITTED:
                state = take_step(tx, row, MovedOn(), now)
                question = QuestionRepo(tx).find(session_id, state.question_index)
                if state.phase is Phase.ASKING and question is not None:
                    QuestionRepo(tx).mark_asked(question.id, now)
        return self.load(session_id)

    def come_back(self, session_id: str, last_seen: datetime | None) -> InterviewView:
        """A page opened the interview afresh: finish what was under way, pause the clock of an open question.

        Args:
            session_id: The interview.
            last_seen: Last sign of the page before, UTC.
        """
        self._answers.close_idle_rooms()
        view = self.move_on(session_id)
        if not self._answers.has_room(session_id):
            # The process that watched is gone; what it left open ended, as far as anyone saw, with its last sign.
            with self._database.transaction() as tx:
                FlagRepo(tx).close_all(session_id, last_seen or view.state.updated_at)
        if view.state.phase not in CLOCKED:
            return view
        return self.apply(session_id, Returned(last_seen or view.state.updated_at))

    def tick(self, session_id: str) -> InterviewView:
        """Let time pass; called about once a second by the live page."""
        view = self._prepare_attempt(self.load(session_id))
        if view.state.phase is Phase.SUBMITTED:  # committed, but the database refused the step after it
            return self.move_on(session_id)
        deadline = view.state.deadline
        if deadline is None or (self._clock.now() - deadline).total_seconds() < TIME_UP_GRACE_S:
            return view
        clip = view.plan.answer_mode is AnswerMode.CLIP and view.state.phase is Phase.ANSWERING
        if view.state.phase in (Phase.ANSWERING, Phase.REVIEWING) and not clip:
            draft = self._answers.draft(view.attempt.id) if view.attempt else None
            text, edited = (draft.text, draft.edited) if draft else ("", False)
            return self.submit(session_id, view.question_key, text, edited=edited, ending=AnswerEnding.TIME_UP)
        return self.apply(session_id, TimeUp())

    def change_mode(self, session_id: str, mode: AnswerMode) -> InterviewView:
        """Go on another rung of the ladder; the camera is let go of with the live connection."""
        with self._database.transaction() as tx:
            row = InterviewRepo(tx).get(session_id)
            detail = {"from": row.plan.answer_mode.value, "to": mode.value}
            InterviewRepo(tx).save_plan(session_id, replace(row.plan, answer_mode=mode, watch_camera=False))
            LogRepo(tx).add(session_id, "answer_mode_changed", detail, self._clock.now())
        return self.load(session_id)

    def save_draft(
        self, session_id: str, question_key: str, text: str, *, edited: bool, captions_seen: int = 0
    ) -> None:
        """Keep the answer box as it stands; a draft of another attempt is ignored."""
        view = self.load(session_id)
        if view.question_key != question_key or view.state.phase in OVER:
            return
        view = self._prepare_attempt(view, force=True)
        if view.attempt is not None:
            self._answers.save_draft(view.attempt.id, text[:MAX_ANSWER_CHARS], edited, captions_seen)

    def begin_answer(self, session_id: str, question_key: str) -> InterviewView:
        """Open the answer and, on the live path, its recording."""
        return self.apply(session_id, AnswerStarted(), question_key)

    def note(self, session_id: str, kind: str, detail: dict[str, object]) -> None:
        """Add a line to the interview's log."""
        with self._database.transaction() as tx:
            LogRepo(tx).add(session_id, kind, detail, self._clock.now())

    def _prepare_attempt(self, view: InterviewView, *, force: bool = False) -> InterviewView:
        """Make the attempt's row as soon as an answer can exist, before anything is recorded into it."""
        wanted = force or view.state.phase in (Phase.ANSWERING, Phase.REVIEWING)
        if view.question is None or not wanted or view.attempt is not None:
            return view
        with self._database.transaction() as tx:
            attempt = AttemptRepo(tx).get_or_add(view.question.id, view.state.attempt, self._clock.now())
        return replace(view, attempt=attempt)


def _left_answering(before: FlowState, after: FlowState) -> bool:
    changed = (before.phase, before.attempt, before.question_index) != (
        after.phase,
        after.attempt,
        after.question_index,
    )
    return before.phase is Phase.ANSWERING and changed
