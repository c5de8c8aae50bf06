"""How busy the captions of this process are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaptionLoad:
    """A metric, for display and monitoring.

    Attributes:
        speakers: Captioned as they speak.
        above_cap: Speaking, with words to come after their answer.
        waiting_finals: Finished utterances not yet begun to be decoded.
        oldest_final_s: How long the first of them has waited, seconds.
        interim_every_s: New speech between two interims of one speaker, seconds; None when there are none for now.
        interim_cost_s: Worker seconds an interim costs, running mean.
        waiting_recordings: Pieces of clips and last decodes that wait.
        failures: Decodes that raised since the start.
        workers_replaced: Threads that died or got stuck since the start.
    """

    speakers: int = 0
    above_cap: int = 0
    waiting_finals: int = 0
    oldest_final_s: float = 0.0
    interim_every_s: float | None = None
    interim_cost_s: float = 0.0
    waiting_recordings: int = 0
    failures: int = 0
    workers_replaced: int = 0
