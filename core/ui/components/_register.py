"""Makes Streamlit components of the .js, .css and .html files in this folder."""

import re
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)


def register(name: str) -> ComponentRenderer:
    """Registers the component ``name``; to be called once, when its module is imported.

    The browser gets inline strings, and a blob has no neighbours to import from: imports between our own files are
    joined here, each file once, before the one that needs it.
    """
    return st.components.v2.component(
        f"interview_{name}",
        html=_text(f"{name}.html") or "<span hidden></span>",
        css=_text("base.css") + _text(f"{name}.css"),
        js=bundle(f"{name}.js"),
        isolate_styles=True,
    )


@cache
def bundle(file: str) -> str:
    """The module ``file`` and what it imports from this folder, as one module."""
    seen: list[str] = []

    def collect(name: str) -> str:
        if name in seen:
            return ""
        seen.append(name)
        source = _text(name)
        parts = [collect(f"{match}.js") for match in IMPORT.findall(source)]
        return "".join([*parts, IMPORT.sub("", source)])

    return collect(file)


def _text(name: str) -> str:
    path = HERE / name
    return path.read_text("utf-8") if path.exists() else ""
