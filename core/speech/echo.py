"""A played test tone, looked for in the microphone: does the loudspeaker come back?

Three short sweeps at uneven distances. A matched filter finds them far below speech and noise, and neither speech
nor music nor hum has their pattern. The page renders the same sweeps (``tone_sound.js``).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain.errors import InvalidInput
from core.media.audio import SAMPLE_RATE
from core.media.clipping import FULL_SCALE
from core.media.level import SILENCE_DBFS

Wave = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ToneParams:
    """The tone and how it is looked for."""

    low_hz: float = 700.0
    """Where the sweeps begin: small loudspeakers play it, and most of a voice is below."""
    high_hz: float = 2600.0
    """Where they end; every codec carries it."""
    sweep_ms: int = 180
    """Length of one sweep. Bandwidth times length, 342 here, is what the matched filter gains."""
    onsets_ms: tuple[int, ...] = (0, 350, 950)
    """Where the sweeps begin; the distances differ, so that a steady beat does not fit."""
    fade_ms: int = 20
    """Rise and fall of each sweep, so that nothing clicks."""
    gain_dbfs: float = -20.0
    """Peak level played: clear, not startling."""
    drift_ms: int = 15
    """How much each distance may be off."""
    min_score: float = 0.27
    """Likeness, 0 to 1, from which the tone is there. Speech reaches 0.22, noise and chords 0.17, hum 0.1."""
    min_dbfs: float = -80.0
    """Sound below this is no sound."""
    tail_ms: int = 250
    """How much of a room's echo counts to the level."""

    @property
    def length_s(self) -> float:
        """From the first sweep's begin to the last one's end."""
        return (max(self.onsets_ms) + self.sweep_ms) / 1000


@dataclass(frozen=True, slots=True)
class ToneFound:
    """The tone as the microphone had it.

    Attributes:
        score: Likeness of the best place, 0 to 1.
        found: The score is high enough to say that it is there.
        level_dbfs: Level (RMS) of a sweep with its echo in the room; None unless found.
        delay_s: From the first sample looked at to the first sweep; None unless found.
    """

    score: float
    found: bool = False
    level_dbfs: float | None = None
    delay_s: float | None = None


def render_tone(params: ToneParams | None = None, rate: int = SAMPLE_RATE) -> Wave:
    """The tone as played: shape (n,), -1 to 1."""
    p = params or ToneParams()
    sweep = _sweep(p, rate).real
    wave = np.zeros(math.ceil(p.length_s * rate))
    for onset_ms in p.onsets_ms:
        start = onset_ms * rate // 1000
        wave[start : start + sweep.size] += sweep[: wave.size - start]
    return wave * 10 ** (p.gain_dbfs / 20)


