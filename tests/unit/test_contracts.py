"""The rules of the house that a machine can check."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 250
OURS = sorted(p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py") if "migrations" not in p.parts)
MODULES = [*OURS, ROOT / "Home.py"]
STREAMLIT_AT_HOME = ("pages/", "core/ui/", "Home.py")
OWNED = {
    "streamlit_webrtc": ("core/ui/rtc.py",),
    "cv2": ("core/proctoring/",),
    "faster_whisper": ("core/speech/",),
    "ctranslate2": ("core/speech/",),
    "gtts": ("core/speech/",),
    "huggingface_hub": ("core/speech/",),
    "httpx2": ("core/speech/",),
    "sqlalchemy": ("core/storage/",),
    "alembic": ("core/storage/",),
    "fsspec": ("core/storage/",),
    "openai": ("core/language/",),
    "celery": ("core/jobs/", "core/worker.py"),
    "redis": ("core/jobs/", "core/storage/"),
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}


def place(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def imported(module: Path) -> set[str]:
    """Top-level packages a module imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_contracts_know_every_room_of_core() -> None:
    rooms = {p.stem for p in (ROOT / "core").iterdir() if p.suffix == ".py" or (p.is_dir() and list(p.glob("*.py")))}
    contract = (ROOT / "pyproject.toml").read_text("utf-8").partition("layers = [")[2].partition("]\n")[0]
    missing = {room for room in rooms - {"__init__", "__pycache__"} if f"core.{room}" not in contract}
    assert not missing


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_a_module_has_at_most_250_lines(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_a_module_imports_no_package_that_another_room_owns(module: Path) -> None:
    owners = {"streamlit": STREAMLIT_AT_HOME, **OWNED}
    strange = {p for p in imported(module) if p in owners and not place(module).startswith(owners[p])}
    assert not strange


@pytest.mark.parametrize("module", [m for m in MODULES if "domain" in m.parts], ids=place)
def test_the_domain_imports_only_itself_and_the_standard_library(module: Path) -> None:
    assert imported(module) <= sys.stdlib_module_names | {"core"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [place(m) for m in MODULES if m.stem in VAGUE]


@pytest.mark.parametrize("module", [m for m in MODULES if m.parent.name == "pages"], ids=place)
def test_a_page_imports_only_streamlit_the_domain_and_parts_of_the_ui(module: Path) -> None:
    allowed = ("streamlit", "core.ui", "core.domain")
    tree = ast.parse(module.read_text("utf-8"))
    names = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    names += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    assert [n for n in names if not n.startswith(allowed)] == []
