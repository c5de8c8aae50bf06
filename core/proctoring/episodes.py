"""A claim about repetition: single episodes are nothing, several within a minute are worth a look."""

from collections import deque
from dataclasses import dataclass, field

from core.domain.watch import FlagKind
from core.proctoring.rules import Change, Closed, ConditionParams, ConditionRule, Opened


@dataclass(frozen=True, slots=True)
class EpisodeParams:
    """Knobs of a rule that counts episodes."""

    episode: ConditionParams = field(default_factory=lambda: ConditionParams(window_s=2.0))
    """When one episode begins and ends."""
    count: int = 3
    """Episodes from which the repetition is claimed."""
    within_s: float = 60.0
    """Time in which they must begin."""
    quiet_s: float = 30.0
    """The claim ends, at the end of the last episode, after this long without another."""


class EpisodeRule:
    """Hysteresis over episodes of one condition. As ``ConditionRule``, it is pure but for its memory.

    A claim begins with the first of its episodes and ends with the last; its strength is the share of that time
    spent in them, and what was measured is how many there were.
    """

    def __init__(self, kind: FlagKind, params: EpisodeParams | None = None) -> None:
        self.kind = kind
        self._params = params or EpisodeParams()
        self._one = ConditionRule(kind, self._params.episode)
        self._recent: deque[float] = deque()  # when the last episodes began
        self._claimed: list[tuple[float, float]] = []  # episodes of the open claim, the last perhaps not over
        self._finished: deque[tuple[float, float]] = deque()
        self._open = False
        self.episodes: list[Change] = []
        """Beginnings and ends of single episodes since the last ``observe``."""

    def observe(self, at: float, vote: bool | None, measured: float = 0.0) -> list[Change]:
        """Take one vote; see ``ConditionRule.observe``."""
        self.episodes = self._one.observe(at, vote, measured)
        changes: list[Change] = []
        for change in self.episodes:
            changes += self._take(change)
        while self._recent and at - self._recent[0] > self._params.within_s and not self._open:
            self._recent.popleft()
            self._forget_finished()
        if self._open and not self._one.active and at - self._claimed[-1][1] >= self._params.quiet_s:
            changes.append(self._end())
        return changes

    def close(self) -> list[Change]:
        """End an open claim; the watching itself has ended."""
        self.episodes = self._one.close()
        changes: list[Change] = []
        for change in self.episodes:
            changes += self._take(change)
        if self._open:
            changes.append(self._end())
        self._recent.clear()
        self._finished.clear()
        return changes

    def _take(self, change: Change) -> list[Change]:
        match change:
            case Opened(started_at=started):
                self._recent.append(started)
                while started - self._recent[0] > self._params.within_s:
                    self._recent.popleft()
                self._forget_finished()
                if self._open:
                    self._claimed.append((started, started))
                elif len(self._recent) >= self._params.count:
                    self._open = True
                    self._claimed = [*self._finished, (started, started)]
                    return [Opened(self.kind, self._claimed[0][0], self._strength(started), float(len(self._claimed)))]
            case Closed(started_at=started, ended_at=ended):
                if self._open:
                    self._claimed[-1] = (started, ended)
                else:
                    self._finished.append((started, ended))
        return []

    def _forget_finished(self) -> None:
        while self._finished and (not self._recent or self._finished[0][0] < self._recent[0]):
            self._finished.popleft()

    def _strength(self, until: float) -> float:
        whole = until - self._claimed[0][0]
        return 1.0 if whole <= 0 else min(1.0, sum(end - start for start, end in self._claimed) / whole)

    def _end(self) -> Closed:
        started, ended = self._claimed[0][0], self._claimed[-1][1]
        closed = Closed(self.kind, started, ended, self._strength(ended), float(len(self._claimed)))
        self._open = False
        self._claimed = []
        self._recent.clear()
        self._finished.clear()
        return closed
