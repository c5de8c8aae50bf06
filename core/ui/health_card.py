"""When the monitor of an interview saw: the reviewer's strip, and a line for the candidate."""

import pandas as pd
import streamlit as st

from core.domain.health import HealthReport
from core.ui.desk import local, zone
from core.ui.health_lines import SOURCE_NAMES, UNRECORDED, lanes_html, lasting, own_line, reason, sentence

_CSS = """
<style>
.lanes {
  display: grid; grid-template-columns: max-content 1fr max-content; gap: 4px 12px; align-items: center;
  font-size: .875rem; font-variant-numeric: tabular-nums;
}
.lanes .n { text-align: right; white-space: nowrap; }
.lanes .lane {
  position: relative; height: 12px; border-radius: 4px; overflow: hidden;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent);
  background: repeating-linear-gradient(
    135deg, transparent 0 3px, color-mix(in srgb, currentColor 28%, transparent) 3px 5px);
}
.lanes .lane i { position: absolute; top: 0; bottom: 0; background: #1d8091; }
</style>
"""


def render(health: HealthReport) -> None:
    """The strip: one lane a source, what each saw in words, and a table of every span that was not seen."""
    with st.container(border=True, key="health"):
        st.markdown("**When the monitor saw**")
        if not health.open_s:
            st.caption("No question has been open yet, so there was nothing to monitor.")
            return
        if not health.recorded:
            st.info(UNRECORDED)
            return
        st.html(_CSS + lanes_html(health))
        st.caption(
            f"The {lasting(health.open_s)} a question was open, pauses left out. Hatched: not seen, which is unknown, "
            f"not clean. Times in {zone().key}."
        )
        for source in health.sources:
            st.text(sentence(health, source, lambda at: local(at)[11:]))
        _gaps(health)


def own(health: HealthReport) -> None:
    """The candidate's line; nothing before the first question."""
    if line := own_line(health):
        st.caption(line)


def _gaps(health: HealthReport) -> None:
    found = sorted(
        ((span, source.source) for source in health.sources for span in source.blind), key=lambda row: row[0].started_at
    )
    if not found:
        return
    with st.expander(f"Every span that was not seen ({len(found)})", icon=":material/visibility_off:"):
        st.dataframe(
            pd.DataFrame(
                {
                    "From": [local(span.started_at) for span, _ in found],
                    "To": [local(span.ended_at) for span, _ in found],
                    "Lasted": [lasting(span.seconds) for span, _ in found],
                    "What": [SOURCE_NAMES[source] for _, source in found],
                    "Probably because": [reason(health, source, span) for span, source in found],
                }
            ),
            hide_index=True,
        )
