"""The integrity score with its arithmetic."""

import math

import streamlit as st

from core.domain.health import HealthReport
from core.domain.integrity import IntegrityBand, IntegrityReport


def figure(report: IntegrityReport) -> str:
    """The score for a row of figures: number and word."""
    return "No score" if report.score is None else f"{report.score:.1f} {report.band.value}"


def render(report: IntegrityReport) -> None:
    """The card above the flags."""
    with st.container(border=True, key="integrity"):
        if report.score is None:
            st.markdown(f"**Integrity: {IntegrityBand.NOT_ENOUGH.value}**")
        else:
            st.markdown(f"**Integrity: {report.score:.1f} of 100 · {report.band.value}**")
        st.text(report.words)
        st.caption(
            "Flags nobody dismissed count, by severity and by their share of the time monitored. The score says how "
            "much is to be looked at, not what happened: that is for you to say."
        )
        if report.lines:
            with st.expander("The arithmetic", icon=":material/calculate:"):
                for line in report.lines:
                    st.text(line.words)
                st.text(
                    report.words
                    if report.score is not None
                    else f"Together {sum(line.points for line in report.lines):.1f}, but no score: see above."
                )


def nothing_raised(report: IntegrityReport, health: HealthReport) -> str:
    """What no flag at all means: clean as far as seen, or unknown."""
    if not health.open_s:
        return "No flag was raised: no question has been open yet."
    if not any(source.expected and source.share for source in health.sources):
        return "Not monitored. No flag was raised, and none could have been: this is unknown, not clean."
    if report.score is None:
        return (
            f"No flag was raised, but all that was expected to see did so for {_percent(report)} of the "
            "time only. The rest is unknown, not clean."
        )
    return f"No flag was raised in the {_percent(report)} of the time that was monitored."


def _percent(report: IntegrityReport) -> str:
    """Rounded down: nothing short of all is 100 %."""
    return f"{math.floor(report.monitored_share * 100)} %"
