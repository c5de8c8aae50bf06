"""How much each claim matters, and what follows from leaving the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.watch import FlagKind


class Severity(StrEnum):
    """What a flag is worth to a reviewer."""

    INFO = "info"
    """Noted; never counted."""
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Stakes(StrEnum):
    """How much hangs on an interview."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class LeaveAction(StrEnum):
    """What follows from leaving the page."""

    LOG = "log"
    WARN = "warn"
    DEDUCT = "deduct"
    END = "end"


@dataclass(frozen=True, slots=True)
class LeaveRule:
    """What follows from leaving the page.

    Attributes:
        action: What is done. ``DEDUCT`` and ``END`` warn first, ``warnings`` times; ``WARN`` goes on when they are
            used up.
        warnings: Warnings given as "1 of n" before anything else follows, 1 or more.
        deduct_s: Seconds taken from the open question's time at each further leaving, for ``DEDUCT``.
    """

    action: LeaveAction = LeaveAction.WARN
    warnings: int = 3
    deduct_s: float = 15.0


@dataclass(frozen=True, slots=True)
class MonitorPolicy:
    """One policy; fixed for an interview at its creation.

    Attributes:
        name: As chosen by people.
        stakes: How much hangs on the interview.
        severity: By kind of flag; a kind that is not in it is ``MEDIUM``.
        leave: What follows from leaving the page.
        lock_mode: The page asks for full screen and warns when it is left.
        note: What a reviewer must know of this policy, as that the stored one could not be read; else empty.
    """

    name: str
    stakes: Stakes
    severity: Mapping[FlagKind, Severity]
    leave: LeaveRule
    lock_mode: bool = False
    note: str = ""

    def severity_of(self, kind: FlagKind) -> Severity:
        """What a flag of this kind is worth."""
        return self.severity.get(kind, Severity.MEDIUM)
