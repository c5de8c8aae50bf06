"""Two rules over one candidate's sound: a voice while nothing is recorded, and another voice in an answer."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from core.domain.watch import FlagKind
from core.media.audio import SAMPLE_RATE, Samples
from core.proctoring.second_voice import SecondVoiceParams, SecondVoiceRule
from core.proctoring.sound_claim import SoundClaim
from core.proctoring.speaker_encoder import SpeakerEncoder
from core.proctoring.unrecorded_voice import UnrecordedVoiceParams, UnrecordedVoiceRule
from core.proctoring.voices import VoiceComparison, VoicesParams, VoiceVote
from core.services.sound_flags import SoundFlags
from core.speech.vad import SileroStream
from core.speech.voiced_windows import WINDOW_S, VoicedParams, VoicedWindow, VoicedWindows


@dataclass(frozen=True, slots=True)
class VoiceFrame:
    """A piece of sound as it arrived.

    Attributes:
        samples: int16, mono, 16 kHz, shape (n,).
        end_s: Seconds of the stream at its end; without gaps, unless frames were dropped.
        arrived_at: Wall time, UTC.
        arrived_s: The same on the monotonic clock.
        recording: An answer is being recorded.
    """

    samples: Samples
    end_s: float
    arrived_at: datetime
    arrived_s: float
    recording: bool


@dataclass(frozen=True, slots=True)
class VoiceEarParams:
    """Knobs of one ear."""

    gap_s: float = 3.0
    """Sound that stops for this long ends what is open."""
    voiced: VoicedParams = field(default_factory=VoicedParams)
    unrecorded: UnrecordedVoiceParams = field(default_factory=UnrecordedVoiceParams)
    voices: VoicesParams = field(default_factory=VoicesParams)
    second: SecondVoiceParams = field(default_factory=SecondVoiceParams)


Counts = Callable[[datetime], bool | None]
"""Whether a voice at this moment is claimed when nothing is recorded; None when that is not known."""


class VoiceEar:
    """Listens to one candidate. Used by one thread at a time; times of the rules are seconds of the stream.

    Args:
        flags: Where claims go.
        window_factor: Windows of the rules are this much longer.
        encoder: Compares voices; None when nothing does.
        params: Knobs.

    Raises:
        ModelUnavailable: The voice activity model is not there.
    """

    def __init__(
        self,
        flags: SoundFlags,
        window_factor: float = 1.0,
        encoder: SpeakerEncoder | None = None,
        params: VoiceEarParams | None = None,
    ) -> None:
        self.flags = flags
        self._params = p = params or VoiceEarParams()
        self._windows = VoicedWindows(SileroStream().probability, p.voiced)
        self._unrecorded = UnrecordedVoiceRule(p.unrecorded.stretched(window_factor))
        self._second = SecondVoiceRule(p.second.stretched(window_factor))
        self._voices = None if encoder is None else VoiceComparison(encoder, p.voices)
        self._likeness: deque[float] = deque(maxlen=100)
        self._last: VoiceFrame | None = None

    @property
    def last_arrival_s(self) -> float | None:
        """Monotonic seconds of the latest sound; None before any."""
        return None if self._last is None else self._last.arrived_s

    def hear(self, frame: VoiceFrame, counts: Counts) -> tuple[datetime, datetime] | None:
        """Take the next frame.

        Returns:
            The span that is missing in front of it, when frames were dropped.
        """
        missing = None
        if (last := self._last) is not None:
            lost_s = frame.end_s - frame.samples.size / SAMPLE_RATE - last.end_s
            if lost_s > WINDOW_S:
                missing = (last.arrived_at, frame.arrived_at)
            if missing is not None or frame.arrived_s - last.arrived_s > self._params.gap_s:
                self.close()
                self._windows = VoicedWindows(SileroStream().probability, self._params.voiced)
            elif last.recording and not frame.recording:
                self._end_answer()
        self._last = frame
        for window in self._windows.feed(frame.samples, frame.end_s):
            if self._voices is not None and not window.beside:
                self._voices.note_quiet(window.samples)
            if frame.recording:
                self._tell(self._unrecorded.observe(window.end_s, WINDOW_S, None))
                self._compare(window)
            else:
                # Silence is silence in any phase; it is a voice that must be anybody's business.
                vote = (counts(self._wall(window.end_s)) or None) if window.speech else False
                self._tell(self._unrecorded.observe(window.end_s, WINDOW_S, vote))
        return missing

    def close(self) -> None:
        """The sound has stopped, or is nobody's business any more: end what is open. The voice stays known."""
        self._tell(self._unrecorded.close())
        self._end_answer()

    def rest(self) -> None:
        """As ``close``; the stream may go on unheard, which is no gap."""
        self.close()
        self._windows = VoicedWindows(SileroStream().probability, self._params.voiced)
        self._last = None

    def _end_answer(self) -> None:
        self._tell(self._second.close())
        if self._voices is not None:
            self._voices.forget_piece()

    def _compare(self, window: VoicedWindow) -> None:
        if self._voices is None:
            return
        if not window.beside:
            self._tell(self._second.pass_time(window.end_s))
            return
        vote = self._voices.hear(window.end_s, window.samples)
        if vote is not None:
            self._note(vote)
            self._tell(self._second.observe(vote))

    def _note(self, vote: VoiceVote) -> None:
        if FlagKind.SECOND_VOICE not in self.flags.active and not vote.unlike:
            self._likeness.clear()
        elif vote.unlike and vote.similarity is not None:
            self._likeness.append(vote.similarity)

    def _tell(self, claims: list[SoundClaim]) -> None:
        for claim in claims:
            health = None
            if claim.kind is FlagKind.SECOND_VOICE and self._likeness:
                health = {"likeness to the voice at the start": f"{np.mean(self._likeness):.2f} of 1"}
            ended_at = None if claim.ended_at is None else self._wall(claim.ended_at)
            started_at = self._wall(claim.started_at)
            self.flags.tell(claim.kind, started_at, ended_at, claim.strength, claim.measured, health)

    def _wall(self, stream_s: float) -> datetime:
        """Wall time of a moment of the stream, by the latest frame."""
        assert self._last is not None
        return self._last.arrived_at - timedelta(seconds=self._last.end_s - stream_s)
