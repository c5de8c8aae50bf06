"""The page of policies: read one in words, edit it as JSON, and go back to an earlier version."""

import pandas as pd
import streamlit as st

from core.bootstrap import House
from core.domain.errors import InterviewError
from core.domain.flag_words import FLAG_NOTES, FLAG_TITLES
from core.domain.watch import FlagKind
from core.proctoring.policy import monitor_policy
from core.proctoring.policy_file import PolicyFile, policy_schema
from core.services.policies import StoredPolicy, policy_text
from core.ui import errors
from core.ui.desk import local
from core.ui.flag_lines import SEVERITY_SHAPES, SEVERITY_WORDS
from core.ui.policy_words import STAKES_WORDS, leaving_text, lock_text

_CHOSEN, _TOLD = "policies:chosen", "policies:told"
MAX_VERSIONS = 10


def chosen(house: House) -> StoredPolicy:
    """Let the reader choose a policy; what was done to one before is told."""
    if told := st.session_state.pop(_TOLD, ""):
        st.toast(told)
    names = [policy.name for policy in house.policies.list()]
    wanted = st.session_state.get(_CHOSEN)
    usual = house.policies.choose()
    if usual.trouble:
        st.warning(usual.trouble, icon=":material/warning:")
    start = wanted if wanted in names else usual.name
    name = st.selectbox(
        "Policy",
        names,
        index=names.index(start),
        format_func=lambda n: n + (" (default)" if n == usual.name else ""),
    )
    st.session_state[_CHOSEN] = name
    return house.policies.get(name)


def summary(house: House, policy: StoredPolicy) -> None:
    """What a policy says, in words and as a table, the gravest kinds first."""
    if policy.file is None:
        st.error(f"{policy.trouble} Restore an earlier version below, or save a new one.")
        return
    found = monitor_policy(policy.file, house.settings.page_warnings)
    with st.container(border=True):
        where = "Comes with the program" if policy.built_in else f"Saved {local(policy.saved_at)}"
        st.markdown(f"**{STAKES_WORDS[found.stakes]}**")
        st.markdown(f"- {leaving_text(found.leave)}\n- {lock_text(found)}\n- No flag decides anything: a person does.")
        st.caption(f"{where}. Interviews and invitations made before a change keep what they were made with.")
    order = {severity: n for n, severity in enumerate(SEVERITY_WORDS)}
    kinds = sorted(FlagKind, key=lambda kind: (order[found.severity_of(kind)], FLAG_TITLES[kind]))
    grave = [found.severity_of(kind) for kind in kinds]
    st.dataframe(
        pd.DataFrame(
            {
                "Flag": [FLAG_TITLES[kind] for kind in kinds],
                "Severity": [f"{SEVERITY_SHAPES[s]} {SEVERITY_WORDS[s]}" for s in grave],
                "In the file": [kind.value for kind in kinds],
                "What it says": [FLAG_NOTES[kind] for kind in kinds],
            }
        ),
        hide_index=True,
        column_config={"Flag": st.column_config.Column(width=190), "Severity": st.column_config.Column(width=90)},
    )


def editor(house: House, policy: StoredPolicy) -> None:
    """The policy as JSON, to be saved as a new version; a built-in one as a copy under another name."""
    st.subheader("Edit")
    st.caption(
        "A policy with a new name becomes a policy of its own; with the name of one of yours, its next version. The "
        "schema lists every field; editors that know JSON schemas check the file while you type."
    )
    latest = next(iter(house.policies.versions(policy.name)), None)
    with st.form(f"policy-{policy.name}-{latest.id if latest else 0}", border=False):
        text = st.text_area("Policy as JSON", _draft(policy), height=420)
        if st.form_submit_button("Save", type="primary", icon=":material/save:"):
            _save(house, text or "")
    with st.container(horizontal=True):
        if policy.file is not None:
            st.download_button(
                "Download this policy",
                policy_text(policy.file),
                file_name=f"{policy.name}.json",
                mime="application/json",
                icon=":material/download:",
            )
        st.download_button(
            "Download the schema",
            policy_schema(),
            file_name="policy.schema.json",
            mime="application/schema+json",
            icon=":material/data_object:",
        )
    with st.expander("Load a policy from a file", icon=":material/upload_file:"):
        # No type filter: a wrong file is answered with what is wrong about it.
        file = st.file_uploader("JSON file")
        if file is not None and st.button("Save this file", icon=":material/save:"):
            _save(house, file.getvalue())


def history(house: House, policy: StoredPolicy) -> None:
    """Earlier versions of an own policy, each to go back to, and the way to remove it."""
    versions = house.policies.versions(policy.name)
    if not versions:
        return
    st.subheader("Versions")
    for version in versions[:MAX_VERSIONS]:
        with st.expander(f"{local(version.saved_at)}{' · in use' if version.current else ''}"):
            if version.removed:
                st.caption("The policy was removed.")
                continue
            st.code(version.text, language="json", wrap_lines=True)
            if not version.current and st.button("Use this version again", key=f"restore-{version.id}"):
                _restore(house, policy.name, version.id)
    if len(versions) > MAX_VERSIONS:
        st.caption(f"{len(versions) - MAX_VERSIONS} older versions are kept and not shown.")
    with st.container(horizontal=True):
        before = next((v for v in versions[1:] if not v.removed), None)
        if before is not None and st.button("Undo the last change", icon=":material/undo:"):
            _restore(house, policy.name, before.id)
        if st.button("Remove this policy", type="tertiary", icon=":material/delete:"):
            with errors.shown():
                house.policies.remove(policy.name)
                _tell(f'"{policy.name}" was removed. You can bring it back below.')


def removed(house: House) -> None:
    """Policies that were removed, each with the way back."""
    for name in house.policies.removed():
        last = next((version for version in house.policies.versions(name) if not version.removed), None)
        if last is not None and st.button(f"Bring back {name}", key=f"back-{name}", icon=":material/undo:"):
            _restore(house, name, last.id)


def _draft(policy: StoredPolicy) -> str:
    """What the editor begins with; a copy of a built-in policy has a name that can be saved."""
    if policy.file is None:
        return ""
    file: PolicyFile = policy.file
    if policy.built_in:
        file = file.model_copy(update={"name": f"Our {policy.name}"})
    return policy_text(file)


def _save(house: House, data: str | bytes) -> None:
    try:
        saved = house.policies.save(data)
    except InterviewError as error:
        errors.show(error)
        return
    st.session_state[_CHOSEN] = saved.name
    _tell(f'"{saved.name}" is saved. New interviews can be held by it.')


def _restore(house: House, name: str, version_id: int) -> None:
    try:
        house.policies.restore(name, version_id)
    except InterviewError as error:
        errors.show(error)
        return
    st.session_state[_CHOSEN] = name
    _tell(f'"{name}" is as it was before. This can be undone as well.')


def _tell(words: str) -> None:
    st.session_state[_TOLD] = words
    st.rerun()
