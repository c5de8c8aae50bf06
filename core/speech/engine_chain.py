"""Several engines as one: the best that can be had now hears, and says why it is not a better one."""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import InterviewError, ModelUnavailable, ProviderFailed
from core.speech.hearing import Effort, EnginePort, Heard, Piece

MAX_LABEL = 200
"""Longest engine label: what the storage keeps."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChainParams:
    """Knobs of the chain."""

    retry_after_s: float = 60.0
    """A remote engine that failed is left alone for so long; then one decode tries it."""

    interims_local: bool = True
    """Interim captions never go to a remote engine: each is thrown away a second later and would be paid for."""


@dataclass(frozen=True, slots=True)
class Link:
    """An engine in its place.

    Attributes:
        engine: Speech to text.
        local: Whether the voice stays on this machine.
    """

    engine: EnginePort
    local: bool = True


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """Which engine hears at present, for display.

    Attributes:
        wanted: The engine asked first.
        engine: The one that hears the next final; empty when none can.
        reasons: Why those before it do not, in plain words.
    """

    wanted: str
    engine: str
    reasons: tuple[str, ...] = ()

    @property
    def degraded(self) -> bool:
        """It is not the engine asked first."""
        return self.engine != self.wanted

    @property
    def text(self) -> str:
        """One line."""
        if not self.degraded:
            return self.engine
        return f"{self.engine or 'no speech engine'}, because: {'; '.join(self.reasons)}"


def engine_label(heard: Heard) -> str:
    """What a segment keeps of its engine: the name, and in brackets why it was not the one asked first.

    At most 200 characters, like ``whisper-tiny.en (endpoint whisper-1: …)``.
    """
    label = f"{heard.engine} ({heard.degraded})" if heard.degraded else heard.engine
    return label if len(label) <= MAX_LABEL else f"{label[: MAX_LABEL - 2]}…)"


class EngineChain:
    """Asks engines in order; itself an engine. Thread-safe.

    A local engine that cannot be loaded is out for the life of the process. One that fails on some audio is passed
    over for this audio only. A remote engine that fails is left alone for a while.

    Args:
        links: In order of preference, at least one.
        params: Knobs.
        clock: Monotonic time.
        warn: Told once for each engine that cannot be loaded; any thread.
    """

    def __init__(
        self,
        links: Sequence[Link],
        params: ChainParams | None = None,
        clock: Clock | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        if not links:
            raise ValueError("a chain needs an engine")
        self._links = tuple(links)
        self._params = params or ChainParams()
        self._clock = clock or AnchoredClock()
        self._warn = warn or (lambda _text: None)
        self._lock = threading.Lock()
        self._down: dict[int, tuple[float, str]] = {}  # place -> (when it may be tried again, why it failed)

    @property
    def name(self) -> str:
        """The engine that hears the next final; the one asked first when none can."""
        return self.status.engine or self._links[0].engine.name

    @property
    def status(self) -> ChainStatus:
        """Which engine hears at present, and why not a better one."""
        now = self._clock.monotonic()
        reasons: list[str] = []
        wanted = self._links[0].engine.name
        for place, link in enumerate(self._links):
            with self._lock:
                until, why = self._down.get(place, (-math.inf, ""))
            if now >= until:
                return ChainStatus(wanted, link.engine.name, tuple(reasons))
            reasons.append(why)
        return ChainStatus(wanted, "", tuple(reasons))

    def load(self) -> None:
        """Load the first local engine that can be, so that falling back costs no wait; blocks.

        Raises:
            ModelUnavailable: None can be loaded, and there is no remote one.
        """
        problems: list[ModelUnavailable] = []
        for place, link in enumerate(self._links):
            if not link.local:
                continue
            try:
                link.engine.load()
            except ModelUnavailable as error:
                problems.append(error)
            except Exception as error:  # a driver or library that does not fit shows itself here
                problems.append(ModelUnavailable(f"The speech engine failed to start ({type(error).__name__})."))
                _log.warning("speech engine %s not started", link.engine.name, exc_info=True)
            else:
                return
            self._close_for_good(place, problems[-1])
        if all(link.local for link in self._links):
            raise _sum_up(problems)

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        """Decode by the first engine that can.

        Args:
            pieces: Of one decode; they stay together.
            effort: Interims go to local engines only; where there is none they are heard as nothing.

        Returns:
            Results which name their engine and, when it was not the first, the reason.

        Raises:
            ModelUnavailable: No engine could be loaded.
            ProviderFailed: Each failed.
        """
        local_only = effort is Effort.INTERIM and self._params.interims_local
        reasons: list[str] = []
        problems: list[InterviewError] = []
        for place, link in enumerate(self._links):
            if local_only and not link.local:
                continue
            if (why := self._enter(place)) is not None:
                reasons.append(why)
                continue
            try:
                results = link.engine.decode(pieces, effort)
            except Exception as error:
                problem = self._note(place, error)
                problems.append(problem)
                reasons.append(_reason(link, problem))
                continue
            with self._lock:
                self._down.pop(place, None)
            why = "; ".join(reasons)
            name = link.engine.name
            return [Heard(h.text, h.confidence, h.no_speech, h.words, h.engine or name, why) for h in results]
        if local_only and not problems and not all(link.local for link in self._links):
            return [Heard("", None, 0.0) for _ in pieces]
        if not problems:
            raise ProviderFailed(f"No speech engine can hear at present: {'; '.join(reasons)}.")
        raise _sum_up(problems)

    def _enter(self, place: int) -> str | None:
        """Why an engine may not be asked now; None when it may."""
        with self._lock:
            until, why = self._down.get(place, (-math.inf, ""))
            now = self._clock.monotonic()
            if now < until:
                return why
            if place in self._down:  # one decode tries it, the others keep away until it has shown to be back
                self._down[place] = (now + self._params.retry_after_s, why)
            return None

    def _note(self, place: int, error: Exception) -> InterviewError:
        """Remember a failure; returns it as one that can be shown."""
        link = self._links[place]
        if isinstance(error, ModelUnavailable):
            self._close_for_good(place, error)
            return error
        problem = error if isinstance(error, InterviewError) else ProviderFailed(f"It failed ({type(error).__name__}).")
        _log.warning("speech engine %s failed: %s", link.engine.name, type(error).__name__)
        if not link.local:
            with self._lock:
                self._down[place] = (self._clock.monotonic() + self._params.retry_after_s, _reason(link, problem))
        return problem

    def _close_for_good(self, place: int, error: ModelUnavailable) -> None:
        name = self._links[place].engine.name
        with self._lock:
            if self._down.get(place, (0.0, ""))[0] == math.inf:
                return
            self._down[place] = (math.inf, _reason(self._links[place], error))
        _log.error("speech engine %s not available", name)
        self._warn(f"Speech engine {name} is not used. {error.message} {error.next_step}".strip())


def _reason(link: Link, error: InterviewError) -> str:
    return f"{link.engine.name}: {error.message.rstrip('.')}"


def _sum_up(problems: Sequence[InterviewError]) -> InterviewError:
    """One error for all: the first when there is one only; no model at all is not to be tried again."""
    if len(problems) == 1:
        return problems[0]
    kind = ModelUnavailable if all(isinstance(p, ModelUnavailable) for p in problems) else ProviderFailed
    return kind(" ".join(p.message for p in problems), next((p.next_step for p in problems if p.next_step), ""))
