"""A voice in 256 numbers: the encoder that comes with Resemblyzer, computed by NumPy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.proctoring.speaker_checkpoint import read_tensors
from core.proctoring.speaker_features import FULL_SCALE, compute_mel_power

Embedding = NDArray[np.float32]
"""Of length 1, shape (d,)."""

_FRAMES, _LAYERS, _HIDDEN, _BANDS = 160, 3, 256, 40
_TARGET_DBFS = -30.0
"""The model was trained on sound of this level."""


class SpeakerEncoder(Protocol):
    """Turns speech into numbers that are alike for one voice and unlike for two. Used by one thread at a time."""

    @property
    def piece_s(self) -> float:
        """Seconds of speech that are encoded at once."""

    @property
    def pieces(self) -> int:
        """Neighbouring pieces whose mean is compared."""

    @property
    def unlike_below(self) -> float:
        """Cosine similarity below which a mean belongs to another voice."""

    def encode(self, speech: Samples) -> Embedding:
        """Encode one piece.

        Args:
            speech: int16, mono, 16 kHz, shape (16000 * piece_s,), silences left out.
        """


class VoiceEncoder:
    """Three LSTM layers over 1.6 s of mel spectra; 18 ms of one core a piece.

    Source: Wan et al. 2018, arXiv:1710.10467, as trained by the authors of Resemblyzer (Apache-2.0).

    Args:
        model: ``pretrained.pt`` of Resemblyzer.

    Raises:
        ModelUnavailable: It cannot be read or is of another shape.
    """

    piece_s = 1.6
    pieces = 2
    unlike_below = 0.55
    """Measured (``benchmarks/second_voice.py``, docs/sound.md): one voice stays above this through a change of
    microphone, room, level or noise; two voices that sound alike do, too."""

    def __init__(self, model: Path) -> None:
        try:
            tensors = read_tensors(model.read_bytes(), "model_state")
            self._layers = [_layer(tensors, n) for n in range(_LAYERS)]
            self._weight = np.ascontiguousarray(tensors["linear.weight"].T)
            self._bias = tensors["linear.bias"]
            self.encode(np.zeros(int(self.piece_s * SAMPLE_RATE), np.int16))
        except (OSError, KeyError, ValueError) as error:
            raise ModelUnavailable(f"The voice model {model.name} cannot be used: {error}.") from error

    def encode(self, speech: Samples) -> Embedding:
        """See ``SpeakerEncoder``. A piece of silence gives zeros."""
        samples = speech.astype(np.float32) / FULL_SCALE
        rms = float(np.sqrt(np.mean(samples**2)))
        if rms > 0.0:
            samples *= 10 ** (_TARGET_DBFS / 20) / rms
        spectra = compute_mel_power(samples, _BANDS)[:_FRAMES]
        for layer in self._layers:
            spectra = _run(layer, spectra)
        return unit(np.maximum(0.0, spectra[-1] @ self._weight + self._bias))


_Layer = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def _layer(tensors: Mapping[str, NDArray[np.float32]], number: int) -> _Layer:
    """Input weights, recurrent weights (both transposed) and bias of one LSTM layer."""
    kernel = np.ascontiguousarray(tensors[f"lstm.weight_ih_l{number}"].T)
    recurrent = np.ascontiguousarray(tensors[f"lstm.weight_hh_l{number}"].T)
    return kernel, recurrent, tensors[f"lstm.bias_ih_l{number}"] + tensors[f"lstm.bias_hh_l{number}"]


def _run(layer: _Layer, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """One LSTM layer over a sequence, shape (frames, n) to (frames, 256); gates in PyTorch's order i, f, g, o."""
    kernel, recurrent, bias = layer
    gates = inputs @ kernel + bias
    outputs = np.empty((len(inputs), _HIDDEN), np.float32)
    hidden, cell = np.zeros(_HIDDEN, np.float32), np.zeros(_HIDDEN, np.float32)
    for at in range(len(inputs)):
        z = gates[at] + hidden @ recurrent
        # A sigmoid is half a hyperbolic tangent, which does not overflow.
        opened = 0.5 + 0.5 * np.tanh(0.5 * z)
        candidate = np.tanh(z[2 * _HIDDEN : 3 * _HIDDEN])
        cell = opened[_HIDDEN : 2 * _HIDDEN] * cell + opened[:_HIDDEN] * candidate
        hidden = opened[3 * _HIDDEN :] * np.tanh(cell)
        outputs[at] = hidden
    return outputs


def unit(vector: NDArray[np.float32]) -> Embedding:
    """The vector at length 1; one without a length stays as it is."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 0.0 else vector, np.float32)
