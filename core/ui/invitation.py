"""The form that makes an invitation: questions, times, the monitor's policy, and what was arranged."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import streamlit as st

from core.bootstrap import House
from core.domain.flag_words import FLAG_TITLES
from core.domain.interview import InterviewPlan
from core.domain.watch import FlagKind
from core.proctoring.policy import policy_of
from core.questions.subjects import SUBJECTS
from core.ui.cards import address
from core.ui.desk import zone
from core.ui.policy_words import policy_line

WINDOW_WORDS = {1.0: "As long as usual", 1.5: "Half as long again", 2.0: "Twice as long"}
_LINK = "invite_link"


def invitation_form(house: House) -> None:
    """Create an interview for somebody and show its link once."""
    defaults = house.registration.plan_from_settings("")
    names = [policy.name for policy in house.policies.list() if not policy.trouble]
    with st.form("invitation", border=False):
        subject = st.selectbox("Subject", SUBJECTS)
        cells = st.columns(4)
        count = cells[0].number_input("Questions", 1, 30, defaults.question_count)
        think = cells[1].number_input("Seconds to think", 0, 600, int(defaults.think_s))
        answer = cells[2].number_input("Seconds to answer", 5, 1800, int(defaults.answer_s))
        retries = cells[3].number_input("Retries", 0, 5, defaults.retries)
        usual = policy_of(defaults).name
        policy = st.selectbox(
            "Policy of the monitor",
            names,
            index=names.index(usual) if usual in names else 0,
            help="How much each kind of flag matters, and what follows from leaving the page. The invitation keeps "
            "the policy as it is now; later changes do not touch it.",
        )
        rules_off, factor = _accommodations()
        last: date | None = st.date_input("Last date (optional)", value=None, min_value="today")
        if st.form_submit_button("Create invitation", type="primary", icon=":material/add_link:"):
            plan = replace(
                house.registration.plan_from_settings(subject, policy),
                question_count=int(count),
                think_s=float(think),
                answer_s=float(answer),
                retries=int(retries),
                rules_off=tuple(kind.value for kind in rules_off),
                window_factor=factor,
            )
            deadline = datetime.combine(last, time(23, 59, 59), zone()).astimezone(UTC) if last else None
            st.session_state[_LINK] = (house.registration.create_invite(plan, deadline), plan)
    _link(house)


def _accommodations() -> tuple[list[FlagKind], float]:
    """Kinds of flag that are not raised, and how much longer everything else must last."""
    with st.expander("Accommodations of the monitor", icon=":material/accessibility_new:"):
        st.caption("For a candidate who moves, looks or works otherwise. The candidate and the reviewer are told.")
        rules_off = st.multiselect(
            "Not noted",
            sorted(FlagKind, key=lambda kind: FLAG_TITLES[kind]),
            format_func=lambda kind: FLAG_TITLES[kind],
            placeholder="Everything is noted",
            help="Who may leave the page is not warned, loses no time and is never ended for it.",
        )
        factor = st.selectbox(
            "What the rest must last before it is noted", list(WINDOW_WORDS), format_func=lambda f: WINDOW_WORDS[f]
        )
    return rules_off, float(factor)


def _link(house: House) -> None:
    made: tuple[str, InterviewPlan] | None = st.session_state.get(_LINK)
    if made is None:
        return
    token, plan = made
    st.success("Copy the link now and send it to the candidate. It works once and is not shown again.")
    st.code(f"{address(house)}/?invite={token}", language=None, wrap_lines=True)
    st.caption(policy_line(plan))
