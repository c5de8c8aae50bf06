from pathlib import Path

import pytest

from core.speech.machine import measure_machine


@pytest.fixture
def cgroup(tmp_path: Path) -> Path:
    (tmp_path / "meminfo").write_text("MemTotal: 8388608 kB\nMemFree: 1 kB\nMemAvailable:    4194304 kB\n")
    return tmp_path


def test_this_machine_has_a_core() -> None:
    assert measure_machine().cores >= 1


def test_memory_is_what_the_kernel_calls_available(cgroup: Path) -> None:
    assert measure_machine(cgroup, cgroup).free_memory_mb == 4096


def test_a_container_has_what_is_left_of_its_limit(cgroup: Path) -> None:
    (cgroup / "memory.max").write_text(str(1024 * 1024 * 1024))
    (cgroup / "memory.current").write_text(str(256 * 1024 * 1024))
    assert measure_machine(cgroup, cgroup).free_memory_mb == 768


def test_a_container_without_limit_has_what_the_machine_has(cgroup: Path) -> None:
    (cgroup / "memory.max").write_text("max\n")
    (cgroup / "cpu.max").write_text("max 100000\n")
    assert measure_machine(cgroup, cgroup).free_memory_mb == 4096


def test_a_quota_of_half_a_core_is_one_core(cgroup: Path) -> None:
    (cgroup / "cpu.max").write_text("50000 100000\n")
    assert measure_machine(cgroup, cgroup).cores == 1


def test_where_nothing_can_be_read_memory_is_unknown(tmp_path: Path) -> None:
    assert measure_machine(tmp_path, tmp_path).free_memory_mb is None
