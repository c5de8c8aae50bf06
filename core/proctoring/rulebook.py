"""All rules of one candidate: signals in, claims opened and closed out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.domain.signals import FrameSignal
from core.domain.watch import FlagKind
from core.proctoring.episodes import EpisodeParams, EpisodeRule
from core.proctoring.options import WatchOptions
from core.proctoring.reading import ReadingParams, ReadingRule
from core.proctoring.rules import Change, ConditionParams, ConditionRule
from core.proctoring.shares import ShareParams, ShareRule
from core.proctoring.votes import VOTES, VoteParams, vote_eyes_off_screen, vote_looking_down

WINDOWS: Mapping[FlagKind, ConditionParams] = MappingProxyType(
    {
        FlagKind.NO_FACE: ConditionParams(window_s=2.0),
        FlagKind.MULTIPLE_FACES: ConditionParams(window_s=1.5),
        FlagKind.LOOKING_AWAY: ConditionParams(window_s=2.0),
        # Compared every 5 s while all is well: a longer gap than that ends the claim.
        FlagKind.DIFFERENT_PERSON: ConditionParams(window_s=2.0, gap_s=8.0),
        FlagKind.CAMERA_COVERED: ConditionParams(window_s=1.0),
        # The first repeat is the second picture of its kind: with the one before it this makes 5 s.
        FlagKind.CAMERA_FROZEN: ConditionParams(window_s=4.5),
        FlagKind.BACKGROUND_PERSON: ConditionParams(window_s=3.0),
        FlagKind.PHONE: ConditionParams(window_s=4.0, gap_s=6.0, clean_s=4.0),
    }
)
"""How long each condition must last (two pictures a second; from 13 simulated minutes, 2 false events against 38)."""

_FACES = frozenset({FlagKind.NO_FACE, FlagKind.MULTIPLE_FACES})


@dataclass(frozen=True, slots=True)
class RuleParams:
    """Knobs of all rules."""

    windows: Mapping[FlagKind, ConditionParams] = field(default_factory=lambda: WINDOWS)
    """By kind, when a condition is claimed and when the claim ends."""
    down: EpisodeParams = field(default_factory=EpisodeParams)
    """Looking down repeatedly."""
    off_screen: ShareParams = field(default_factory=ShareParams)
    """Share of time with the eyes off the screen."""
    reading: ReadingParams = field(default_factory=ReadingParams)
    """Gaze like reading."""
    votes: VoteParams = field(default_factory=VoteParams)
    """Thresholds of single frames."""

    def widened(self, factor: float) -> "RuleParams":
        """All windows longer by a factor: an accommodation."""
        if factor == 1.0:
            return self
        episode = replace(self.down.episode, window_s=self.down.episode.window_s * factor)
        return replace(
            self,
            windows={kind: replace(p, window_s=p.window_s * factor) for kind, p in self.windows.items()},
            down=replace(self.down, episode=episode, count=round(self.down.count * factor)),
            off_screen=replace(self.off_screen, window_s=self.off_screen.window_s * factor),
            reading=replace(self.reading, min_lines=round(self.reading.min_lines * factor)),
        )


class Rulebook:
    """The rules of one candidate. Pure but for its memory: no clock, no I/O. Not thread-safe.

    Args:
        params: Knobs.
        options: What applies to this interview.
    """

    def __init__(self, params: RuleParams, options: WatchOptions) -> None:
        p = params.widened(max(1.0, options.window_factor))
        self._votes = p.votes

        def wanted(kind: FlagKind) -> bool:
            return kind not in options.rules_off and (kind in _FACES or not options.faces_only)

        self._conditions = [ConditionRule(kind, window) for kind, window in p.windows.items() if wanted(kind)]
        self.down = EpisodeRule(FlagKind.LOOKING_DOWN, p.down) if wanted(FlagKind.LOOKING_DOWN) else None
        """Looking down; its ``episodes`` are the single glances."""
        self._off = ShareRule(FlagKind.EYES_OFF_SCREEN, p.off_screen) if wanted(FlagKind.EYES_OFF_SCREEN) else None
        self._reading = ReadingRule(p.reading) if wanted(FlagKind.READING_GAZE) else None

    @property
    def kinds(self) -> tuple[FlagKind, ...]:
        """What can be claimed here."""
        return tuple(rule.kind for rule in self._rules())

    def observe(self, at: float, signal: FrameSignal | None) -> list[Change]:
        """Take one frame.

        Args:
            at: Monotonic seconds; must not fall.
            signal: What was measured; None when nothing was seen.

        Returns:
            Claims opened and closed, in order of time.
        """
        changes: list[Change] = []
        for rule in self._conditions:
            vote, measured = (None, 0.0) if signal is None else VOTES[rule.kind](signal, self._votes)
            changes += rule.observe(at, vote, measured)
        if self.down is not None:
            vote, measured = (None, 0.0) if signal is None else vote_looking_down(signal, self._votes)
            changes += self.down.observe(at, vote, measured)
        if self._off is not None:
            vote, _ = (None, 0.0) if signal is None else vote_eyes_off_screen(signal, self._votes)
            changes += self._off.observe(at, vote)
        if self._reading is not None:
            changes += self._reading.observe(at, None if signal is None else signal.gaze_x)
        return changes

    def close(self) -> list[Change]:
        """End what is open and forget: the watching has ended."""
        return [change for rule in self._rules() for change in rule.close()]

    def _rules(self) -> list[ConditionRule | EpisodeRule | ShareRule | ReadingRule]:
        others = [rule for rule in (self.down, self._off, self._reading) if rule is not None]
        return [*self._conditions, *others]
