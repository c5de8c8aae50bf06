import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import InvalidInput, NotFound, StorageUnavailable
from core.storage.blobs import BlobStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my data" / "blobs"


@pytest.fixture(params=["local", "memory"])
def store(request: pytest.FixtureRequest, folder: Path) -> BlobStore:
    return BlobStore(f"file://{folder}" if request.param == "local" else f"memory://{folder}")


def test_bytes_come_back_with_their_checksum(store: BlobStore) -> None:
    data = bytes(range(256)) * 1000
    assert store.put("s-1/q0/a1.wav", data) == hashlib.sha256(data).hexdigest()
    assert store.get("s-1/q0/a1.wav") == data
    assert store.exists("s-1/q0/a1.wav")
    assert not store.exists("s-1/q0")
    store.put("s-1/q0/a1.wav", b"repaired")
    assert store.get("s-1/q0/a1.wav") == b"repaired"


def test_what_was_deleted_is_not_found(store: BlobStore) -> None:
    store.put("x.jpg", b"x")
    store.delete("x.jpg")
    store.delete("x.jpg")
    assert not store.exists("x.jpg")
    with pytest.raises(NotFound):
        store.get("x.jpg")


@pytest.mark.parametrize(
    "key",
    [
        "", "/etc/passwd", "../x", "a/../../x", "a/..", "a//b", "a/", "./a", ".hidden", "a\\b", "C:\\x", "c:x", "a b",
        "a\x00b", "a\n", "é", "a*", "~", "%2e%2e/x", "s3://x", "a.", "a..b", "x" * 301,
    ],
)  # fmt: skip
def test_odd_keys_are_refused(store: BlobStore, folder: Path, key: str) -> None:
    for call in (lambda: store.put(key, b"x"), lambda: store.get(key), lambda: store.exists(key)):
        with pytest.raises(InvalidInput):
            call()
    with pytest.raises(InvalidInput):
        store.delete(key)
    assert not folder.exists()


def test_a_deleted_folder_is_made_again(folder: Path) -> None:
    store = BlobStore(f"file://{folder}")
    store.put("a/b.wav", b"1")
    shutil.rmtree(folder.parent)
    with pytest.raises(NotFound):
        store.get("a/b.wav")
    store.put("a/b.wav", b"2")
    assert store.get("a/b.wav") == b"2"


def test_a_full_disk_leaves_the_old_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = BlobStore(f"file://{folder}")
    store.put("a.wav", b"old")

    def full(_descriptor: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailable, match="disk is full"):
        store.put("a.wav", b"new")
    assert store.get("a.wav") == b"old"
    assert [p.name for p in folder.iterdir()] == ["a.wav"]


def test_a_folder_in_the_way_is_a_storage_failure(folder: Path) -> None:
    store = BlobStore(str(folder))
    store.put("a/b.wav", b"1")
    with pytest.raises(StorageUnavailable):
        store.put("a", b"2")
    with pytest.raises(NotFound):
        store.get("a")
