"""Small read-only pieces of the pages. Candidate text goes through ``st.text`` or is escaped, never Markdown."""

import streamlit as st

from core.bootstrap import House
from core.domain.flow import Phase
from core.domain.interview import AnswerEnding
from core.media.encoding import FLAC_MIME
from core.services.interview_file import InterviewFile, QuestionFile
from core.services.interview_view import InterviewView
from core.services.registration import Admission
from core.settings import Settings
from core.ui import guards
from core.ui.guards import Visitor

ENDING_WORDS = {
    AnswerEnding.SUBMITTED.value: "Submitted",
    AnswerEnding.SKIPPED.value: "Skipped",
    AnswerEnding.TIME_UP.value: "Saved when time ran out",
}


def subject_note(admission: Admission | None) -> None:
    """Say so when free text was mapped to a subject of the list."""
    if admission is not None and not admission.subject_is_exact:
        st.info(f"The nearest subject we have questions for is {admission.subject}. Your interview will be about that.")


def resume_link(house: House, who: Visitor) -> None:
    """The link that brings the candidate back, with a way to replace it."""
    base = address(house)
    with st.container(border=True):
        st.markdown("**Your personal link.** It brings you back here on any device. Keep it to yourself.")
        st.code(f"{base}/interview?session={who.session_id}&token={who.token}", language=None, wrap_lines=True)
        st.caption(f"Interview number {who.session_id}")
        if st.button("Make a new link; the old one stops working", type="tertiary", icon=":material/autorenew:"):
            guards.admit(who.session_id, house.access.renew_token(who.session_id))
            st.rerun()


def address(house: House) -> str:
    """This installation as links name it: as set, else as the browser sees it; no slash at the end."""
    return house.settings.public_url or "/".join((st.context.url or "").split("/")[:3])


def player(sound: bytes, alt: str) -> None:
    """A recording to listen to."""
    st.audio(sound, format=FLAC_MIME, alt=alt)


def ending(view: InterviewView, settings: Settings) -> None:
    """Thanks, and what happens next."""
    titles = {
        Phase.COMPLETED: "Thank you, you are done",
        Phase.EXPIRED: "The last date of this interview is over",
        Phase.TERMINATED: "This interview was ended",
    }
    st.title(titles[view.state.phase])
    if view.state.phase is Phase.EXPIRED:
        st.write("What you answered until then is saved. Write to the people who invited you if you need more time.")
    elif view.state.phase is Phase.TERMINATED:
        st.write("What you answered until then is saved. A person looks at it; you can ask for that review.")
    contact = f" Questions: {settings.contact_email}." if settings.contact_email else ""
    st.write(
        f"Your answers are saved. People at {settings.company_name} read them and decide; no program does. "
        f"Recordings are kept for {settings.retention_days} days after the decision.{contact}"
    )


def summary(file: InterviewFile) -> None:
    """Counts and times; nothing here is a score."""
    answered = [q for q in file.questions if q.question.submitted_at and (q.question.answer or "").strip()]
    words = sum(len((q.question.answer or "").split()) for q in answered)
    spoken = sum(a.recorded_s for q in file.questions for a in q.attempts[-1:])
    figures_row(
        {
            "Questions answered": f"{len(answered)} of {len(file.questions)}",
            "Words": f"{words:,}",
            "Time recorded": clock_text(spoken),
            "Time in all": clock_text(_total_s(file)),
        }
    )


def figures_row(figures: dict[str, str]) -> None:
    """Figures side by side, wrapping where the page is narrow."""
    with st.container(horizontal=True, gap="medium"):
        for label, value in figures.items():
            st.metric(label, value, width="content")


def own_answers(house: House, file: InterviewFile) -> None:
    """The candidate's own transcript, with the sound where there is any."""
    if not file.questions:
        st.caption("No question was asked.")
    for entry in file.questions:
        with st.container(border=True):
            st.caption(f"Question {entry.question.position + 1}")
            st.text(entry.question.question)
            st.text(answer_text(entry))
            sound = house.desk.sound(entry.attempts[-1].attempt.id) if entry.attempts else None
            if sound:
                player(sound, f"Your answer to question {entry.question.position + 1}")


def answer_text(entry: QuestionFile) -> str:
    """The answer, or in words why there is none."""
    if entry.question.submitted_at is None:
        return draft_text(entry) or "(not reached)"
    return entry.question.answer or f"(no words: {ENDING_WORDS.get(entry.question.ending or '', 'empty').lower()})"


def draft_text(entry: QuestionFile) -> str:
    """What stood in the box of an answer that was never handed in; empty when nothing did."""
    latest = entry.attempts[-1].attempt if entry.attempts else None
    words = (latest.draft if latest.draft_edited else latest.transcript) if latest else ""
    return f"(not handed in; last saved:)\n{words}" if words else ""


def clock_text(seconds: float) -> str:
    """``m:ss``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _total_s(file: InterviewFile) -> float:
    started = next((q.question.asked_at for q in file.questions if q.question.asked_at), None)
    ended = file.interview.completed_at or max(
        (q.question.submitted_at or started for q in file.questions), default=None
    )  # type: ignore[type-var]
    return (ended - started).total_seconds() if started and ended else 0.0
