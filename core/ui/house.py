"""The shared services, with Streamlit's secrets folded into the settings."""

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from core.bootstrap import House, shared
from core.settings import load_settings


def house() -> House:
    """The one house of this process; the first call starts workers and may take a second."""
    return shared(load_settings(_secrets()))


def _secrets() -> dict[str, object]:
    try:
        return dict(st.secrets)
    except (FileNotFoundError, StreamlitSecretNotFoundError):
        return {}
