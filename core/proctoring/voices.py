"""Is it the voice of the beginning? Speech in, one vote per window out."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples
from core.media.level import compute_dbfs, compute_rms
from core.proctoring.speaker_encoder import Embedding, SpeakerEncoder, unit


@dataclass(frozen=True, slots=True)
class VoicesParams:
    """Knobs of the comparison."""

    enrol_s: float = 9.6
    """Speech from the first answers that stands for the candidate's voice."""
    enrol_alike: float = 0.4
    """How far each enrolled piece must be above "another voice", as a share of what is left up to 1, in its similarity
    to the mean of all. Else the speech of the beginning was not one voice, and the oldest piece gives way to the next.
    Pieces of one voice are at 0.5 to 0.9 of it, noise, room and telephone included."""
    min_above_noise_db: float = 10.0
    """How far speech must stand above the room's noise to be compared. Noise makes any two recordings unlike."""
    noise_of_last_s: float = 5.0
    """The room's noise is measured on this much of the sound between words, however long ago the oldest of it was:
    some people make few pauses."""
    noise_percentile: float = 20.0
    """Percentile of the levels of that sound; breath and the end of a word are louder than the room."""
    max_treble_change_db: float = 20.0
    """Most by which the power above 4 kHz, in proportion to that of a telephone's band, may differ from the beginning.
    Pieces of one voice stay within 10 dB of their mean, different voices within 15; a headset that sends telephone
    sound after a wide microphone makes 25 to 45, and any two voices through the two are unlike."""
    max_waiting_s: float = 10.0
    """Speech with a silence longer than this in it is no piece; what was collected is let go of."""


@dataclass(frozen=True, slots=True)
class VoiceVote:
    """One window compared.

    Attributes:
        started_at: Seconds on the caller's clock when its last piece of speech began.
        ended_at: When it ended.
        speech_s: Seconds of speech of that piece.
        unlike: Another voice; None when it was too noisy, or sounded too different, to
            tell.
        similarity: Cosine to the enrolled voice, -1 to 1; None with ``unlike``.
    """

    started_at: float
    ended_at: float
    speech_s: float
    unlike: bool | None
    similarity: float | None


class VoiceComparison:
    """Holds what one candidate's voice is like, in memory only. Used by one thread at a time; no clock, no I/O.

    Args:
        encoder: Makes the numbers.
        params: Knobs.
    """

    def __init__(self, encoder: SpeakerEncoder, params: VoicesParams | None = None) -> None:
        self._encoder = encoder
        self._params = params or VoicesParams()
        self._voice: Embedding | None = None
        self._enrolling: list[tuple[Embedding, float]] = []
        self._treble_db = 0.0
        self._recent: deque[Embedding] = deque(maxlen=encoder.pieces)
        self._quiet: deque[tuple[int, float]] = deque()
        self._quiet_samples = 0
        self._speech: list[Samples] = []
        self._collected = 0
        self._began_at = self._latest_at = 0.0

    @property
    def enrolled(self) -> bool:
        """The voice of the beginning is known."""
        return self._voice is not None

    def forget_piece(self) -> None:
        """The answer has ended, or sound is missing: what comes next does not continue what was heard."""
        self._speech.clear()
        self._collected = 0
        self._recent.clear()

    def note_quiet(self, samples: Samples) -> None:
        """Take sound in which nobody speaks, of answers or not; int16, mono, 16 kHz, shape (n,), some 32 ms."""
        self._quiet.append((samples.size, compute_dbfs(compute_rms(samples))))
        self._quiet_samples += samples.size
        while self._quiet_samples - self._quiet[0][0] >= self._params.noise_of_last_s * SAMPLE_RATE:
            self._quiet_samples -= self._quiet.popleft()[0]

    def hear(self, at: float, speech: Samples) -> VoiceVote | None:
        """Take speech of an answer; silences are left out by the caller.

        Args:
            at: Seconds at its end; must not fall.
            speech: int16, mono, 16 kHz, shape (n,), well below a second.

        Returns:
            A vote, each time another piece is whole and the voice of the beginning is known.
        """
        seconds = speech.size / SAMPLE_RATE
        if self._collected and at - self._latest_at > self._params.max_waiting_s:
            self.forget_piece()
        if not self._collected:
            self._began_at = at - seconds
        self._speech.append(speech)
        self._collected += speech.size
        self._latest_at = at
        wanted = round(self._encoder.piece_s * SAMPLE_RATE)
        if self._collected < wanted:
            return None
        piece = np.concatenate(self._speech)[:wanted]
        self._speech.clear()
        self._collected = 0
        return self._judge(piece)

    def _judge(self, piece: Samples) -> VoiceVote | None:
        treble_db = compute_treble_db(piece)
        other_sound = self.enrolled and abs(treble_db - self._treble_db) > self._params.max_treble_change_db
        if other_sound or not self._is_clear(piece):
            self._recent.clear()
            return self._vote(None) if self.enrolled else None
        encoded = self._encoder.encode(piece)
        if self._voice is None:
            self._enrol(encoded, treble_db)
            return None
        self._recent.append(encoded)
        if len(self._recent) < self._encoder.pieces:
            return None
        return self._vote(float(_mean(list(self._recent)) @ self._voice))

    def _enrol(self, encoded: Embedding, treble_db: float) -> None:
        self._enrolling.append((encoded, treble_db))
        if len(self._enrolling) * self._encoder.piece_s < self._params.enrol_s - 1e-6:
            return
        pieces = [piece for piece, _ in self._enrolling]
        voice, below = _mean(pieces), self._encoder.unlike_below
        alike = below + self._params.enrol_alike * (1.0 - below)
        if min(float(piece @ voice) for piece in pieces) >= alike:
            self._voice = voice
            self._treble_db = float(np.mean([treble for _, treble in self._enrolling]))
            self._enrolling.clear()
        else:
            del self._enrolling[0]

    def _is_clear(self, piece: Samples) -> bool:
        if not self._quiet:
            return False
        noise_dbfs = float(np.percentile([level for _, level in self._quiet], self._params.noise_percentile))
        return compute_dbfs(compute_rms(piece)) - noise_dbfs >= self._params.min_above_noise_db

    def _vote(self, similarity: float | None) -> VoiceVote:
        unlike = None if similarity is None else similarity < self._encoder.unlike_below
        return VoiceVote(self._began_at, self._latest_at, self._encoder.piece_s, unlike, similarity)


def compute_treble_db(speech: Samples) -> float:
    """Power above 4 kHz against that from 300 to 3400 Hz, in decibels; int16, mono, 16 kHz, shape (n,)."""
    power = np.abs(np.fft.rfft(speech.astype(np.float64))) ** 2
    hz = np.fft.rfftfreq(speech.size, 1 / SAMPLE_RATE)
    high, voice = power[hz > 4000].sum(), power[(hz > 300) & (hz < 3400)].sum()
    return float(10 * np.log10((high + 1.0) / (voice + 1.0)))


def _mean(pieces: list[Embedding]) -> Embedding:
    return unit(np.mean(pieces, axis=0))
