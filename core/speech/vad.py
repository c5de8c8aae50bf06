"""Is somebody speaking? Silero VAD, window by window, on a stream."""

import threading
from importlib import metadata
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples

WINDOW_SAMPLES = 512
"""Samples judged at once, fixed by the model: 32 ms."""

WINDOW_MS = 1000 * WINDOW_SAMPLES // SAMPLE_RATE

_CONTEXT_SAMPLES = 64  # the model wants the end of the previous window in front of each one
_FULL_SCALE = 32_768.0

_session: onnxruntime.InferenceSession | None = None
_session_lock = threading.Lock()


def load_vad() -> onnxruntime.InferenceSession:
    """The Silero model that travels inside faster-whisper (MIT), loaded once a process. Any thread.

    Raises:
        ModelUnavailable: It is not there or cannot be loaded.
    """
    global _session
    with _session_lock:
        if _session is None:
            options = onnxruntime.SessionOptions()
            # 0.1 ms a window: a thread pool would cost more than it saves, and spin between windows.
            options.inter_op_num_threads = 1
            options.intra_op_num_threads = 1
            options.log_severity_level = 4
            try:
                _session = onnxruntime.InferenceSession(
                    str(_find_model()), sess_options=options, providers=["CPUExecutionProvider"]
                )
            except ModelUnavailable:
                raise
            except Exception as error:  # onnxruntime has no common base class for its errors
                raise ModelUnavailable(f"The voice activity model cannot be loaded: {error}") from error
        return _session


class SileroStream:
    """The model's memory of one stream. Used by one thread at a time; the model itself is shared.

    Feeding a stream in pieces gives the same probabilities as ``faster_whisper.vad`` gives for it in one call.

    Raises:
        ModelUnavailable: See :func:`load_vad`.
    """

    def __init__(self) -> None:
        self._session = load_vad()
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context: npt.NDArray[np.float32] = np.zeros(_CONTEXT_SAMPLES, np.float32)

    def probability(self, window: Samples) -> float:
        """Probability that a window holds speech.

        Args:
            window: int16, mono, 16 kHz, shape (512,), the one after the previous call's.

        Returns:
            0 to 1.
        """
        samples = window.astype(np.float32) / _FULL_SCALE
        inputs = {"input": np.concatenate((self._context, samples))[None, :], "h": self._h, "c": self._c}
        probabilities, self._h, self._c = self._session.run(None, inputs)
        self._context = samples[-_CONTEXT_SAMPLES:]
        return float(probabilities.reshape(-1)[0])


def _find_model() -> Path:
    try:
        package = metadata.distribution("faster-whisper")
    except metadata.PackageNotFoundError:
        package = None
    found = sorted(Path(str(package.locate_file("faster_whisper/assets"))).glob("silero_vad*.onnx")) if package else []
    if not found:
        raise ModelUnavailable(
            "The voice activity model is missing.", "Run “pip install -r requirements.txt” again (faster-whisper)."
        )
    return found[-1]
