"""Which engines an installation hears with: made from its settings, in the order it wants them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from core.domain.clock import Clock
from core.speech.endpoint import EndpointEngine, EndpointParams
from core.speech.engine_chain import ChainParams, EngineChain, Link
from core.speech.machine import Machine, measure_machine
from core.speech.models import BUNDLED, ENGLISH, FitParams, ModelShelf, choose_final
from core.speech.whisper import WhisperEngine
from core.speech.whisper_params import WhisperParams

LOCAL = "local"
ENDPOINT = "endpoint"
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class EndpointAddress:
    """An OpenAI-compatible endpoint: base URL, model, key ("" for none)."""

    url: str
    model: str = "whisper-1"
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class EngineParams:
    """What an installation wants to hear with."""

    model: str = ""
    """Size, hub repository or folder; empty means the bundled one."""

    final_model: str = AUTO
    """The same for the last decode before scoring; ``auto`` is the best that is here and that the machine affords."""

    language: str = ENGLISH
    """Of the interviews, ISO 639-1."""

    device: str = AUTO
    """``cpu``, ``cuda``, or ``auto``: CUDA when there is a device."""

    compute_type: str = ""
    """CTranslate2's; empty means int8 on the CPU, float16 on CUDA."""

    threads: int = 1
    """CPU threads of one decode."""

    workers: int = 2
    """Decodes that may run at once."""

    endpoint: EndpointAddress | None = None
    """None: nothing is sent anywhere."""

    order: tuple[str, ...] = (LOCAL,)
    """``local`` and ``endpoint`` in order of preference; an endpoint that is not named is not used."""

    whisper: WhisperParams = field(default_factory=WhisperParams)
    """Knobs of the local engines."""

    remote: EndpointParams = field(default_factory=EndpointParams)
    """Knobs of the endpoint."""

    chain: ChainParams = field(default_factory=ChainParams)
    """Knobs of the chains."""

    fit: FitParams = field(default_factory=FitParams)
    """Knobs of ``auto``."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What hears.

    Attributes:
        live: For captions and live finals.
        full: For the last decode before scoring; the same object as ``live`` when there is no better model.
        here: For the voices of those who did not agree to the endpoint: ``live`` without it; the same object when there
            is none.
        here_full: ``full`` without the endpoint, likewise.
        warnings: What is not as the settings want it. Grows while models are loaded, on worker threads.
    """

    live: EngineChain
    full: EngineChain
    here: EngineChain
    here_full: EngineChain
    warnings: list[str]

    def notes(self) -> list[str]:
        """Who hears instead of the engine asked first, at present; empty when all is as wanted. Cheap, any thread."""
        chains = {"Live speech": self.live, "The last decode": self.full}
        if self.full is self.live:
            chains = {"Speech": self.live}
        return [f"{what} is heard by {c.status.text}." for what, c in chains.items() if c.status.degraded]


def make_engines(
    params: EngineParams,
    shelf: ModelShelf,
    *,
    clock: Clock | None = None,
    machine: Machine | None = None,
    warnings: list[str] | None = None,
) -> Engines:
    """Put the engines together; nothing is loaded or fetched yet, so it returns at once.

    Args:
        params: What is wanted.
        shelf: Where models are.
        clock: Monotonic time for the chains.
        machine: What there is to decode with; measured when not given.
        warnings: List that takes the warnings; by default a new one.
    """
    found = machine or measure_machine()
    notes = [] if warnings is None else warnings
    cuda = found.cuda_devices > 0 and params.device != "cpu"
    if params.device == "cuda" and not cuda:
        notes.append("WHISPER_DEVICE is “cuda”, but no CUDA device was found; speech is decoded on the CPU.")
    model = params.model or _default_model(params.language, shelf)
    final = params.final_model
    if final == AUTO:
        usable = found if cuda else Machine(found.cores, found.free_memory_mb)
        final = choose_final(params.language, model, shelf, usable, params.fit)
    local = _local_engines(model, params, shelf, cuda)
    remote = _remote_engine(params, notes)

    def chain(engines: Sequence[WhisperEngine], endpoint: EndpointEngine | None) -> EngineChain:
        return EngineChain(_in_order(params.order, engines, endpoint), params.chain, clock, notes.append)

    live = chain(local, remote)
    here = live if remote is None else chain(local, None)  # of the same engines: nothing is loaded twice
    if final == model:
        return Engines(live, live, here, here, notes)
    # The live engines stand behind the better model: they are loaded anyway.
    better = [*_variants(final, params, shelf, cuda), *local]
    full = chain(better, remote)
    return Engines(live, full, here, full if remote is None else chain(better, None), notes)


def _default_model(language: str, shelf: ModelShelf) -> str:
    """The bundled model; for other languages than English the multilingual one, where it is here."""
    return "base" if language != ENGLISH and shelf.has("base") else BUNDLED


def _local_engines(model: str, params: EngineParams, shelf: ModelShelf, cuda: bool) -> list[WhisperEngine]:
    engines = _variants(model, params, shelf, cuda)
    # The bundled model knows English only; for other languages it would be a fallback into nonsense.
    if model != BUNDLED and params.language == ENGLISH:
        engines += _variants(BUNDLED, params, shelf, cuda=False)
    return engines


def _variants(model: str, params: EngineParams, shelf: ModelShelf, cuda: bool) -> list[WhisperEngine]:
    """A model on CUDA and behind it on the CPU, where its libraries may be found missing only on loading."""
    name = f"whisper-{Path(model).name}"
    make = partial(
        WhisperEngine,
        partial(shelf.find, model),
        params.threads,
        params.whisper,
        language=params.language,
        workers=params.workers,
    )
    if not cuda:
        return [make(name, device="cpu", compute_type=params.compute_type)]
    # A compute type chosen for CUDA may not exist on the CPU: the default there is int8.
    return [make(f"{name} on CUDA", device="cuda", compute_type=params.compute_type), make(name, device="cpu")]


def _remote_engine(params: EngineParams, notes: list[str]) -> EndpointEngine | None:
    named, address = ENDPOINT in params.order, params.endpoint
    if named and address is None:
        notes.append("TRANSCRIPTION_ORDER names the endpoint, but TRANSCRIPTION_URL is empty; speech stays here.")
    if address is not None and not named:
        notes.append("TRANSCRIPTION_URL is set but not used: TRANSCRIPTION_ORDER does not name the endpoint.")
    if address is None or not named:
        return None
    return EndpointEngine(address.url, address.model, address.key, params.language, params.remote)


def _in_order(order: Sequence[str], local: Sequence[WhisperEngine], remote: EndpointEngine | None) -> list[Link]:
    here = [Link(engine) for engine in local]
    there = [] if remote is None else [Link(remote, local=False)]
    return [*there, *here] if order[:1] == (ENDPOINT,) else [*here, *there]
