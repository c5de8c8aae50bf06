"""Whisper on this machine, by faster-whisper and CTranslate2."""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.hearing import Effort, Heard, Piece

_FULL_SCALE = 32_768.0
_FRAMES_PER_S = 100  # mel frames: hop of 160 samples at 16 kHz
_FULL_CONTEXT_S = 30.0


@dataclass(frozen=True, slots=True)
class EngineParams:
    """Knobs of the Whisper engine. See MEASURED for the contexts."""

    final_beams: int = 5
    """Beam size of finals: 10 % of words wrong against 21 % greedy (12 synthetic sentences), for a fifth more CPU."""

    interim_min_context_s: float = 8.0
    """Shortest context; below it the model, trained on 30 s, loops and invents."""

    interim_margin_s: float = 2.0
    """Room left behind the speech in a shortened context."""

    interim_tokens_per_s: float = 8.0
    """Cap on tokens, in proportion: a fast speaker makes six a second, a loop makes hundreds."""

    interim_extra_tokens: int = 12
    """Added to the cap, so that a short word is not cut."""

    final_tokens_per_s: float = 12.0
    """The same for finals, more generous."""

    final_extra_tokens: int = 24
    """The same for finals."""

    use_vocabulary: bool = False
    """Whether the decoder is given the caller's vocabulary: tiny.en heard 12 % wrongly with it, 10.5 % without."""

    max_vocabulary_tokens: int = 64
    """Longest hint given to the decoder."""


class WhisperEngine:
    """A faster-whisper model on the CPU, int8.

    Thread-safe in the sense of CTranslate2: calls from several threads queue up inside the model.

    Args:
        model_dir: Folder with ``model.bin``, or a function that finds it (called on :meth:`load`).
        threads: CPU threads of one decode.
        params: Knobs.
        name: How transcripts call it.
    """

    def __init__(
        self,
        model_dir: Path | Callable[[], Path],
        threads: int = 2,
        params: EngineParams | None = None,
        name: str = "whisper-tiny.en",
    ) -> None:
        self._find: Callable[[], Path] = (lambda: model_dir) if isinstance(model_dir, Path) else model_dir
        self._threads = threads
        self._params = params or EngineParams()
        self._name = name
        self._lock = threading.Lock()
        self._model: Any = None
        self._tokenizer: Any = None
        self._suppressed: Any = None

    @property
    def name(self) -> str:
        """Short name for transcripts and reports."""
        return self._name

    def load(self) -> None:
        """Load the model and decode a second of silence, which allocates what the first real decode would.

        Raises:
            ModelUnavailable: Missing, damaged, or too big for the memory.
        """
        with self._lock:
            if self._model is not None:
                return
            path = self._find()
            # Imported late: it costs a second that a page without speech need not pay.
            from faster_whisper import WhisperModel
            from faster_whisper.tokenizer import Tokenizer
            from faster_whisper.transcribe import get_suppressed_tokens

            try:
                model = WhisperModel(
                    str(path), device="cpu", compute_type="int8", cpu_threads=self._threads, local_files_only=True
                )
            except Exception as error:  # CTranslate2 raises RuntimeError, tokenizers a bare Exception
                raise ModelUnavailable(f"The speech model cannot be loaded: {error}") from error
            multilingual = bool(model.model.is_multilingual)
            self._tokenizer = Tokenizer(model.hf_tokenizer, multilingual, task="transcribe", language="en")
            self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
            self._model = model
        silence = np.zeros(SAMPLE_RATE, np.int16)
        self.decode([Piece(silence)], Effort.INTERIM)
        self.decode([Piece(silence)], Effort.FULL)

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        """See ``EnginePort``."""
        return [self._one(piece, effort) for piece in pieces]

    def _one(self, piece: Piece, effort: Effort) -> Heard:
        p = self._params
        duration = piece.samples.size / SAMPLE_RATE
        if effort is not Effort.INTERIM:
            tokens = int(duration * p.final_tokens_per_s) + p.final_extra_tokens
            return self._decode(piece.samples, _FULL_CONTEXT_S, tokens, p.final_beams, piece.vocabulary)
        context = min(_FULL_CONTEXT_S, max(p.interim_min_context_s, duration + p.interim_margin_s))
        tokens = int(duration * p.interim_tokens_per_s) + p.interim_extra_tokens
        return self._decode(piece.samples, context, tokens, 1, "")

    def _decode(self, samples: Samples, context_s: float, max_tokens: int, beams: int, vocabulary: str) -> Heard:
        if self._model is None:
            self.load()
        prompt = self._prompt(vocabulary)
        limit = int(self._model.max_length)
        result = self._model.model.generate(
            self._model.encode(self._features(samples, context_s)),
            [prompt],
            beam_size=beams,
            max_length=min(limit, len(prompt) + max_tokens),
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        # CTranslate2 divides the summed log-probability by the length; the end token counts as one more
        # (faster_whisper.transcribe.generate_with_fallback).
        log_prob = result.scores[0] * len(tokens) / (len(tokens) + 1)
        text = self._tokenizer.decode(tokens).strip()
        return Heard(text, math.exp(min(0.0, log_prob)), float(result.no_speech_prob), engine=self._name)

    def _features(self, samples: Samples, context_s: float) -> npt.NDArray[np.float32]:
        """Log-mel frames, shape (mels, context), zero-padded as faster-whisper pads them."""
        frames = int(context_s * _FRAMES_PER_S)
        mel = self._model.feature_extractor(samples.astype(np.float32) / _FULL_SCALE)[:, :frames]
        return np.pad(mel, ((0, 0), (0, frames - mel.shape[1]))).astype(np.float32, copy=False)

    def _prompt(self, vocabulary: str) -> list[int]:
        t = self._tokenizer
        prompt: list[int] = []
        if self._params.use_vocabulary and vocabulary.strip():
            prompt.append(t.sot_prev)
            prompt.extend(t.encode(" " + vocabulary.strip())[: self._params.max_vocabulary_tokens])
        # Timestamps are left out: the VAD knows when it was said, and each costs a decoding step.
        return [*prompt, *t.sot_sequence, t.no_timestamps]
