"""The question: read out, on screen, and what is left of the way."""

import streamlit as st

from core.bootstrap import House
from core.domain.events import QuestionSpoken
from core.domain.flow import Phase
from core.services.interview_view import InterviewView
from core.ui import lock, redraw
from core.ui.components.speaker import speaker
from core.ui.policy_words import leaving_for_candidate


def before_start(house: House, view: InterviewView) -> None:
    """What will happen, before the Start button is pressed."""
    house.voice.warm_up()  # the first question is drawn at the press, and should be heard soon after
    plan = view.plan
    with st.container(border=True):
        st.subheader("Ready when you are")
        st.markdown(
            f"- **{plan.question_count} questions** about {plan.subject}\n"
            f"- **{plan.think_s * plan.time_factor:.0f} seconds** to think; you may begin earlier\n"
            f"- **{plan.answer_s * plan.time_factor:.0f} seconds** to answer, "
            f"then {plan.review_s * plan.time_factor:.0f} seconds to read and correct it\n"
            f"- **{plan.retries}** retry for each question\n"
            f"- Lost connection? The clock stops, {plan.max_pauses} times and "
            f"{plan.max_pause_s / 60:.0f} minutes in all\n"
            f"- {leaving_for_candidate(plan)}"
        )
        st.caption("Press the button beside this when you are ready. The first question is read out at once.")
    lock.explain(view)


def draw(house: House, view: InterviewView) -> None:
    """The open question with its voice; reports to the flow when it was read out."""
    if view.question is None:
        return
    number, count = view.state.question_index + 1, view.plan.question_count
    st.progress((number - 1) / count, text=f"Question {number} of {count} · {view.question.subject}")
    with st.container(border=True, key="question"):
        st.text(view.question.question)
        asking = view.state.phase is Phase.ASKING
        # After a pause the question is read again: the key changes with the pauses.
        key = f"{view.session_id}:{view.state.question_index}:{view.state.pauses_used}"
        text, private = view.question.question, view.question.is_followup  # it may quote the candidate
        sound = house.voice.get(text, private=private)
        waiting = sound is None and house.voice.is_making(text, private=private)
        if view.next_question and not waiting:  # while this one is read, nobody speaks: captions need the machine later
            house.voice.prepare(view.next_question, private=view.next_is_followup)
        for spoken in speaker(
            "speaker",
            question_key=key,
            text=text,
            audio=sound.data if sound else None,
            mime=sound.mime if sound else "",
            autoplay=asking and not waiting,
            hush=view.state.phase is Phase.ANSWERING,
            private=private or house.voice.local_only,
        ):
            if asking and spoken.question_key == key:
                detail: dict[str, object] = {"question": view.state.question_index, "how": spoken.how}
                if sound:
                    detail |= {"engine": sound.engine, "degraded": sound.degraded, "reason": sound.reason}
                house.interviews.note(view.session_id, "question_spoken", detail)
                house.interviews.apply(view.session_id, QuestionSpoken(), view.question_key)
                redraw.at_once()
