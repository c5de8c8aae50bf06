import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.lease import Lease


@pytest.fixture
def dead_pid() -> int:
    """Number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_two_leases_are_never_the_same() -> None:
    assert Lease.new() != Lease.new()


@given(st.text(min_size=1).filter(lambda s: s.isprintable()), st.integers(0, 2**31))
def test_a_name_reads_back(host: str, pid: int) -> None:
    lease = Lease(host, pid, "p", "r")
    assert Lease.parse(lease.name) == lease


@pytest.mark.parametrize("name", ["", "a", "host/x/p/r", "a/b/c"])
def test_another_name_is_not_a_lease(name: str) -> None:
    assert Lease.parse(name) is None


def test_a_lease_of_this_process_is_no_orphan() -> None:
    assert not Lease.new().is_orphan()


def test_a_lease_of_a_dead_process_is_an_orphan(dead_pid: int) -> None:
    assert replace(Lease.new(), pid=dead_pid, process="other").is_orphan()


def test_a_lease_of_a_living_process_is_no_orphan() -> None:
    assert not replace(Lease.new(), pid=os.getppid(), process="other").is_orphan()


def test_a_lease_of_an_earlier_process_with_this_number_is_an_orphan() -> None:
    assert replace(Lease.new(), process="other").is_orphan()


def test_nothing_is_known_of_another_machine(dead_pid: int) -> None:
    assert not replace(Lease.new(), host="elsewhere", pid=dead_pid, process="other").is_orphan()
