"""Who is decoded next: pure scheduling of utterances, without threads; the caller hands in the time."""

import heapq
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FinalJob(Generic[T]):
    """A finished utterance that must be decoded.

    Attributes:
        stream: Key of the speaker's stream.
        number: Order within the stream.
        ready_at: Monotonic seconds when its last sample had arrived.
        payload: What the worker needs.
        attempt: 1 for the first try.
    """

    stream: int
    number: int
    ready_at: float
    payload: T
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class InterimJob(Generic[T]):
    """A wish for a caption of what is being said; its audio is cut when it is picked.

    Attributes:
        stream: Key of the speaker's stream.
        waiting_since: Monotonic seconds when the oldest sample not yet captioned arrived.
        payload: What the worker needs.
    """

    stream: int
    waiting_since: float
    payload: T


@dataclass(order=True, slots=True)
class _Entry(Generic[T]):
    key: tuple[float, int]
    job: FinalJob[T] = field(compare=False)


class DecodeQueue(Generic[T]):
    """Finals first, by age; then the stalest interim; at most one interim a stream.

    Finals leave only through :meth:`pick`, so none is lost. Interims may be dropped at any time. Not thread-safe:
    the service holds a lock around it.
    """

    def __init__(self) -> None:
        self._finals: list[_Entry[T]] = []
        self._interims: dict[int, InterimJob[T]] = {}
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._finals) + len(self._interims)

    @property
    def finals(self) -> int:
        """Finals waiting."""
        return len(self._finals)

    def add_final(self, job: FinalJob[T]) -> None:
        """Queue an utterance. The stream's pending interim, now stale, is dropped."""
        self._sequence += 1
        heapq.heappush(self._finals, _Entry((job.ready_at, self._sequence), job))
        self._interims.pop(job.stream, None)

    def add_interim(self, job: InterimJob[T]) -> bool:
        """Queue a caption wish; a stream that already waits keeps its place, and False is returned."""
        if job.stream in self._interims:
            return False
        self._interims[job.stream] = job
        return True

    def pick(self) -> FinalJob[T] | InterimJob[T] | None:
        """Take the job to do next; None when there is none."""
        if self._finals:
            return heapq.heappop(self._finals).job
        if self._interims:
            stalest = min(self._interims.values(), key=lambda job: (job.waiting_since, job.stream))
            return self._interims.pop(stalest.stream)
        return None

    def oldest_final_age(self, now: float) -> float:
        """Seconds the longest waiting final has waited; 0 without one."""
        return max(0.0, now - self._finals[0].job.ready_at) if self._finals else 0.0
