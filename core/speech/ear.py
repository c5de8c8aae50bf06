"""What the device check hears: the last seconds of the microphone, kept in memory only."""

import threading

import numpy as np

from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clipping import compute_crest_db
from core.media.level import AudioLevel, LevelFrame
from core.media.window import AudioWindow
from core.speech.echo import ToneFound, ToneParams, find_tone
from core.speech.noise import NoiseMeter, NoiseReading
from core.speech.vad import SileroStream

KEPT_S = 12.0
"""Sound kept: a test tone, what the network adds, and some seconds of talk."""
CREST_S = 10.0


class RoomEar:
    """Listens to a meter. ``hear`` runs on the feeding thread; everything else may be called from any.

    Args:
        level: The meter of the microphone.
        name: Under which it listens; a second ear of this name replaces the first.
    """

    def __init__(self, level: AudioLevel, name: str = "ear") -> None:
        self._lock = threading.Lock()
        self._window = AudioWindow()
        self.unmeasured = ""
        """Why the voice cannot be told from the noise; empty when it can."""
        self._noise: NoiseMeter | None = None
        try:
            self._noise = NoiseMeter(SileroStream().probability)
        except ModelUnavailable as error:
            self.unmeasured = error.message
        level.listen(name, self.hear)

    def hear(self, frame: LevelFrame) -> None:
        """Take a frame."""
        with self._lock:
            self._window.append(frame.samples)
            self._window.forget_before(self._window.end - int(KEPT_S * SAMPLE_RATE))
            if self._noise is not None:
                self._noise.feed(frame.samples)

    def noise(self) -> NoiseReading | None:
        """Voice against noise; None while there is too little of either, or no model."""
        with self._lock:
            return self._noise.reading() if self._noise is not None else None

    def crest_db(self) -> float | None:
        """Peaks of the last seconds' loud speech; see ``compute_crest_db``."""
        frame = SAMPLE_RATE // 10
        samples = self._last(CREST_S)
        return compute_crest_db(samples[: samples.size // frame * frame].reshape(-1, frame))

    def find_tone(self, params: ToneParams | None = None) -> ToneFound:
        """Look for the test tone in what is kept; about 40 ms of work."""
        return find_tone(self._last(KEPT_S), params)

    def _last(self, seconds: float) -> Samples:
        with self._lock:
            end = self._window.end
            return np.array(self._window.slice(end - int(seconds * SAMPLE_RATE), end))
