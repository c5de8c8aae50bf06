"""From votes, frame by frame, to claims that hold: one hysteresis machine for one condition."""

from collections import deque
from dataclasses import dataclass
from statistics import median

from core.domain.machine_state import MachineState
from core.domain.watch import FlagKind


@dataclass(frozen=True, slots=True)
class ConditionParams:
    """Knobs of one rule."""

    window_s: float = 2.0
    """How long the condition must have lasted before it is claimed."""
    min_share: float = 0.75
    """Share of the votes in the window, 0 to 1, that must say yes."""
    min_votes: int = 3
    """Fewest known votes a claim may rest on, however slow the camera."""
    clean_s: float = 1.0
    """The claim ends after this long without a yes."""
    gap_s: float = 3.0
    """The claim ends, at the last known vote, after this long without any."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The condition has held for the window.

    Attributes:
        kind: What is claimed.
        started_at: Monotonic seconds when the condition began, not when it was noticed.
        strength: Share of yes among the known votes since then, 0 to 1.
        measured: Median of what was measured at the yes votes, in the unit of their kind; 0 where nothing was.
    """

    kind: FlagKind
    started_at: float
    strength: float
    measured: float = 0.0


@dataclass(frozen=True, slots=True)
class Closed:
    """The condition is over, or can no longer be seen.

    Attributes:
        kind: What was claimed.
        started_at: As in the matching ``Opened``.
        ended_at: Monotonic seconds of the last known vote that belongs to it: the first clean one, or the
            last one before the gap.
        strength: Share of yes among the known votes of the span, 0 to 1.
        measured: As in ``Opened``, of the whole span.
    """

    kind: FlagKind
    started_at: float
    ended_at: float
    strength: float
    measured: float = 0.0


Change = Opened | Closed


class ConditionRule:
    """Hysteresis for one kind of flag: quiet, starting, active, stopping.

    Pure but for its own memory: no clock, no I/O. Not thread-safe. ``observe`` must be called with rising
    times; an earlier time is read as the latest one seen.
    """

    def __init__(self, kind: FlagKind, params: ConditionParams | None = None) -> None:
        self.kind = kind
        self._params = params or ConditionParams()
        self._latest = float("-inf")
        self._votes: deque[tuple[float, bool, float]] = deque()  # known votes since the last one that can matter
        self._started_at: float | None = None
        self._clean_since: float | None = None
        self._yes = self._known = 0  # of the open span, up to its last yes
        self._no_after = 0  # no votes since that yes; they count only if another yes follows
        self._measured: list[float] = []  # at the yes votes of the open span

    @property
    def state(self) -> MachineState:
        """Where the rule stands now."""
        if self._started_at is not None:
            return MachineState.ACTIVE if self._clean_since is None else MachineState.STOPPING
        return MachineState.STARTING if any(yes for _, yes, _ in self._votes) else MachineState.QUIET

    @property
    def active(self) -> bool:
        """Whether a claim is open."""
        return self._started_at is not None

    @property
    def strength(self) -> float:
        """Share of yes among the known votes of the open claim; 0 without one."""
        return self._yes / self._known if self.active and self._known else 0.0

    def observe(self, at: float, vote: bool | None, measured: float = 0.0) -> list[Change]:
        """Take one vote.

        Args:
            at: Monotonic seconds of the frame.
            vote: Whether the frame shows the condition; None when it cannot tell.
            measured: What the vote rests on, for the words of the claim.

        Returns:
            What changed, in order of time: nothing, one change, or a close and then an opening.
        """
        at = max(at, self._latest)
        self._latest = at
        changes: list[Change] = []
        if self._votes and at - self._votes[-1][0] > self._params.gap_s:
            changes += self.close()
        if vote is None:
            return changes
        self._votes.append((at, vote, measured))
        if self._started_at is None:
            changes += self._try_open(at)
        else:
            changes += self._continue(at, vote, measured)
        return changes

    def close(self) -> list[Change]:
        """End an open claim at the last known vote and forget the votes; the watching itself has ended."""
        last = self._votes[-1][0] if self._votes else None
        self._votes.clear()
        if self._started_at is None or last is None:
            return []
        return self._end(last if self._clean_since is None else self._clean_since)

    def _try_open(self, at: float) -> list[Change]:
        p = self._params
        # A window that opens with a no would date the claim before the condition: start at a yes.
        while self._votes and not self._votes[0][1]:
            self._votes.popleft()
        # The longest span serves: start from the earliest yes from which the share is high enough.
        for index, (start, yes, _) in enumerate(self._votes):
            if at - start < p.window_s:
                break
            if not yes:
                continue
            votes = list(self._votes)[index:]
            span = [vote for _, vote, _ in votes]
            if span[-1] and len(span) >= p.min_votes and sum(span) >= p.min_share * len(span):
                self._started_at, self._clean_since = start, None
                self._yes, self._known, self._no_after = sum(span), len(span), 0
                self._measured = [measured for _, vote, measured in votes if vote]
                return [Opened(self.kind, start, self.strength, median(self._measured))]
        # What is older than a window and did not lead to a claim cannot begin one any more.
        while len(self._votes) >= p.min_votes and at - self._votes[0][0] >= p.window_s:
            self._votes.popleft()
        return []

    def _continue(self, at: float, vote: bool, measured: float) -> list[Change]:
        if vote:
            self._measured.append(measured)
            self._known += self._no_after + 1
            self._yes += 1
            self._no_after, self._clean_since = 0, None
        else:
            self._no_after += 1
            if self._clean_since is None:
                self._clean_since = at
        self._votes = deque([(at, vote, measured)])
        if self._clean_since is None or at - self._clean_since < self._params.clean_s:
            return []
        return self._end(self._clean_since)

    def _end(self, ended_at: float) -> list[Change]:
        assert self._started_at is not None
        closed = Closed(self.kind, self._started_at, ended_at, self.strength, median(self._measured))
        self._started_at = self._clean_since = None
        self._yes = self._known = self._no_after = 0
        self._measured = []
        return [closed]
