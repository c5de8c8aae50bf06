"""Drawing again at once, after something has happened."""

import streamlit as st
from streamlit.errors import StreamlitAPIException


def at_once() -> None:
    """Run the fragment again, or the page where the fragment is drawn as a part of it.

    What the browser reports is often taken in a run of the whole page (pressing Start alone asks for five), and
    there Streamlit refuses to rerun a fragment.
    """
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun(scope="app")
