"""Whisper models by name: what each needs, where it is found, and which one this machine can afford."""

import hashlib
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.speech.machine import Machine

BUNDLED = "tiny.en"
"""The model that is always there."""

ENGLISH = "en"
_BASE_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"  # of the joined model.bin
_WEIGHTS = "model.bin"
_joining = threading.Lock()


@dataclass(frozen=True, slots=True)
class ModelSize:
    """One size of Whisper, converted for CTranslate2.

    Attributes:
        name: As faster-whisper calls it; ``.en`` knows English only.
        repository: On the Hugging Face hub.
        parameters_m: Millions of parameters.
        cost: CPU time of a 30 s window, relative to tiny.
    """

    name: str
    repository: str
    parameters_m: int
    cost: float

    @property
    def memory_mb(self) -> float:
        """Peak memory while it is loaded: 16 bit weights and their int8 copy, and 150 MB for one window at beam 5.

        Measured: 230 MB for tiny.en (formula: 267), 320 MB for base (372).
        """
        return 3.0 * self.parameters_m + 150.0


# From worst to best for English: base hears accented English no better than tiny.en (18.3 against 16.9 % word errors
# on 90 utterances), the others as in the Whisper paper (Radford et al. 2022, appendix D). Costs: tiny and base are
# measured; the others are layers x width^2 of the encoder against tiny's, times the 0.7 that base takes of its own
# share, and for turbo with 4 decoder layers instead of 32.
SIZES: tuple[ModelSize, ...] = (
    ModelSize("tiny", "Systran/faster-whisper-tiny", 39, 1.0),
    ModelSize("base", "Systran/faster-whisper-base", 74, 1.9),
    ModelSize("tiny.en", "Systran/faster-whisper-tiny.en", 39, 1.0),
    ModelSize("base.en", "Systran/faster-whisper-base.en", 74, 1.9),
    ModelSize("small", "Systran/faster-whisper-small", 244, 8.4),
    ModelSize("small.en", "Systran/faster-whisper-small.en", 244, 8.4),
    ModelSize("medium", "Systran/faster-whisper-medium", 769, 30.0),
    ModelSize("medium.en", "Systran/faster-whisper-medium.en", 769, 30.0),
    ModelSize("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 809, 45.0),
    ModelSize("large-v3", "Systran/faster-whisper-large-v3", 1550, 62.0),
)


@dataclass(frozen=True, slots=True)
class FitParams:
    """Knobs of choosing a model for the last decode."""

    tiny_window_s: float = 1.5
    """CPU seconds tiny.en takes for a full 30 s window at beam 5, measured on one core of the machine of the tests."""

    max_window_s: float = 5.0
    """Longest time a 30 s window may take on all cores: live captions may have to wait behind it."""

    memory_share: float = 0.5
    """Share of the free memory a model may take."""


@dataclass(frozen=True, slots=True)
class ModelShelf:
    """Where models are looked for.

    Attributes:
        joined_dir: Folder for models that come in parts and are joined once.
        allow_download: Whether the hub may be asked for what is not here.
        cache_dir: Cache of the hub; None means its usual place (``HF_HOME``).
    """

    joined_dir: Path
    allow_download: bool = False
    cache_dir: Path | None = None

    def find(self, name: str) -> Path:
        """Folder of a model; blocks while it is downloaded, so call it from a worker thread.

        Args:
            name: A size (``small.en``), a repository of the hub (``owner/name``), or a folder.

        Raises:
            ModelUnavailable: No such model or folder, not here and not to be downloaded, or the download failed.
        """
        if name == BUNDLED:
            return weights.resolve(weight_table.WHISPER_TINY_EN)
        if name == "base" and self._base_is_installed():
            return self._joined_base()
        known = any(size.name == name for size in SIZES) or name in _hub_names()
        if not known:
            folder = Path(name).expanduser()
            if (folder / _WEIGHTS).is_file():
                return folder
            if folder.exists() or not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
                raise ModelUnavailable(
                    f"“{name}” is neither a Whisper model's name nor a folder with a {_WEIGHTS}.",
                    f"Use one of {', '.join(size.name for size in SIZES)}, or a folder.",
                )
        return self._from_hub(name)

    def has(self, name: str) -> bool:
        """Whether a size can be had without the network."""
        if name == BUNDLED or (name == "base" and self._base_is_installed()):
            return True
        from huggingface_hub import try_to_load_from_cache

        size = next((s for s in SIZES if s.name == name), None)
        return size is not None and isinstance(
            try_to_load_from_cache(size.repository, _WEIGHTS, cache_dir=self.cache_dir), str
        )

    def _from_hub(self, name: str) -> Path:
        from faster_whisper import download_model

        cache = str(self.cache_dir) if self.cache_dir else None
        # The cache is asked first even when downloads are allowed: a model that is here must not wait for the network.
        for local_only in (True, False) if self.allow_download else (True,):
            try:
                path = Path(download_model(name, local_files_only=local_only, cache_dir=cache))
            except Exception as error:  # the hub's client lets through what httpx, the disk and its own code raise
                if not local_only:
                    raise ModelUnavailable(
                        f"The speech model “{name}” could not be downloaded ({type(error).__name__}).",
                        "Check the network and start again, or choose another model (WHISPER_MODEL).",
                    ) from error
                continue
            if (path / _WEIGHTS).is_file():  # a download that was broken off leaves a folder without it
                return path
        raise ModelUnavailable(
            f"The speech model “{name}” is not on this machine.",
            "Allow its download (WHISPER_DOWNLOAD=true), or name a folder that holds it.",
        )

    def _base_is_installed(self) -> bool:
        return all(weights.is_installed(name) for name in (weight_table.WHISPER_BASE_1, weight_table.WHISPER_BASE_2))

    def _joined_base(self) -> Path:
        """The multilingual base model travels in two packages; joined once, checked each time it is asked for."""
        first = weights.resolve(weight_table.WHISPER_BASE_1)
        rest = weights.resolve(weight_table.WHISPER_BASE_2)
        folder = self.joined_dir / "whisper-base"
        with _joining:
            if not _matches(folder / _WEIGHTS):
                try:
                    _join(first, rest, folder)
                except OSError as error:
                    raise ModelUnavailable(
                        f"The speech model “base” cannot be unpacked: {error.strerror}.", "Free 150 MB on the disk."
                    ) from error
        return folder


def choose_final(language: str, live: str, shelf: ModelShelf, machine: Machine, params: FitParams | None = None) -> str:
    """The best model for the last decode that is here and that this machine can afford.

    Args:
        language: Of the interviews.
        live: The model of the captions: the answer when none is better, or when free memory is not known.
        shelf: Where models are.
        machine: What there is; CUDA takes any size, and one that does not fit its memory fails to load.
        params: Knobs.

    Returns:
        A name from the table, or ``live``.
    """
    p = params or FitParams()
    names = [size.name for size in SIZES]
    if live not in names or machine.free_memory_mb is None:
        return live
    for size in reversed(SIZES[names.index(live) + 1 :]):
        if size.name.endswith(".en") and language != ENGLISH:
            continue
        affordable = size.memory_mb <= machine.free_memory_mb * p.memory_share and (
            machine.cuda_devices > 0 or size.cost * p.tiny_window_s / machine.cores <= p.max_window_s
        )
        if affordable and shelf.has(size.name):
            return size.name
    return live


def _hub_names() -> list[str]:
    from faster_whisper import available_models

    return list(available_models())


def _matches(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == _BASE_SHA256


def _join(first: Path, rest: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        shutil.copyfile(rest / name, folder / name)
    part = folder / f"{_WEIGHTS}.part"
    with part.open("wb") as out:
        for piece in (first, rest / "model.bin.part2"):
            with piece.open("rb") as source:
                shutil.copyfileobj(source, out, 1 << 20)
    part.replace(folder / _WEIGHTS)  # last and in one step: a folder with it is complete
