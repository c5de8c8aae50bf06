"""All knobs of the transcription service in one place."""

from dataclasses import dataclass, field

from core.speech.captions import CaptionParams
from core.speech.guards import GuardParams
from core.speech.pacing import PacingParams
from core.speech.queue import QueueParams
from core.speech.segmenter import SegmenterParams
from core.speech.windows import WindowParams
from core.speech.workers import WorkerParams


@dataclass(frozen=True, slots=True)
class ServiceParams:
    """Knobs of the service and its parts."""

    attempts: int = 2
    """How often a final is tried before it is delivered as failed."""

    captions: CaptionParams = field(default_factory=CaptionParams)
    segmenter: SegmenterParams = field(default_factory=SegmenterParams)
    guards: GuardParams = field(default_factory=GuardParams)
    queue: QueueParams = field(default_factory=QueueParams)
    pacing: PacingParams = field(default_factory=PacingParams)
    workers: WorkerParams = field(default_factory=WorkerParams)
    windows: WindowParams = field(default_factory=WindowParams)
