"""Recordings and snapshots, as blobs under a key, on the local disk or wherever fsspec reaches."""

import hashlib
import os
import re
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec

from core.domain.errors import InvalidInput, NotFound
from core.storage.failures import failure_of_file

_PART = r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*")
_MAX_KEY = 300


class BlobStore:
    """Bytes by key. Holds no state beside the address; safe to use from any thread."""

    def __init__(self, url: str) -> None:
        """Nothing is created until the first ``put``.

        Args:
            url: fsspec address of the folder, ``file:///srv/data/blobs`` or ``s3://bucket/blobs``. A local path is
                taken as it is: no percent-encoding.
        """
        self._fs: Any
        self._fs, root = fsspec.core.url_to_fs(url)
        self._root = str(root).rstrip("/")
        protocol = self._fs.protocol
        self._local = "file" in ((protocol,) if isinstance(protocol, str) else protocol)

    def put(self, key: str, data: bytes) -> str:
        """Store ``data``, replacing what was there. On a local disk readers see the old bytes or the new, never half.

        Returns:
            SHA-256 of the data, hex.

        Raises:
            InvalidInput: The key is not a plain relative one.
            StorageUnavailable: Disk full, not writable, not reachable.
        """
        path = self._path(key)
        try:
            if self._local:
                _write_whole(Path(path), data)
            else:
                self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._fs.pipe_file(path, data)
        except OSError as error:
            raise failure_of_file(error) from error
        return hashlib.sha256(data).hexdigest()

    def get(self, key: str) -> bytes:
        """The bytes stored under ``key``.

        Raises:
            InvalidInput: The key is not a plain relative one.
            NotFound: Nothing is stored there.
            StorageUnavailable: It could not be read.
        """
        path = self._path(key)
        try:
            return bytes(self._fs.cat_file(path))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound("This file is no longer there.", "It may have been deleted.") from error
        except OSError as error:
            raise failure_of_file(error) from error

    def exists(self, key: str) -> bool:
        """True when something is stored under ``key``.

        Raises:
            InvalidInput: The key is not a plain relative one.
        """
        return bool(self._fs.isfile(self._path(key)))

    def delete(self, key: str) -> None:
        """Remove what is stored under ``key``; nothing there is no error.

        Raises:
            InvalidInput: The key is not a plain relative one.
            StorageUnavailable: It could not be removed.
        """
        path = self._path(key)
        try:
            self._fs.rm_file(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise failure_of_file(error) from error

    def _path(self, key: str) -> str:
        if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
            raise InvalidInput("key", "This is not a valid file key.")
        return f"{self._root}/{key}"


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # Without it the new name may be gone after a power cut. Windows and some mounts cannot do it: no reason to fail.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
