import platform
import subprocess
import sys

import pytest

from core.speech.memory import limit_heaps


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_the_c_library_takes_the_limit() -> None:
    # Elsewhere, since it holds for the whole process.
    code = "from core.speech.memory import limit_heaps; print(limit_heaps())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True"


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not limit_heaps()
