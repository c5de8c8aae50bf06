"""The stretch of an answer's sound that belongs to a flag."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples
from core.media.encoding import encode_flac
from core.services.interview_file import InterviewFile
from core.services.recordings import RecordingStore
from core.storage.records import FlagRow, RecordingRow


@dataclass(frozen=True, slots=True)
class FlagSoundParams:
    """Knobs of the cut."""

    margin_s: float = 2.0
    """Sound before and after the flag, so that its beginning can be heard as a change."""
    max_s: float = 120.0
    """Longest stretch; a flag that lasts longer is heard from its beginning."""


@dataclass(frozen=True, slots=True)
class FlagClip:
    """A piece of recorded sound.

    Attributes:
        flac: FLAC, 16 kHz mono.
        started_at: Wall time of its first sample, UTC.
        seconds: Its length.
        is_whole: Whether it holds all of the flag with its margins; the rest was not recorded, or is left out.
    """

    flac: bytes
    started_at: datetime
    seconds: float
    is_whole: bool


class FlagSound:
    """Cuts a flag's stretch out of the recordings. Safe to call from any thread; decodes the parts it needs."""

    def __init__(self, recordings: RecordingStore, params: FlagSoundParams | None = None) -> None:
        self._recordings = recordings
        self._params = params or FlagSoundParams()

    def is_recorded(self, file: InterviewFile, flag: FlagRow) -> bool:
        """Whether any of a flag's time was recorded; reads no sound."""
        return bool(_covering(file, *self._wanted(flag)))

    def cut(self, file: InterviewFile, flag: FlagRow) -> FlagClip | None:
        """The recorded sound of a flag, with a margin; None when nothing was recorded then.

        Parts follow each other without the time between them. What cannot be read is silence.

        Raises:
            StorageUnavailable: The store could not be reached.
        """
        begin, end = self._wanted(flag)
        pieces: list[Samples] = []
        first: datetime | None = None
        for part in _covering(file, begin, end):
            start = max(0, round((begin - part.started_at).total_seconds() * SAMPLE_RATE))
            stop = round((end - part.started_at).total_seconds() * SAMPLE_RATE)
            piece = self._recordings.load(part).samples[start:stop]
            if piece.size:
                pieces.append(piece)
                first = first or part.started_at + timedelta(seconds=start / SAMPLE_RATE)
        if first is None:
            return None
        samples = np.concatenate(pieces)
        seconds = samples.size / SAMPLE_RATE
        wanted_s = (self._end(flag) - begin).total_seconds()
        return FlagClip(encode_flac(samples), first, seconds, seconds >= wanted_s - 1 / SAMPLE_RATE)

    def _wanted(self, flag: FlagRow) -> tuple[datetime, datetime]:
        begin = flag.started_at - timedelta(seconds=self._params.margin_s)
        return begin, min(self._end(flag), begin + timedelta(seconds=self._params.max_s))

    def _end(self, flag: FlagRow) -> datetime:
        if flag.ended_at is None:
            return flag.started_at + timedelta(seconds=self._params.max_s)
        return flag.ended_at + timedelta(seconds=self._params.margin_s)


def _covering(file: InterviewFile, begin: datetime, end: datetime) -> list[RecordingRow]:
    """Parts that overlap a span, in order of time."""
    parts = [part for question in file.questions for item in question.attempts for part in item.recordings]
    over = [p for p in parts if p.started_at < end and p.started_at + timedelta(seconds=p.duration_s) > begin]
    return sorted(over, key=lambda part: part.started_at)
