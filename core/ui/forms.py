"""The forms a candidate fills in before the interview."""

import streamlit as st

from core.bootstrap import House
from core.domain.errors import InvalidInput
from core.domain.interview import ConsentKind
from core.privacy import consent as consent_texts
from core.questions.subjects import SUBJECTS
from core.services.registration import Accommodations, Admission

_OTHER = "Something else"


def details(house: House, invite_token: str) -> Admission | None:
    """Name, e-mail and subject; each wrong field keeps what was typed and says what to change."""
    invite = house.registration.read_invite(invite_token) if invite_token else None
    if invite_token and invite is None:
        st.warning("This invitation has been used or its last date is over. Ask for a new link.")
    with st.form("details", border=True):
        name = st.text_input("Name", max_chars=200, autocomplete="name", placeholder="As you want to be addressed")
        email = st.text_input("E-mail", max_chars=254, autocomplete="email", placeholder="name@example.org")
        subject = invite.subject if invite else ""
        if invite:
            st.markdown(f"Subject: **{subject}**, chosen by the people who invited you.")
        else:
            choice = st.selectbox("Subject", [*SUBJECTS, _OTHER], index=None, placeholder="Choose a subject")
            own = st.text_input(
                "Another subject",
                max_chars=80,
                placeholder=f'Only if you chose "{_OTHER}", for example: PostgreSQL',
            )
            subject = own if choice == _OTHER or (choice is None and own) else (choice or "")
        sent = st.form_submit_button("Continue", type="primary", icon=":material/arrow_forward:")
    if not sent:
        return None
    try:
        return house.registration.register(name, email, subject, invite_token if invite else "")
    except InvalidInput as error:
        st.error(f"{error.message} {error.next_step}".strip(), icon=":material/edit:")
        return None


def consent(house: House, session_id: str) -> bool:
    """The disclosure and the items; True once the answers are stored."""
    settings = house.settings
    st.write(consent_texts.disclosure(settings.company_name, settings.retention_days))
    granted: dict[ConsentKind, bool] = {}
    with st.form("consent", border=True):
        for item in consent_texts.items(settings.company_name, settings.voice_goes_to):
            granted[item.kind] = st.checkbox(f"**{item.title}.** {item.text}", key=f"consent_{item.kind.value}")
            with st.container(key=f"points_{item.kind.value}"):
                st.markdown("\n".join(f"- {point}" for point in item.points))
            st.caption(f"If you leave this empty: {item.when_declined}")
        wishes = _accommodations() if settings.accommodations_by_candidate else Accommodations()
        sent = st.form_submit_button("Save and continue", type="primary", icon=":material/arrow_forward:")
    st.caption("Nothing here decides about you. You can leave every box empty and still take the whole interview.")
    if not sent:
        return False
    house.registration.record_consent(session_id, granted, wishes)
    return True


def _accommodations() -> Accommodations:
    with st.expander("I would like to take it differently"):
        st.caption("Choose what you need; you do not have to say why. Your choice is noted with the interview.")
        return Accommodations(
            extra_time=st.checkbox("Half as much time again for each question"),
            typed_answers=st.checkbox("Answer by typing instead of speaking"),
            no_camera_analysis=st.checkbox("No camera analysis"),
            wider_limits=st.checkbox(
                "I often look away from the screen or move. Do not note where I look, and allow twice as long before "
                "anything else is noted"
            ),
        )
