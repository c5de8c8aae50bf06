"""The recruiter's parts: the list, and one interview read side by side."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from core.bootstrap import House
from core.domain.integrity import IntegrityReport
from core.domain.page_events import LEAVING_THE_PAGE, PageEventKind
from core.services.interview_file import InterviewFile, QuestionFile
from core.ui import delivery_card, health_lines, integrity_card
from core.ui.cards import ENDING_WORDS, answer_text, clock_text, figures_row, player
from core.ui.sound_log import sound_lines
from core.ui.transcripts import transcript

PAGE_SIZE = 50
PHASE_WORDS = {
    "registered": "Registered",
    "consented": "Consent given",
    "checked": "Devices checked",
    "paused": "Paused",
    "completed": "Completed",
    "expired": "Expired",
    "terminated": "Ended",
}
PAGE_WORDS = {k.value: k.value.replace("_", " ").capitalize() for k in PageEventKind}


def zone() -> ZoneInfo:
    """The viewer's time zone."""
    return ZoneInfo(st.context.timezone or "UTC")


def local(at: datetime | None) -> str:
    """A time in the viewer's zone; empty for None."""
    return at.astimezone(zone()).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def interview_list(house: House) -> str | None:
    """Search and table; returns the session picked."""
    text = st.text_input(
        "Search", key="q", bind="query-params", placeholder="Name, e-mail, subject or number", icon=":material/search:"
    )
    _, total = house.desk.search(text, 1, 0)
    pages = max(1, -(-total // PAGE_SIZE))
    page = st.pagination(pages, key="page") if pages > 1 else 1
    rows, _ = house.desk.search(text, PAGE_SIZE, (int(page or 1) - 1) * PAGE_SIZE)
    if not rows:
        st.info("No interview matches this search." if text else "No interview yet. Create an invitation to begin.")
        return None
    frame = pd.DataFrame(
        {
            "Name": [r.candidate.name for r in rows],
            "Subject": [r.candidate.subject for r in rows],
            "State": [PHASE_WORDS.get(r.phase, "In progress") + (", review due" if r.review_due else "") for r in rows],
            "Answered": [f"{r.answered} of {r.questions}" for r in rows],
            "Flags": [r.flags for r in rows],
            "Registered": [local(r.candidate.created_at) for r in rows],
            "E-mail": [r.candidate.email for r in rows],
            "Number": [r.candidate.session_id for r in rows],
        }
    )
    st.caption(f"{total} interviews, newest first. Times in {zone().key}. Choose a row to open it.")
    picked = st.dataframe(frame, hide_index=True, on_select="rerun", selection_mode="single-row", key="list")
    chosen = picked.selection.rows
    return rows[chosen[0]].candidate.session_id if chosen else None


def system_warnings(house: House) -> None:
    """What went wrong in the house and was put right."""
    speech = house.engines.notes() if house.engines else []
    policy = filter(None, [house.policies.choose().trouble])
    for text in dict.fromkeys([*house.warnings, *house.database.warnings, *house.voice.warnings, *speech, *policy]):
        st.warning(text, icon=":material/warning:")


def figures(file: InterviewFile, report: IntegrityReport) -> None:
    """The row of figures on top of a review."""
    events = Counter(entry.kind for entry in file.logs)
    answered = sum(1 for q in file.questions if (q.question.answer or "").strip())
    figures_row(
        {
            "State": PHASE_WORDS.get(file.interview.state.phase, "In progress"),
            "Answered": f"{answered} of {len(file.questions)}",
            "Recorded": clock_text(sum(a.recorded_s for q in file.questions for a in q.attempts[-1:])),
            "Flags": str(len(file.flags)),
            "Integrity": integrity_card.figure(report),
            "Monitored": health_lines.figure(file.health),
            "Left the page": str(sum(events[k.value] for k in LEAVING_THE_PAGE)),
        }
    )
    granted = {c.kind: c.granted for c in file.consents}
    lines = [f"{kind}: {'agreed' if given else 'declined'}" for kind, given in granted.items()]
    st.caption(
        f"Consent: {'; '.join(lines) or 'not asked yet'}. Answers: {file.interview.plan.answer_mode.value}. "
        f"Camera watching: {'on' if file.interview.plan.watch_camera else 'off, so nothing was seen'}. "
        f"Extra time: {'yes' if file.interview.plan.time_factor > 1 else 'no'}. "
        f"Questions from: {file.interview.question_source or 'not drawn yet'}."
    )


def question(house: House, entry: QuestionFile) -> None:
    """One question: answer and transcript beside the sound, attempts and times."""
    q = entry.question
    with st.container(border=True):
        st.caption(f"Question {q.position + 1} · {q.subject} · {ENDING_WORDS.get(q.ending or '', 'Not answered')}")
        st.text(q.question)
        left, right = st.columns([3, 2])
        with left:
            st.markdown("**Answer**" + (" (edited by the candidate)" if q.edited and q.answer else ""))
            st.text(answer_text(entry))
        with right:
            for item in reversed(entry.attempts):
                latest = item is entry.attempts[-1]
                title = f"Attempt {item.attempt.number}" + ("" if latest else ", replaced by a retry")
                st.markdown(f"**{title}** · {clock_text(item.recorded_s)} recorded")
                sound = house.desk.sound(item.attempt.id) if item.recordings else None
                if sound:
                    player(sound, f"Recording of {title.lower()}")
                elif item.recordings:
                    st.warning("The recording is missing from the store.")
                transcript(item)
        delivery_card.render(house, entry)
        begun = local(entry.attempts[0].attempt.started_at) if entry.attempts else "-"
        st.caption(f"Asked {local(q.asked_at) or '-'}; answer begun {begun}; saved {local(q.submitted_at) or '-'}")


def page_events(file: InterviewFile) -> None:
    """What the page reported and what was wrong with the sound, in order."""
    rows = [(e.created_at, PAGE_WORDS[e.kind], e.detail.get("length")) for e in file.logs if e.kind in PAGE_WORDS]
    rows += [(line.at, line.words, None) for line in sound_lines(file)]
    if not rows:
        none = "The page reported nothing, and nothing was wrong with the sound."
        st.caption(none if file.questions else "The interview has not started yet.")
        return
    rows.sort(key=lambda row: row[0])
    st.dataframe(
        pd.DataFrame(
            {
                "Time": [local(at) for at, _, _ in rows],
                "Event": [words for _, words, _ in rows],
                "Characters": pd.array([length for _, _, length in rows], dtype="Int64"),
            }
        ),
        hide_index=True,
        placeholder="",
        column_config={
            name: st.column_config.Column(width=px)
            for name, px in {"Time": 160, "Event": 430, "Characters": 90}.items()
        },
    )


def gallery(house: House, file: InterviewFile) -> None:
    """Snapshots, a page at a time."""
    if not file.snapshots:
        st.caption("No pictures were kept.")
        return
    size = 24
    pages = -(-len(file.snapshots) // size)
    page = st.pagination(pages, key="gallery_page") if pages > 1 else 1
    cells = st.columns(6)
    first = (int(page or 1) - 1) * size
    for n, shot in enumerate(file.snapshots[first : first + size]):
        data = house.desk.picture(shot.blob_key)
        faces = "faces unknown" if shot.faces is None else f"{shot.faces} face{'' if shot.faces == 1 else 's'}"
        with cells[n % 6]:
            if data:
                st.image(data, width="stretch", alt=f"{faces} at {local(shot.taken_at)}")
            st.caption(f"{local(shot.taken_at)[11:]} · {faces}" + ("" if data else " · picture missing"))


def history(file: InterviewFile) -> None:
    """The whole log."""
    st.dataframe(
        pd.DataFrame(
            {
                "Time": [local(r.created_at) for r in file.logs],
                "What": [r.kind for r in file.logs],
                "Detail": [", ".join(f"{k}: {v}" for k, v in r.detail.items()) for r in file.logs],
            }
        ),
        hide_index=True,
    )
