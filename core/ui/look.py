"""What the theme cannot say: widths, spacing, and hiding chrome that means nothing to a candidate."""

import streamlit as st

_CSS = """
<style>
.stMainBlockContainer { max-width: 76rem; padding: 1.5rem 1.5rem 3rem; }
header[data-testid="stHeader"] { background: transparent; height: 0; min-height: 0; }
.stMainBlockContainer h1 { font-size: 1.75rem; letter-spacing: -0.01em; padding-top: 0; }
.stMainBlockContainer h2, .stMainBlockContainer h3 { font-size: 1.2rem; }
.st-key-narrow { max-width: 44rem; margin-inline: auto; }
.st-key-signin { max-width: 26rem; margin-inline: auto; padding-top: 12vh; }
.st-key-question [data-testid='stText'] { font-size: 1.2rem; font-weight: 600; line-height: 1.45; }
.st-key-person [data-testid='stText'] { font-size: 1.6rem; font-weight: 700; }
.stButton button, .stFormSubmitButton button, .stDownloadButton button { min-height: 44px; }
[data-testid="stMetricValue"], [data-testid="stDataFrame"] { font-variant-numeric: tabular-nums; }
[class*="st-key-points_"] { padding-left: 1.5rem; }
[class*="st-key-points_"] li { font-size: 0.875rem; padding: 0; margin-left: 0; }
.readings { display: grid; grid-template-columns: 7rem 1fr; gap: 4px 12px; font-variant-numeric: tabular-nums; }
.readings { margin: 0 !important; padding: 0 !important; }
.readings dt { opacity: 0.72; }
.readings dt, .readings dd { margin: 0 !important; padding: 0; }
.readings .unmeasured { opacity: 0.72; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 0.75rem 0.75rem 2rem; }
  /* Self-view and clock come first where the columns stack, so that both stay in sight while answering. */
  .st-key-room > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] { flex-direction: column-reverse; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
</style>
"""


def apply() -> None:
    """Put the house style on the page; call once a run, first."""
    st.html(_CSS)


def hide(key: str) -> None:
    """Take a keyed container out of sight while what is in it goes on running."""
    st.html(f"<style>.st-key-{key} {{ position: absolute; left: -200vw; height: 1px; overflow: hidden; }}</style>")


def steps(current: int) -> None:
    """Where the candidate is on the way, as a row of words.

    Args:
        current: 0 details, 1 consent, 2 devices, 3 interview, 4 done.
    """
    names = ("Your details", "What is recorded", "Devices", "Interview", "Done")
    marked = [f":primary[**{n}**]" if i == current else f":gray[{n}]" for i, n in enumerate(names)]
    st.markdown(" :gray[→] ".join(marked))
