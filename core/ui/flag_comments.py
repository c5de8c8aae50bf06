"""What was noted of an interview, for its candidate, with room to say what happened."""

import streamlit as st

from core.bootstrap import House
from core.domain.errors import InterviewError
from core.domain.flag_words import FLAG_TITLES
from core.domain.review import Verdict
from core.services.flag_place import place_of
from core.services.interview_file import FlagFile, InterviewFile
from core.ui import errors, flag_card
from core.ui.desk import local, zone
from core.ui.flag_lines import lasted_text, place_text

PAGE_SIZE = 10
_SAVED = "comments:saved"


def render(house: House, file: InterviewFile) -> None:
    """Each flag with a box for the candidate's words."""
    st.subheader("What was noted")
    entries = file.flag_files()
    if not entries:
        st.caption("Nothing was noted while you answered.")
        return
    st.write(
        "A program noted these moments; that is no verdict, and the program makes none. People look at each one, and "
        "they read what you write here. You need not write anything."
    )
    if st.session_state.pop(_SAVED, False):
        st.toast("Saved. People read it beside what was noted.")
    pages = -(-len(entries) // PAGE_SIZE)
    page = min(int(st.pagination(pages, key="comments_page") or 1), pages) if pages > 1 else 1
    first = (page - 1) * PAGE_SIZE
    for entry in entries[first : first + PAGE_SIZE]:
        _one(house, file, entry)


def _one(house: House, file: InterviewFile, entry: FlagFile) -> None:
    flag = entry.flag
    with st.container(border=True, key=f"noted-{flag.id}"):
        st.markdown(f"**{FLAG_TITLES[flag.kind]}**")
        st.caption(
            f"{local(flag.started_at)} ({zone().key}) · {place_text(place_of(file, flag.started_at))} · "
            f"{lasted_text(flag.started_at, flag.ended_at)}"
        )
        st.text(flag.reason)
        flag_card.pictures(house, file, flag)
        if entry.verdict is Verdict.DISMISSED:
            st.markdown(":material/check_circle: Set aside by a person; it does not count.")
        key = f"comment-{flag.id}"
        said = entry.comment.text if entry.comment else ""
        # No max_chars: the browser would refuse a long paste without a word.
        text = st.text_area("What happened? (optional)", said, key=key, height=96)
        if entry.comment is not None:
            st.caption(f"Saved {local(entry.comment.at)}. You can change it, or empty the box to take it back.")
        if st.button("Save", key=f"{key}-save", icon=":material/save:"):
            _save(house, file, flag.id, text or "")


def _save(house: House, file: InterviewFile, flag_id: int, text: str) -> None:
    try:
        house.reviews.comment(file.interview.session_id, flag_id, text)
    except InterviewError as error:
        errors.show(error)
        return
    st.session_state[_SAVED] = True
    st.rerun()
