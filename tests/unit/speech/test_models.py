import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.model_hub import REVISION, ModelHub
from huggingface_hub import constants

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE
from core.speech import models
from core.speech.hearing import Effort, Piece
from core.speech.machine import Machine
from core.speech.models import BUNDLED, SIZES, ModelShelf, choose_final
from core.speech.whisper import WhisperEngine

REPOSITORY = "Systran/faster-whisper-base.en"
ROOMY = Machine(cores=64, free_memory_mb=64_000)


class AllHere(ModelShelf):
    """A shelf on which each size lies: which one is taken is then a matter of the machine alone."""

    def has(self, name: str) -> bool:
        return True


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelHub]:
    """A hub whose base.en is, byte for byte, the bundled tiny.en: it can be loaded."""
    with ModelHub(REPOSITORY, weights.resolve(weight_table.WHISPER_TINY_EN)).running() as hub:
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path / "joined", cache_dir=tmp_path / "hub")


def put_in_cache(cache: Path, repository: str) -> Path:
    """As the hub's client leaves a model behind."""
    folder = cache / f"models--{repository.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(REVISION)
    return Path(shutil.copytree(weights.resolve(weight_table.WHISPER_TINY_EN), folder / "snapshots" / REVISION))


def test_the_bundled_model_is_found_by_its_name(shelf: ModelShelf) -> None:
    assert shelf.find(BUNDLED) == weights.resolve(weight_table.WHISPER_TINY_EN)


def test_a_folder_is_taken_as_it_is(shelf: ModelShelf) -> None:
    folder = weights.resolve(weight_table.WHISPER_TINY_EN)
    assert shelf.find(str(folder)) == folder


@pytest.mark.parametrize("name", ["tiny.fr", "/no/such/folder", "a/b/c", "", "../.."])
def test_what_is_neither_name_nor_model_is_refused(shelf: ModelShelf, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="neither"):
        shelf.find(name)


def test_a_folder_without_a_model_is_refused_though_downloads_are_allowed(shelf: ModelShelf, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="neither"):
        replace(shelf, allow_download=True).find(str(tmp_path))


def test_a_download_that_is_not_allowed_does_not_reach_the_network(shelf: ModelShelf, hub: ModelHub) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        shelf.find("base.en")
    assert "WHISPER_DOWNLOAD" in caught.value.next_step
    assert hub.asked == []


def test_a_model_in_the_cache_is_used_though_downloads_are_not_allowed(shelf: ModelShelf, hub: ModelHub) -> None:
    assert shelf.cache_dir is not None
    folder = put_in_cache(shelf.cache_dir, REPOSITORY)
    assert shelf.find("base.en") == folder
    assert shelf.has("base.en")
    assert hub.asked == []


def test_a_broken_off_download_is_not_taken_for_a_model(shelf: ModelShelf) -> None:
    assert shelf.cache_dir is not None
    (put_in_cache(shelf.cache_dir, REPOSITORY) / "model.bin").unlink()
    assert not shelf.has("base.en")
    with pytest.raises(ModelUnavailable, match="not on this machine"):
        shelf.find("base.en")


def test_an_allowed_download_is_fetched_once_and_hears(shelf: ModelShelf, hub: ModelHub) -> None:
    shelf = replace(shelf, allow_download=True)
    engine = WhisperEngine(lambda: shelf.find("base.en"))
    engine.decode([Piece(np.zeros(SAMPLE_RATE, np.int16))], Effort.LIVE)
    requests = len(hub.asked)
    assert requests > 0
    shelf.find("base.en")
    assert len(hub.asked) == requests


def test_a_repository_of_the_hub_is_fetched_by_its_name(shelf: ModelShelf, hub: ModelHub) -> None:
    assert (replace(shelf, allow_download=True).find(REPOSITORY) / "model.bin").is_file()


def test_a_download_that_fails_says_so(shelf: ModelShelf, hub: ModelHub) -> None:
    with pytest.raises(ModelUnavailable, match="could not be downloaded"):
        replace(shelf, allow_download=True).find("small")


def test_a_model_in_two_parts_is_joined_once(
    shelf: ModelShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    for name, data in {"one": b"first,", "model.bin.part2": b"second"}.items():
        (parts / name).write_bytes(data)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        (parts / name).write_text("{}")
    monkeypatch.setattr(models, "_BASE_SHA256", hashlib.sha256(b"first,second").hexdigest())
    monkeypatch.setattr(weights, "is_installed", lambda _name: True)
    found = {weight_table.WHISPER_BASE_1: parts / "one", weight_table.WHISPER_BASE_2: parts}
    monkeypatch.setattr(weights, "resolve", found.__getitem__)
    folder = shelf.find("base")
    assert (folder / "model.bin").read_bytes() == b"first,second"
    (parts / "one").unlink()
    assert shelf.find("base") == folder


@pytest.mark.skipif(
    not weights.is_installed(weight_table.WHISPER_BASE_1), reason="requirements-models.txt not installed"
)
def test_the_multilingual_base_model_knows_other_languages(shelf: ModelShelf) -> None:
    engine = WhisperEngine(lambda: shelf.find("base"), language="de", name="whisper-base")
    assert engine.decode([Piece(np.zeros(SAMPLE_RATE, np.int16))], Effort.LIVE)[0].engine == "whisper-base"


@pytest.mark.parametrize(
    ("cores", "memory_mb", "cuda", "language", "chosen"),
    [
        (64, 64_000, 0, "en", "large-v3"),
        (64, 64_000, 0, "fr", "large-v3"),
        (16, 64_000, 0, "en", "large-v3-turbo"),
        (10, 64_000, 0, "fr", "medium"),
        (4, 64_000, 0, "en", "small.en"),
        (2, 64_000, 0, "en", "base.en"),
        (64, 2_000, 0, "en", "small.en"),
        (64, 800, 0, "en", "base.en"),
        (64, 300, 0, "en", BUNDLED),
        (64, None, 0, "en", BUNDLED),
        (2, 64_000, 1, "en", "large-v3"),
    ],
)
def test_the_last_decode_takes_the_best_model_the_machine_affords(
    tmp_path: Path, cores: int, memory_mb: float | None, cuda: int, language: str, chosen: str
) -> None:
    live = BUNDLED if language == "en" else "tiny"
    assert choose_final(language, live, AllHere(tmp_path), Machine(cores, memory_mb, cuda)) == chosen


def test_a_model_that_is_not_here_is_not_chosen(shelf: ModelShelf) -> None:
    assert choose_final("en", BUNDLED, shelf, ROOMY) == BUNDLED


def test_a_worse_model_than_the_live_one_is_not_chosen(tmp_path: Path) -> None:
    assert choose_final("en", "large-v3", AllHere(tmp_path), Machine(1, 100.0)) == "large-v3"


def test_a_model_of_the_operators_own_is_kept(tmp_path: Path) -> None:
    assert choose_final("en", "/models/mine", AllHere(tmp_path), ROOMY) == "/models/mine"


def test_faster_whisper_knows_each_size_by_its_name_and_repository() -> None:
    from faster_whisper.utils import _MODELS

    assert {size.name: size.repository for size in SIZES}.items() <= _MODELS.items()
