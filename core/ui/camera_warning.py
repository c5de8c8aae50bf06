"""The candidate's own warnings of the camera: what happened, what to do; one at a time, and never a count."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.domain.interview import InterviewPlan
from core.domain.policy import Severity
from core.domain.watch import FlagKind, WatchView
from core.proctoring.policy import policy_of
from core.ui.device_words import FLAG_ADVICE, NOT_SEEN, TOO_DARK


class _Trouble(StrEnum):
    """What is said though it is no claim."""

    NOT_SEEN = "not_seen"
    TOO_DARK = "too_dark"


_Cause = _Trouble | FlagKind


@dataclass(frozen=True, slots=True)
class CameraWarningParams:
    """Knobs of the warnings."""

    settle_s: float = 0.7
    """An open flag is spoken of after this long: one that ends at once does not make the page flicker."""
    dark_s: float = 3.0
    """A picture too dark to judge is spoken of after this long; a hand before the lens is quicker."""
    not_seen_s: float = 5.0
    """A monitor that sees nothing says so after this long."""
    stay_s: float = 4.0
    """What was said stays at least this long, so that it can be read."""


class CameraWarning:
    """What to say beside the picture. Pure but for its memory: the clock is passed in. Not thread-safe."""

    def __init__(self, params: CameraWarningParams | None = None) -> None:
        self._params = params or CameraWarningParams()
        self._since: dict[_Cause, float] = {}
        self._said: _Cause | None = None
        self._said_at = 0.0
        self._words = ""

    def observe(self, at: float, view: WatchView | None, silent: Collection[FlagKind] = ()) -> str:
        """Take one look at the monitor.

        Args:
            at: Monotonic seconds.
            view: What the monitor sees; None when nobody watches, which is not seeing.
            silent: Kinds that are never spoken of: noted as information only, or switched off.

        Returns:
            The line to show; empty for none.
        """
        causes = _causes(view, silent)
        self._since = {cause: self._since.get(cause, at) for cause in causes}
        ripe = [cause for cause in causes if at - self._since[cause] >= self._delay_s(cause)]
        if self._said in ripe or (self._said is not None and at - self._said_at < self._params.stay_s):
            return self._words
        self._said, self._said_at = (ripe[0], at) if ripe else (None, 0.0)
        self._words = _words(ripe[0], view) if ripe else ""
        return self._words

    def _delay_s(self, cause: _Cause) -> float:
        if cause is _Trouble.NOT_SEEN:
            return self._params.not_seen_s
        return self._params.dark_s if cause is _Trouble.TOO_DARK else self._params.settle_s


def _causes(view: WatchView | None, silent: Collection[FlagKind]) -> list[_Cause]:
    """Everything there is to say, the most pressing first."""
    if view is None or not view.seeing:
        return [_Trouble.NOT_SEEN]
    claims: list[_Cause] = [kind for kind in FLAG_ADVICE if kind in view.active and kind not in silent]
    return [*claims, _Trouble.TOO_DARK] if view.too_dark else claims


def _words(cause: _Cause, view: WatchView | None) -> str:
    if isinstance(cause, FlagKind):
        return advice(cause, view)
    return NOT_SEEN if cause is _Trouble.NOT_SEEN else TOO_DARK


def advice(kind: FlagKind, view: WatchView | None) -> str:
    """What happened and what to do, as said to the candidate; empty for kinds that are not spoken of here."""
    faces = view.faces if view is not None else None
    if kind is FlagKind.MULTIPLE_FACES and faces is not None and faces > 1:
        many = {2: "Two", 3: "Three"}.get(faces, str(faces))
        return f"{many} faces are in the picture. Only you should be in view."
    return FLAG_ADVICE.get(kind, "")


def silent_kinds(plan: InterviewPlan) -> frozenset[FlagKind]:
    """Kinds that this interview never speaks of: worth information only, or switched off."""
    policy = policy_of(plan)
    return frozenset(
        kind for kind in FlagKind if policy.severity_of(kind) is Severity.INFO or kind.value in plan.rules_off
    )
