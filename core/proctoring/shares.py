"""A claim about a share of time: now and then is nothing, most of a minute is worth a look."""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from core.domain.watch import FlagKind
from core.proctoring.rules import Change, Closed, Opened


@dataclass(frozen=True, slots=True)
class ShareParams:
    """Knobs of a rule over a share of time."""

    window_s: float = 60.0
    """Time over which the share is taken; no claim is shorter."""
    on_share: float = 0.6
    """Share of the known votes, 0 to 1, from which it is claimed."""
    off_share: float = 0.4
    """Share below which the claim ends."""
    min_known: float = 0.6
    """Share of the window's time that must be known, by votes no further apart than ``gap_s``."""
    gap_s: float = 3.0
    """Time between two votes that counts as seen; the claim ends after a window without any."""


class ShareRule:
    """Hysteresis over the share of yes in a sliding window. Pure but for its memory; times must not fall."""

    def __init__(self, kind: FlagKind, params: ShareParams | None = None) -> None:
        self.kind = kind
        self._params = params or ShareParams()
        self._votes: deque[tuple[float, bool]] = deque()
        self._started_at: float | None = None
        self._last_yes = 0.0
        self._yes = self._known = 0  # of the open span, up to its last yes
        self._no_after = 0  # no votes since that yes
        self._latest = float("-inf")

    def observe(self, at: float, vote: bool | None, measured: float = 0.0) -> list[Change]:
        """Take one vote; see ``ConditionRule.observe``."""
        at = self._latest = max(at, self._latest)
        p = self._params
        if vote is not None:
            self._votes.append((at, vote))
            if self._started_at is not None:
                self._count(at, vote)
        self._forget(at - p.window_s)
        if self._started_at is None:
            return self._try_open(at)
        yes = sum(vote for _, vote in self._votes)
        if self._votes and yes >= p.off_share * len(self._votes):
            return []
        return self._end()

    def close(self) -> list[Change]:
        """End an open claim; the watching itself has ended."""
        changes = self._end() if self._started_at is not None else []
        self._votes.clear()
        return changes

    def _forget(self, before: float) -> None:
        """Drop what is older than the window, but for one vote at its edge: a claim is as long as the window."""
        while self._votes and self._votes[0][0] < before:
            edge = len(self._votes) > 1 and self._votes[1][0] > before
            if edge and self._votes[1][0] - self._votes[0][0] <= self._params.gap_s:
                return
            self._votes.popleft()

    def _try_open(self, at: float) -> list[Change]:
        p = self._params
        if not self._votes or at - self._votes[0][0] < p.window_s or not self._votes[-1][1]:
            return []
        times = [when for when, _ in self._votes]
        seen = sum(b - a for a, b in pairwise(times) if b - a <= p.gap_s)
        yes = sum(vote for _, vote in self._votes)
        if seen < p.min_known * p.window_s or yes < p.on_share * len(self._votes):
            return []
        self._started_at, self._last_yes = self._votes[0][0], at
        self._yes, self._known, self._no_after = yes, len(self._votes), 0
        return [Opened(self.kind, self._started_at, yes / len(self._votes), yes / len(self._votes))]

    def _count(self, at: float, vote: bool) -> None:
        if not vote:
            self._no_after += 1
            return
        self._known += self._no_after + 1
        self._yes += 1
        self._no_after, self._last_yes = 0, at

    def _end(self) -> list[Change]:
        assert self._started_at is not None
        share = self._yes / self._known
        closed = Closed(self.kind, self._started_at, self._last_yes, share, share)
        self._started_at = None
        self._votes.clear()
        return [closed]
