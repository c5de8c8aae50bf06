"""What went wrong below, as a sentence and a next step."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.domain.errors import StorageUnavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def busy() -> StorageUnavailable:
    """Somebody else is writing, for longer than we wait."""
    return StorageUnavailable("The database is busy, so this was not saved.", "Try again in a moment.")


def disk_full() -> StorageUnavailable:
    """No space is left where the data is kept."""
    return StorageUnavailable(
        "The disk is full, so this was not saved.", "Tell the person who runs this site, then try again."
    )


def read_only() -> StorageUnavailable:
    """The data folder cannot be written."""
    return StorageUnavailable(
        "The data folder cannot be written, so this was not saved.",
        "Tell the person who runs this site to check its permissions, then try again.",
    )


def replaced() -> StorageUnavailable:
    """The database file was taken away, or damaged, under a running program."""
    return StorageUnavailable(
        "The database was lost or damaged while this was being saved, so it was not saved.",
        "Try again: it is repaired.",
    )


def unusable() -> StorageUnavailable:
    """Anything else the database did not do."""
    return StorageUnavailable("The database cannot be used at the moment.", "Try again in a moment.")


def is_damaged(error: BaseException | None) -> bool:
    """True when SQLite says that the file is not, or is no longer, a database."""
    if isinstance(error, DBAPIError):
        error = error.orig
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _DAMAGED


def needs_reopening(error: BaseException) -> bool:
    """True when opening the database again may mend it."""
    text = str(error)
    return is_damaged(error) or "no such table" in text or "unable to open database file" in text


def failure_of(error: BaseException) -> StorageUnavailable | None:
    """The failure to show for ``error``; None when it is not one of storage and must be raised as it is."""
    if isinstance(error, PoolTimeout):
        return busy()
    if isinstance(error, OSError):
        return disk_full() if error.errno in _FULL else None
    if is_damaged(error):
        return replaced()
    if not isinstance(error, (OperationalError, sqlite3.OperationalError)):
        return None
    text = str(getattr(error, "orig", error)).lower()
    if "locked" in text or "busy" in text:
        return busy()
    if "full" in text or "no space" in text:
        return disk_full()
    if "readonly" in text or "read-only" in text:
        return read_only()
    if needs_reopening(error):
        return replaced()
    return unusable()


def failure_of_file(error: OSError) -> StorageUnavailable:
    """The failure to show when a file or folder could not be used."""
    if error.errno in _FULL:
        return disk_full()
    if error.errno in _READ_ONLY:
        return read_only()
    return StorageUnavailable(
        f"A file could not be used: {error.strerror or type(error).__name__}.", "Try again in a moment."
    )
