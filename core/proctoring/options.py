"""What of the monitor applies to one interview."""

from dataclasses import dataclass

from core.domain.watch import FlagKind


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """One interview's own monitoring: accommodations, and what was agreed to.

    Attributes:
        rules_off: Kinds of flag that are never raised.
        window_factor: Windows of the rules are this much longer, 1 or more.
        faces_only: Faces are counted and nothing else is measured: what an older consent text spoke of.
    """

    rules_off: frozenset[FlagKind] = frozenset()
    window_factor: float = 1.0
    faces_only: bool = False
