"""The shared services, with Streamlit's secrets folded into the settings."""

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.pages_manager import PagesManager

from core.bootstrap import House, shared
from core.settings import load_settings


def house() -> House:
    """The one house of this process; the first call starts workers and may take a second."""
    _go_through_home()
    return shared(load_settings(_secrets()))


def _go_through_home() -> None:
    """Run again through ``Home.py`` when Streamlit ran the page without it.

    A folder named ``pages`` puts a fresh server into Streamlit's older mode until ``st.navigation`` is first called.
    If its first visitor comes by a deep link (every resume link after a restart), Home.py would be left out, and
    with it error messages, style and the hidden menu, for everybody until somebody opens the start page.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def _secrets() -> dict[str, object]:
    try:
        return dict(st.secrets)
    except (FileNotFoundError, StreamlitSecretNotFoundError):
        return {}
