"""Whisper on this machine, by faster-whisper and CTranslate2."""

import math
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain.errors import ModelUnavailable
from core.domain.transcript import Word
from core.media.audio import SAMPLE_RATE, Samples
from core.speech.hearing import Effort, Heard, Piece
from core.speech.memory import limit_heaps
from core.speech.whisper_params import EffortParams, WhisperParams

_FULL_SCALE = 32_768.0
_FRAME_SAMPLES = 160  # mel frames: hop of 10 ms at 16 kHz
_FRAMES_PER_S = SAMPLE_RATE // _FRAME_SAMPLES
_MIN_FRAMES = 2  # a position of the encoder; alignment fails on none
_CONTEXT_STEP_S = 0.5  # batched pieces share a context; coarse steps keep the tensors' shapes few
_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"


class WhisperEngine:
    """A faster-whisper model, int8 on the CPU.

    Several threads may decode at once, up to ``workers``; more queue up inside the model. Two workers with a thread
    each get twice as much done as one worker with two threads, and each decode takes no longer.

    Args:
        model: Folder with ``model.bin``, or a function that finds it (called on :meth:`load`).
        threads: CPU threads of one decode.
        params: Knobs.
        name: How transcripts call it.
        device: ``cpu`` or ``cuda``.
        compute_type: CTranslate2's; empty means int8 on the CPU, float16 on CUDA.
        language: Language of the speech, ISO 639-1; English-only models know ``en`` alone.
        workers: Decodes that may run at once.
    """

    def __init__(
        self,
        model: Path | Callable[[], Path],
        threads: int = 1,
        params: WhisperParams | None = None,
        name: str = "whisper-tiny.en",
        *,
        device: str = "cpu",
        compute_type: str = "",
        language: str = "en",
        workers: int = 2,
    ) -> None:
        self._find: Callable[[], Path] = (lambda: model) if isinstance(model, Path) else model
        self._threads = threads
        self._params = params or WhisperParams()
        self._name = name
        self._device = device
        self._compute_type = compute_type or ("int8" if device == "cpu" else "float16")
        self._language = language
        self._workers = workers
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
            ModelUnavailable: Missing, damaged, too big for the memory, or made for another language.
        """
        with self._lock:
            if self._model is not None:
                return
            path = self._find()
            limit_heaps()
            # Imported late: it costs a second that a page without speech need not pay.
            from faster_whisper import WhisperModel
            from faster_whisper.tokenizer import Tokenizer
            from faster_whisper.transcribe import get_suppressed_tokens

            try:
                model = WhisperModel(
                    str(path),
                    device=self._device,
                    compute_type=self._compute_type,
                    cpu_threads=self._threads,
                    num_workers=self._workers,
                    local_files_only=True,
                )
            except Exception as error:  # CTranslate2 raises RuntimeError, tokenizers a bare Exception
                raise ModelUnavailable(f"The speech model cannot be loaded: {error}") from error
            multilingual = bool(model.model.is_multilingual)
            if not multilingual and self._language != "en":
                raise ModelUnavailable(
                    f"The speech model {self._name} knows English only, and interviews are set to “{self._language}”.",
                    "Choose a multilingual model (WHISPER_MODEL) or set INTERVIEW_LANGUAGE to “en”.",
                )
            try:
                self._tokenizer = Tokenizer(
                    model.hf_tokenizer, multilingual, task="transcribe", language=self._language
                )
            except ValueError as error:
                raise ModelUnavailable(f"The speech model does not know the language “{self._language}”.") from error
            self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
            self._model = model
        silence = Piece(np.zeros(SAMPLE_RATE, np.int16))
        for effort in (Effort.INTERIM, Effort.LIVE):
            self.decode([silence], effort)

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        """Decode pieces in one batch, at the context of the longest.

        Args:
            pieces: What is beyond 30 s of a piece is not heard; empty pieces are heard as nothing.
            effort: Which knobs.

        Returns:
            One result a piece, in order, with word times; not yet judged by the guards.

        Raises:
            ModelUnavailable: The model could not be loaded.
        """
        if self._model is None:
            self.load()
        filled = [piece for piece in pieces if piece.samples.size]
        results = (heard for group in self._groups(filled) for heard in self._batch(group, self._params.of(effort)))
        nothing = Heard("", 0.0, 1.0, engine=self._name)
        return [next(results) if piece.samples.size else nothing for piece in pieces]

    def _groups(self, pieces: list[Piece]) -> list[list[Piece]]:
        """Pieces that can be decoded at once: CTranslate2 wants prompts of one length."""
        if len({len(self._prompt(piece.vocabulary)) for piece in pieces}) > 1:
            return [[piece] for piece in pieces]
        return [pieces] if pieces else []

    def _batch(self, pieces: Sequence[Piece], p: EffortParams) -> list[Heard]:
        longest_s = max(piece.samples.size for piece in pieces) / SAMPLE_RATE
        wanted_s = math.ceil((longest_s + p.margin_s) / _CONTEXT_STEP_S) * _CONTEXT_STEP_S
        full_s = float(self._model.feature_extractor.chunk_length)
        context_s = min(full_s, max(p.min_context_s, wanted_s))
        prompts = [self._prompt(piece.vocabulary) for piece in pieces]
        tokens = int(longest_s * p.tokens_per_s) + p.extra_tokens
        encoded = self._encode([self._features(piece.samples, context_s) for piece in pieces])
        results = self._model.model.generate(
            encoded,
            prompts,
            beam_size=p.beams,
            max_length=min(int(self._model.max_length), max(map(len, prompts)) + tokens),
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        ids = [[t for t in r.sequences_ids[0] if t < self._tokenizer.eot] for r in results]
        words = self._words(encoded, ids, [piece.samples.size for piece in pieces])
        return [self._heard(r, i, w) for r, i, w in zip(results, ids, words, strict=True)]

    def _encode(self, features: Sequence[npt.NDArray[np.float32]]) -> Any:
        """Encoder output for the batch, made one by one.

        A batch makes the encoder no faster, and its attention over the whole context is where the memory goes: four
        times 54 MB for 15 s of context.
        """
        from ctranslate2 import StorageView

        encoded = [self._model.encode(one[None]) for one in features]
        if len(encoded) == 1:
            return encoded[0]
        return StorageView.from_array(np.concatenate([np.asarray(one) for one in encoded]))

    def _heard(self, result: Any, tokens: list[int], words: tuple[Word, ...]) -> Heard:
        # CTranslate2 divides the summed log-probability by the length; the end token counts as one more
        # (faster_whisper.transcribe.generate_with_fallback).
        log_prob = result.scores[0] * len(tokens) / (len(tokens) + 1)
        text = self._tokenizer.decode(tokens).strip()
        return Heard(text, math.exp(min(0.0, log_prob)), float(result.no_speech_prob), words, engine=self._name)

    def _words(self, encoded: Any, tokens: list[list[int]], sizes: list[int]) -> list[tuple[Word, ...]]:
        """Word times by cross-attention, as faster-whisper finds them: a fifth of the cost of decoding the tokens."""
        from faster_whisper.transcribe import merge_punctuations

        if not any(tokens):
            return [() for _ in tokens]
        frames = max(_MIN_FRAMES, max(sizes) // _FRAME_SAMPLES)
        found: list[tuple[Word, ...]] = []
        for alignment, size in zip(
            self._model.find_alignment(self._tokenizer, tokens, encoded, frames), sizes, strict=True
        ):
            merge_punctuations(alignment, _PREPENDED, _APPENDED)
            end_s = size / SAMPLE_RATE  # shorter pieces of a batch are padded; near silence begins at -0.02 s
            found.append(
                tuple(
                    Word(
                        entry["word"].strip(),
                        min(max(0.0, float(entry["start"])), end_s),
                        min(max(0.0, float(entry["end"])), end_s),
                        float(entry["probability"]),
                    )
                    for entry in alignment
                    if entry["word"].strip()
                )
            )
        return found

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
        # Timestamps are left out: alignment tells the times, and each costs a decoding step.
        return [*prompt, *t.sot_sequence, t.no_timestamps]
