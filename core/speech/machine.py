"""What this machine has for decoding: cores, free memory, CUDA devices."""

import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

_KB = 1024
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process may use.

    Attributes:
        cores: CPU cores, at least 1; within the container's quota.
        free_memory_mb: Memory that can still be taken, within the container's limit; None when it is not known.
        cuda_devices: CUDA devices CTranslate2 can use.
    """

    cores: int
    free_memory_mb: float | None
    cuda_devices: int = 0


def measure_machine(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> Machine:
    """Look at the machine; reads a few files, no waiting.

    Free memory is known on Linux only. Of containers, control groups version 2 are understood.

    Args:
        proc: Where the kernel's figures are.
        cgroup: Where the container's limits are.
    """
    return Machine(_cores(cgroup), _free_memory_mb(proc, cgroup), _cuda_devices())


def _cores(cgroup: Path) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text("ascii").split()
        if quota != "max":
            cores = min(cores, math.ceil(int(quota) / int(period)))
    return max(1, cores)


def _free_memory_mb(proc: Path, cgroup: Path) -> float | None:
    free: float | None = None
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = (proc / "meminfo").read_text("ascii").splitlines()
        free = next((int(line.split()[1]) * _KB / _MB for line in lines if line.startswith("MemAvailable:")), None)
    with contextlib.suppress(OSError, ValueError):  # "max" is no number: no limit
        limit = int((cgroup / "memory.max").read_text("ascii"))
        left = max(0, limit - int((cgroup / "memory.current").read_text("ascii"))) / _MB
        free = left if free is None else min(free, left)
    return free


def _cuda_devices() -> int:
    try:
        import ctranslate2  # late: half a second that a page without speech need not pay

        return int(ctranslate2.get_cuda_device_count())
    except Exception:  # no driver, or one that does not fit: then there is no device
        return 0
