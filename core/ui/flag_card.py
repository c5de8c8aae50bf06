"""One flag as a reviewer reads it: the claim, its evidence, what the candidate says, and the decision."""

import streamlit as st

from core.bootstrap import House
from core.domain.errors import InterviewError
from core.domain.flag_words import FLAG_NOTES, FLAG_TITLES
from core.domain.review import FlagReview, Verdict
from core.services.flag_place import place_of
from core.services.interview_file import FlagFile, InterviewFile
from core.storage.records import FlagRow
from core.ui import errors
from core.ui.cards import player
from core.ui.desk import local, zone
from core.ui.flag_lines import VERDICT_WORDS, lasted_text, place_text, severity_text, strength_text

DONE = "flags:done"
"""Session key: the decision just made, told once the page is drawn anew."""
_PICTURE_PX = 152
"""Two abreast on a phone of 390 px."""


def card(house: House, file: InterviewFile, entry: FlagFile, reviewer: str) -> None:
    """Draw one flag with all there is to judge it by."""
    flag = entry.flag
    with st.container(border=True, key=f"flag-{flag.id}"):
        state = VERDICT_WORDS[entry.verdict]
        st.markdown(f"{severity_text(flag.severity)} · **{FLAG_TITLES[flag.kind]}** · {state}")
        st.caption(
            f"{local(flag.started_at)} ({zone().key}) · {place_text(place_of(file, flag.started_at))} · "
            f"{lasted_text(flag.started_at, flag.ended_at)} · {strength_text(flag)}"
        )
        st.text(flag.reason)
        st.caption(FLAG_NOTES[flag.kind])
        pictures(house, file, flag)
        if flag.health:
            told = "; ".join(f"{name}: {value}" for name, value in flag.health.items())
            st.caption(f"The monitor meanwhile: {told}")
        _sound(house, file, flag)
        if entry.comment is not None:
            st.markdown(f"**The candidate says** · {local(entry.comment.at)}")
            st.text(entry.comment.text)
        for review in entry.reviews:
            _decision(review)
        _buttons(house, entry, reviewer)


def pictures(house: House, file: InterviewFile, flag: FlagRow) -> None:
    """The snapshots that show it, side by side; missing ones are counted."""
    wanted = dict.fromkeys([*([flag.snapshot_id] if flag.snapshot_id else []), *flag.evidence])
    shots = [shot for shot in file.snapshots if shot.id in wanted]
    found = [(shot, data) for shot in shots if (data := house.desk.picture(shot.blob_key))]
    if found:
        with st.container(horizontal=True, gap="small"):
            for shot, data in found:
                at = local(shot.taken_at)
                st.image(data, caption=at[11:], width=_PICTURE_PX, alt=f"Picture taken at {at}")
    if missing := len(wanted) - len(found):
        st.caption(f"{missing} picture{'' if missing == 1 else 's'} no longer in the store.")


def _sound(house: House, file: InterviewFile, flag: FlagRow) -> None:
    if not house.desk.is_heard(file, flag):
        return
    # Cut only when asked for: a page of ten would otherwise decode ten recordings each time it is drawn.
    if not st.toggle("Sound of this stretch", key=f"flag-sound-{flag.id}"):
        return
    clip = house.desk.flag_sound(file, flag)
    if clip is None:
        st.caption("The recording of this stretch cannot be read.")
        return
    player(clip.flac, f"Sound from {local(clip.started_at)}, {clip.seconds:.0f} s")
    partly = "" if clip.is_whole else " The rest of the flag was not recorded, or is left out here."
    st.caption(f"From {local(clip.started_at)[11:]}, {clip.seconds:.0f} s.{partly}")


def _decision(review: FlagReview) -> None:
    words = "Taken back" if review.verdict is Verdict.OPEN else VERDICT_WORDS[review.verdict]
    st.text(f"{words} by {review.reviewer}, {local(review.at)}{': ' if review.note else ''}{review.note}")


def _buttons(house: House, entry: FlagFile, reviewer: str) -> None:
    flag_id = entry.flag.id
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if entry.verdict is not Verdict.OPEN:
            if st.button("Undo", key=f"flag-undo-{flag_id}", icon=":material/undo:"):
                _decide(house, flag_id, Verdict.OPEN, "", reviewer)
            return
        # A new key after each decision, so that the next note begins empty.
        note = st.text_input("Note (optional)", key=f"flag-note-{flag_id}-{len(entry.reviews)}", width=420) or ""
        if st.button("Confirm", key=f"flag-confirm-{flag_id}", icon=":material/check:"):
            _decide(house, flag_id, Verdict.CONFIRMED, note, reviewer)
        if st.button("Dismiss", key=f"flag-dismiss-{flag_id}", icon=":material/do_not_disturb_on:"):
            _decide(house, flag_id, Verdict.DISMISSED, note, reviewer)


def _decide(house: House, flag_id: int, verdict: Verdict, note: str, reviewer: str) -> None:
    try:
        house.reviews.decide(flag_id, verdict, note, reviewer)
    except InterviewError as error:
        errors.show(error)
        return
    st.session_state[DONE] = verdict
    st.rerun()