def find_tone(
    sound: npt.NDArray[np.generic], params: ToneParams | None = None, *, rate: int = SAMPLE_RATE
) -> ToneFound:
    """Look for the tone.

    Args:
        sound: Shape (n,): int16, or floats of -1 to 1. What is not a number counts as silence.
        params: Knobs.
        rate: Must be 16,000.

    Raises:
        InvalidInput: Another rate, or more than one channel.
    """
    p = params or ToneParams()
    if rate != SAMPLE_RATE or sound.ndim != 1:
        raise InvalidInput("sound", "The test tone is looked for in one channel at 16 kHz.")
    wave = sound.astype(np.float64) / (FULL_SCALE if sound.dtype == np.int16 else 1.0)
    wave = np.nan_to_num(wave, posinf=0.0, neginf=0.0)
    if wave.size < p.length_s * rate:
        return ToneFound(0.0)
    sweep = _sweep(p, rate)
    pad = sweep.size  # so that a tone at either end has its surroundings, too
    likeness, power = _match(np.pad(wave, pad), sweep, p)
    reach = p.drift_ms * rate // 1000
    near = _highest_around(likeness, reach)
    onsets = [o * rate // 1000 for o in p.onsets_ms]
    places = likeness.size - onsets[-1]
    # The harmonic mean: one sweep that is not there cannot be made up for by another.
    scores = len(onsets) / np.sum([1 / np.maximum(near[o : o + places], 1e-9) for o in onsets], axis=0)
    best = int(scores.argmax())
    # Drift makes a plateau of the score: the first sweep itself says where.
    first = max(0, best - reach)
    best = first + int(likeness[first : best + reach + 1].argmax())
    score = float(min(1.0, scores.max()))
    if score < p.min_score:
        return ToneFound(score)
    return ToneFound(score, True, _level(power, sweep, [best + o for o in onsets], p, rate), max(0, best - pad) / rate)


def _sweep(p: ToneParams, rate: int) -> npt.NDArray[np.complex128]:
    """One sweep as an analytic signal of amplitude 1: the real part is what is played."""
    count = p.sweep_ms * rate // 1000
    t = np.arange(count) / rate
    phase = 2 * np.pi * (p.low_hz * t + (p.high_hz - p.low_hz) * t**2 / (2 * p.sweep_ms / 1000))
    fade = p.fade_ms * rate // 1000
    edge = np.minimum(np.arange(count), np.arange(count)[::-1])
    shape = np.where(edge < fade, 0.5 - 0.5 * np.cos(np.pi * edge / fade), 1.0)
    return np.asarray(shape * np.exp(1j * phase))


def _match(wave: Wave, sweep: npt.NDArray[np.complex128], p: ToneParams) -> tuple[Wave, Wave]:
    """Likeness (normalised correlation, 0 to 1) and power of the matched part, for each place a sweep may begin."""
    size = 1 << (wave.size + sweep.size).bit_length()
    band = np.fft.rfft(wave, size)
    hz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    band[(hz < p.low_hz) | (hz > p.high_hz)] = 0
    places = wave.size - sweep.size + 1
    # The one-sided spectrum is the analytic signal: its correlation does not care for the phase a room turns.
    whole = np.zeros(size, np.complex128)
    whole[: band.size] = band
    found = np.abs(np.fft.ifft(whole * np.conj(np.fft.fft(sweep, size))))[:places]
    sums = np.concatenate(([0.0], np.cumsum(np.fft.irfft(band, size)[: wave.size] ** 2)))
    floor = 10 ** (p.min_dbfs / 10) * sweep.size
    energy = np.maximum(sums[sweep.size :] - sums[:places], floor)
    norm = float(np.sum(np.abs(sweep) ** 2))
    return found / np.sqrt(energy * norm / 2), (2 * found / norm) ** 2


def _highest_around(values: Wave, reach: int) -> Wave:
    """Running maximum over ``reach`` places on either side, by doubling."""
    padded = np.pad(values, reach)
    width = 1
    while width < 2 * reach + 1:
        step = min(width, 2 * reach + 1 - width)
        padded = np.maximum(padded[: padded.size - step], padded[step:])
        width += step
    return padded


def _level(power: Wave, sweep: npt.NDArray[np.complex128], onsets: list[int], p: ToneParams, rate: int) -> float:
    """RMS level of a sweep, echo included.

    For a room whose reflections do not line up, the matched filter's output holds the room's energy times that of
    the sweep's own autocorrelation. What the filter gives elsewhere is taken off as noise, and of the three sweeps
    the softest counts: they were played alike, so what the louder ones have more is somebody speaking.
    """
    spectrum = np.abs(np.fft.fft(sweep, 2 * sweep.size)) ** 2
    own = float(np.sum(spectrum**2)) / spectrum.size / float(np.sum(np.abs(sweep) ** 2)) ** 2
    lead, tail = p.sweep_ms * rate // 4000, p.tail_ms * rate // 1000
    spans = [power[max(0, o - lead) : o + tail] for o in onsets]
    quiet = float(np.median(power))
    heard = min(max(0.0, float(span.sum()) - quiet * span.size) for span in spans) / own
    shape = float(np.mean(np.abs(sweep) ** 2)) / 2
    return max(SILENCE_DBFS, 10 * math.log10(max(1e-12, heard * shape)))
