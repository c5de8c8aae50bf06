"""The flags of one interview as a reviewer works through them."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.bootstrap import House
from core.domain.flag_words import FLAG_TITLES
from core.domain.integrity import IntegrityReport
from core.domain.review import Verdict
from core.services.interview_file import FlagFile, InterviewFile
from core.ui import flag_card, integrity_card
from core.ui.flag_lines import SEVERITY_SHAPES, SEVERITY_WORDS, VERDICT_WORDS

PAGE_SIZE = 10
_REVIEWER = "flags:reviewer"


def render(house: House, file: InterviewFile, report: IntegrityReport) -> None:
    """Score, filters, and a page of cards."""
    _tell(report)
    integrity_card.render(report)
    if not file.interview.plan.watch_camera and file.snapshots:
        st.info("The camera was watched until the candidate went on in another way; see the history.")
    entries = file.flag_files()
    if not entries:
        st.info(integrity_card.nothing_raised(report, file.health))
        return
    reviewer = st.text_input(
        "Your name, kept with each decision",
        key=_REVIEWER,
        persist_state="session",
        autocomplete="name",
        width=420,
    )
    chosen = _filtered(entries)
    if not chosen:
        st.info("No flag matches this choice.")
        return
    pages = -(-len(chosen) // PAGE_SIZE)
    page = min(int(st.pagination(pages, key="flag_page") or 1), pages) if pages > 1 else 1
    first = (page - 1) * PAGE_SIZE
    st.caption(f"{first + 1} to {min(first + PAGE_SIZE, len(chosen))} of {len(chosen)}, in order of time.")
    for entry in chosen[first : first + PAGE_SIZE]:
        flag_card.card(house, file, entry, reviewer or "")


def _tell(report: IntegrityReport) -> None:
    """Say what the last decision did to the score."""
    verdict: Verdict | None = st.session_state.pop(flag_card.DONE, None)
    if verdict is not None:
        done = "Taken back" if verdict is Verdict.OPEN else VERDICT_WORDS[verdict]
        st.toast(f"{done}. Integrity: {integrity_card.figure(report)}.")


def _filtered(entries: Sequence[FlagFile]) -> list[FlagFile]:
    """Three filters side by side; each that is left empty lets everything through."""
    verdicts, severities = Counter(e.verdict for e in entries), Counter(e.flag.severity for e in entries)
    kinds = Counter(e.flag.kind for e in entries)
    with st.container(horizontal=True, gap="medium"):
        states = st.pills(
            "State",
            list(VERDICT_WORDS),
            selection_mode="multi",
            format_func=lambda v: f"{VERDICT_WORDS[v]} ({verdicts[v]})",
            key="flag_states",
            wrap=True,
        )
        grave = st.pills(
            "Severity",
            [s for s in SEVERITY_WORDS if severities[s]],
            selection_mode="multi",
            format_func=lambda s: f"{SEVERITY_SHAPES[s]} {SEVERITY_WORDS[s]} ({severities[s]})",
            key="flag_severities",
            wrap=True,
        )
        wanted = st.multiselect(
            "Kind",
            sorted(kinds, key=lambda k: FLAG_TITLES[k]),
            format_func=lambda k: f"{FLAG_TITLES[k]} ({kinds[k]})",
            placeholder="All kinds",
            key="flag_kinds",
            width=320,
        )
    return [
        e
        for e in entries
        if (not states or e.verdict in states)
        and (not grave or e.flag.severity in grave)
        and (not wanted or e.flag.kind in wanted)
    ]
