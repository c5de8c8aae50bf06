"""Names of leases: which process holds a job, and whether that process is gone."""

import os
import socket
import uuid
from dataclasses import dataclass

_PROCESS = uuid.uuid4().hex[:12]
"""Tells this process from an earlier one with the same number: in a container every start is number 1."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One run of one job.

    Attributes:
        host: Machine or container.
        pid: Process number there.
        process: Random name of the process.
        run: Random name of the run.
    """

    host: str
    pid: int
    process: str
    run: str

    @classmethod
    def new(cls) -> "Lease":
        """A lease of this process that nobody had before."""
        return cls(socket.gethostname(), os.getpid(), _PROCESS, uuid.uuid4().hex[:12])

    @classmethod
    def parse(cls, name: str) -> "Lease | None":
        """Read a stored name; None when it is not one of ours."""
        parts = name.rsplit("/", 3)
        return cls(parts[0], int(parts[1]), parts[2], parts[3]) if len(parts) == 4 and parts[1].isdecimal() else None

    @property
    def name(self) -> str:
        """As stored with the job."""
        return f"{self.host}/{self.pid}/{self.process}/{self.run}"

    def is_orphan(self) -> bool:
        """Whether the process that took it is known to be gone.

        Only what ran on this machine can be known. On another machine, or where the system does not tell (Windows),
        the lease has to run out.
        """
        if self.host != socket.gethostname() or self.process == _PROCESS:
            return False
        return self.pid == os.getpid() or not _is_running(self.pid)


def _is_running(pid: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
