"""How often speech under way is captioned: as often as the machine can, and less before it falls behind."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PacingParams:
    """Knobs of the pace."""

    first_interim_s: float = 0.6
    """Seconds of an utterance heard before its first interim caption."""

    interval_s: float = 0.8
    """New audio between two interims of one speaker when nobody else speaks."""

    interim_share: float = 0.55
    """Share of the workers' time that interims may take; the rest keeps finals quick."""

    widen_after_s: float = 1.5
    """Age of the oldest waiting final from which the interval widens."""

    stop_after_s: float = 4.0
    """Age from which there are no interims at all; the page says that captions are delayed."""

    widest: float = 3.0
    """Factor by which the interval has grown when it stops."""

    max_live_speakers: int = 8
    """Speakers captioned as they speak; the words of others come after their answer."""

    memory: float = 0.1
    """Weight of the latest decode in the running cost of an interim."""

    assumed_cost_s: float = 0.2
    """Worker seconds an interim is taken to cost before the first was measured."""


class Pacer:
    """Turns load into an interval. Pure but for what it remembers; the service holds a lock around it.

    The interval is what keeps interims within their share of the workers: with *n* speakers, *w* workers and a cost
    of *c* worker seconds an interim, *n c / i* seconds of work come in each second, so *i >= n c / (w share)*.

    Args:
        workers: Decodes that run at once.
        params: Knobs.
    """

    def __init__(self, workers: int, params: PacingParams | None = None) -> None:
        self._workers = workers
        self._params = params or PacingParams()
        self._cost_s = self._params.assumed_cost_s
        self._live: list[int] = []
        self._waiting: list[int] = []

    @property
    def interim_cost_s(self) -> float:
        """Running mean of the worker seconds an interim costs."""
        return self._cost_s

    @property
    def live_speakers(self) -> int:
        """Speakers who are captioned as they speak."""
        return len(self._live)

    @property
    def waiting_speakers(self) -> int:
        """Speakers above the cap."""
        return len(self._waiting)

    def measured(self, pieces: int, busy_s: float) -> None:
        """A batch of interims kept a worker busy for so long."""
        self._cost_s += self._params.memory * (busy_s / max(1, pieces) - self._cost_s)

    def join(self, stream: int) -> None:
        """A speaker begins; above the cap it waits for somebody to end."""
        (self._live if len(self._live) < self._params.max_live_speakers else self._waiting).append(stream)

    def leave(self, stream: int) -> int | None:
        """A speaker has ended; who has waited longest takes the place. Unknown ones are ignored.

        Returns:
            Who is captioned from now on; None when nobody waited or no place was freed.
        """
        if stream in self._waiting:
            self._waiting.remove(stream)
        elif stream in self._live:
            self._live.remove(stream)
            if self._waiting:
                self._live.append(self._waiting.pop(0))
                return self._live[-1]
        return None

    def is_live(self, stream: int) -> bool:
        """Whether this speaker is captioned while speaking."""
        return stream in self._live

    def interim_after_s(self, oldest_final_age_s: float, first: bool) -> float | None:
        """Seconds of new speech after which an interim may be asked for; None when there is to be none.

        Args:
            oldest_final_age_s: How long the oldest finished utterance has waited.
            first: It would be the first of its utterance.
        """
        p = self._params
        if oldest_final_age_s >= p.stop_after_s:
            return None
        sustainable = len(self._live) * self._cost_s / (self._workers * p.interim_share)
        interval = max(p.first_interim_s if first else p.interval_s, sustainable)
        late = max(0.0, oldest_final_age_s - p.widen_after_s) / (p.stop_after_s - p.widen_after_s)
        return interval * (1.0 + late * (p.widest - 1.0))
