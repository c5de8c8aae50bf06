"""A slot for a speaker model as an ONNX file. None comes with the application.

What a file must be (``docs/sound.md``): one float32 input, and as its first output one embedding.

- Input (1, frames, 80): Kaldi's log mel bands less their mean, as WeSpeaker and 3D-Speaker (CAM++, ERes2Net) export.
- Input (1, samples): the waveform, 16 kHz, -1 to 1.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.proctoring.speaker_encoder import Embedding, unit
from core.proctoring.speaker_features import FULL_SCALE, compute_fbank

_STEP = "Set SPEAKER_MODEL to an ONNX file as described in docs/sound.md, or leave it empty."


class OnnxSpeakerEncoder:
    """Any speaker model that fits the slot; one thread of one core.

    Args:
        model: The file.
        unlike_below: Cosine similarity below which two pieces are of different voices; a matter of the model.

    Raises:
        ModelUnavailable: It is not there, cannot be loaded or does not fit.
    """

    piece_s = 3.2
    pieces = 1

    def __init__(self, model: Path, unlike_below: float) -> None:
        if not model.is_file():
            raise ModelUnavailable(f"The speaker model {model.name} is not there.", _STEP)
        self.unlike_below = unlike_below
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            (found,) = self._session.get_inputs()
            self._name, self._spectral = found.name, len(found.shape) == 3
            noise = np.random.default_rng(1).normal(0, 1000, round(self.piece_s * SAMPLE_RATE))
            tried = self.encode(noise.astype(np.int16))
        except Exception as error:  # onnxruntime has no common base class for its errors
            raise ModelUnavailable(f"The speaker model {model.name} does not fit: {error}", _STEP) from error
        if tried.size < 2 or not np.isfinite(tried).all() or not tried.any():
            raise ModelUnavailable(f"The speaker model {model.name} gives no embedding.", _STEP)

    def encode(self, speech: Samples) -> Embedding:
        """See ``SpeakerEncoder``."""
        inputs: NDArray[Any] = compute_fbank(speech) if self._spectral else speech.astype(np.float32) / FULL_SCALE
        return unit(np.asarray(self._session.run(None, {self._name: inputs[None]})[0], np.float32).reshape(-1))
