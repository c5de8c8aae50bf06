"""Who is decoded next: pure scheduling, without threads; the caller hands in the time."""

import heapq
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")


class Lane(Enum):
    """How urgent a piece of audio is, most urgent first."""

    FINAL = 0
    """A finished utterance of somebody who watches captions."""

    INTERIM = 1
    """A guess at unfinished speech; may be dropped."""

    DEFERRED = 2
    """A finished utterance nobody watches come: a clip, or a speaker above the cap."""

    BACKGROUND = 3
    """The last decode of an answer already handed in."""


@dataclass(frozen=True, slots=True)
class DecodeJob(Generic[T]):
    """A piece of audio to be decoded.

    Attributes:
        lane: How urgent.
        stream: Key of the speaker's stream.
        since: Monotonic seconds: of an utterance, when its last sample had arrived; of an interim, when the oldest
            sample not yet captioned arrived.
        payload: What the worker needs.
        tries: How often it was begun before.
    """

    lane: Lane
    stream: int
    since: float
    payload: T
    tries: int = 0


@dataclass(frozen=True, slots=True)
class QueueParams:
    """Knobs of the queue."""

    max_batch: int = 4
    """Pieces decoded at once: a decoder step costs 6.5 ms for one piece, 7.8 ms for four."""

    patience_s: float = 10.0
    """A deferred or background piece that waited so long goes before interims, one each so many seconds."""


@dataclass(order=True, slots=True)
class _Entry(Generic[T]):
    key: tuple[float, int]
    job: DecodeJob[T] = field(compare=False)


class DecodeQueue(Generic[T]):
    """Finals by age; then the stalest interims; then what nobody waits for on screen.

    Only interims may be dropped; everything else leaves through :meth:`pick` alone, so none is lost. At most one
    interim a stream waits, and at most one background piece is being decoded, so that it never takes all workers.
    Not thread-safe: the service holds a lock around it.

    Args:
        params: Knobs.
    """

    def __init__(self, params: QueueParams | None = None) -> None:
        self._params = params or QueueParams()
        self._kept: dict[Lane, list[_Entry[T]]] = {lane: [] for lane in Lane if lane is not Lane.INTERIM}
        self._interims: dict[int, DecodeJob[T]] = {}
        self._sequence = 0
        self._background_running = False
        self._indulged_at = float("-inf")  # when patience last put something before interims

    def __len__(self) -> int:
        return len(self._interims) + self.kept

    @property
    def kept(self) -> int:
        """Pieces waiting that must not be dropped."""
        return sum(len(lane) for lane in self._kept.values())

    def waiting(self, lane: Lane) -> int:
        """Pieces waiting in one lane."""
        return len(self._interims) if lane is Lane.INTERIM else len(self._kept[lane])

    def add(self, job: DecodeJob[T]) -> bool:
        """Queue a piece.

        A stream's waiting interim is stale once an utterance of it is complete, and is dropped.

        Returns:
            False when the stream has an interim waiting already, which keeps its place.
        """
        if job.lane is Lane.INTERIM:
            return self._interims.setdefault(job.stream, job) is job
        self._sequence += 1
        heapq.heappush(self._kept[job.lane], _Entry((job.since, self._sequence), job))
        self._interims.pop(job.stream, None)
        return True

    def promote(self, stream: int) -> None:
        """Make a stream's deferred utterances finals: its speaker has ended and waits for the words."""
        mine = [e for e in self._kept[Lane.DEFERRED] if e.job.stream == stream]
        others = [e for e in self._kept[Lane.DEFERRED] if e.job.stream != stream]
        heapq.heapify(others)
        self._kept[Lane.DEFERRED] = others
        for entry in sorted(mine):
            old = entry.job
            self.add(DecodeJob(Lane.FINAL, old.stream, old.since, old.payload, old.tries))

    def pick(self, now: float) -> list[DecodeJob[T]]:
        """Take what is to be decoded next, as one batch of one lane; empty when there is nothing to do.

        A background batch must be followed by :meth:`background_done`.
        """
        if self._kept[Lane.FINAL]:
            return self._pop(Lane.FINAL)
        if (lane := self._overdue(now)) is not None:
            self._indulged_at = now
            return self._pop(lane)
        if self._interims:
            stalest = sorted(self._interims.values(), key=lambda job: (job.since, job.stream))
            batch = stalest[: self._params.max_batch]
            for job in batch:
                del self._interims[job.stream]
            return batch
        for lane in (Lane.DEFERRED, Lane.BACKGROUND):
            if self._may_run(lane):
                return self._pop(lane)
        return []

    def background_done(self) -> None:
        """The background piece given out last was decoded, or was lost and put back."""
        self._background_running = False

    def oldest_final_age(self, now: float) -> float:
        """Seconds the longest waiting final has waited; 0 without one."""
        finals = self._kept[Lane.FINAL]
        return max(0.0, now - finals[0].job.since) if finals else 0.0

    def _overdue(self, now: float) -> Lane | None:
        """Under a constant load interims would never end; a lane nobody watches still moves on, slowly."""
        if now - self._indulged_at < self._params.patience_s:
            return None
        # Whichever has waited longer: clips that keep coming must not hold up a last decode for ever.
        since, lane = min(
            ((self._kept[lane][0].job.since, lane) for lane in (Lane.DEFERRED, Lane.BACKGROUND) if self._may_run(lane)),
            key=lambda waiting: waiting[0],
            default=(now, None),
        )
        return lane if now - since >= self._params.patience_s else None

    def _may_run(self, lane: Lane) -> bool:
        return bool(self._kept[lane]) and not (lane is Lane.BACKGROUND and self._background_running)

    def _pop(self, lane: Lane) -> list[DecodeJob[T]]:
        heap = self._kept[lane]
        if lane is Lane.BACKGROUND:
            self._background_running = True
        # Nobody watches the last two lanes: one piece at a time keeps them out of the way of finals.
        limit = self._params.max_batch if lane is Lane.FINAL else 1
        batch = [heapq.heappop(heap).job]
        # What failed before may fail again, or take its worker with it: its neighbours must not suffer for it twice.
        while heap and len(batch) < limit and not batch[0].tries and not heap[0].job.tries:
            batch.append(heapq.heappop(heap).job)
        return batch
