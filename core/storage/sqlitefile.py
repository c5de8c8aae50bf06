"""The SQLite file on disk: is it there, is it whole, and how it is set aside when it is not."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from core.storage.failures import is_damaged

_COMPANIONS = ("", "-wal", "-shm")


class SqliteFile:
    """Checks around one database file. Touches the disk only when a method is called; safe to call from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def identity(self) -> tuple[int, int] | None:
        """Device and inode, None when the file is missing. A different value means a different file."""
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def damage(self, busy_timeout_s: float) -> str | None:
        """Why the file cannot be used as it is; None for a whole, empty or missing one.

        Raises:
            sqlite3.OperationalError: It could not be read (locked, no permission), which is not damage.
        """
        if not self.path.exists() or self.path.stat().st_size == 0:
            # SQLite would delete a journal that belongs to no database, and the answers in it.
            return "its journal was left without it" if self._companion("-wal").exists() else None
        try:
            with closing(sqlite3.connect(self.path, timeout=busy_timeout_s)) as connection:
                found = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise
            return str(error)
        return None if found == ("ok",) else str(found[0])

    def set_aside(self) -> Path:
        """Rename the file and its journal, so that nothing in them is lost.

        Returns:
            The new path of the database file (which may not exist if only a journal was left).

        Raises:
            OSError: The folder is not writable, or on Windows another program holds the file.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        aside = self.path.with_name(f"{self.path.name}.broken-{stamp}")
        for suffix in _COMPANIONS:
            if (old := self._companion(suffix)).exists():
                old.rename(aside.with_name(aside.name + suffix))
        return aside

    def _companion(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)
