"""The database: opened, migrated, mended, and used in transactions."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.domain.errors import StorageUnavailable
from core.storage import failures
from core.storage.sqlitefile import SqliteFile

MIGRATIONS = Path(__file__).parent / "migrations"


Transaction = Session
"""A unit of work; other rooms name it without importing SQLAlchemy."""


class Database:
    """One database for the whole process. Every method may be called from any thread; a Session belongs to one."""

    def __init__(self, url: str, data_dir: Path, busy_timeout_ms: int = 5000) -> None:
        """Nothing is touched until ``open``.

        Args:
            url: SQLAlchemy URL; empty for ``interviews.db`` in ``data_dir``.
            data_dir: Folder of everything this installation keeps; created when missing.
            busy_timeout_ms: How long a writer waits for another one (SQLite).
        """
        self.warnings: list[str] = []
        """Everything the recruiter should know about the storage, since the start of the process."""
        self._data_dir = data_dir
        self._busy_timeout_ms = busy_timeout_ms
        parsed = make_url(url or f"sqlite:///{(data_dir / 'interviews.db').as_posix()}")
        on_disk = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
        self._file = SqliteFile(Path(str(parsed.database))) if on_disk else None
        self._identity: tuple[int, int] | None = None
        self._suspect = True
        self._lock = threading.RLock()
        self._engine = create_engine(parsed, json_serializer=_to_json, **_pool_of(parsed))
        if parsed.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", self._configure)
            event.listen(self._engine, "begin", _begin)
        self._reading = self._engine.execution_options(reading=True)

    def open(self) -> list[str]:
        """Create the folder, check the file, bring the tables up to date. May be called again at any time.

        A damaged SQLite file is renamed to ``interviews.db.broken-<time>`` and a new one made; it is never deleted.

        Returns:
            Warnings of this call in plain words, for the recruiter; empty when all is well.

        Raises:
            StorageUnavailable: Locked, full, not writable, not reachable, or made by a newer version.
        """
        with self._lock:
            warnings: list[str] = []
            try:
                self._data_dir.mkdir(parents=True, exist_ok=True)
                if self._file is not None:
                    self._file.path.parent.mkdir(parents=True, exist_ok=True)
                    warnings = self._mend(self._file)
                self._migrate()
            except OSError as error:
                raise failures.failure_of_file(error) from error
            except CommandError as error:
                raise StorageUnavailable(
                    f"The database does not fit this version of the program: {error}.", "Update the program."
                ) from error
            except (SQLAlchemyError, sqlite3.Error) as error:
                raise failures.failure_of(error) or failures.unusable() from error
            self._identity = self._file.identity() if self._file else None
            self._suspect = False
            self.warnings.extend(warnings)
            return warnings

    def transaction(self) -> AbstractContextManager[Session]:
        """A unit of work that may write: committed when the block ends, rolled back when it raises.

        On SQLite writers queue from the start of the block, so what it reads stays true until it commits: keep it
        short, and no model or network call inside.

        Raises:
            StorageUnavailable: Locked, disk full, read-only or lost. Nothing of the block was committed.
        """
        return self._scope(self._engine)

    def reading(self) -> AbstractContextManager[Session]:
        """Like ``transaction`` for a block that only reads: it waits for no writer and holds none up."""
        return self._scope(self._reading)

    def close(self) -> None:
        """Give all pooled connections back. The object can be used again afterwards."""
        self._engine.dispose()

    @contextmanager
    def _scope(self, engine: Engine) -> Iterator[Session]:
        self._ensure_open()
        identity = self._identity
        session = Session(engine, expire_on_commit=False)
        try:
            yield session
            session.flush()
            if self._file is not None and self._file.identity() != identity:
                # Committing now would write to a file nobody can find again.
                self._suspect = True
                raise failures.replaced()
            session.commit()
        except BaseException as error:
            with suppress(SQLAlchemyError):
                session.rollback()
            self._suspect = self._suspect or failures.needs_reopening(error)
            failure = failures.failure_of(error)
            if failure is None:
                raise
            raise failure from error
        finally:
            session.close()

    def _ensure_open(self) -> None:
        if self._suspect or (self._file is not None and self._file.identity() != self._identity):
            with self._lock:
                if self._suspect or (self._file is not None and self._file.identity() != self._identity):
                    self.open()

    def _mend(self, file: SqliteFile) -> list[str]:
        lost = self._identity is not None and file.identity() != self._identity
        orphaned = self._identity is None and file.identity() is None and self._has_blobs()
        self._engine.dispose()
        why = file.damage(self._busy_timeout_ms / 1000)
        if why is not None:
            aside = file.set_aside()
            return [
                f"The database could not be used ({why}). It was kept as {aside.name} and a new one was started; "
                "interviews held before are not listed until it is repaired."
            ]
        if lost:
            return [
                "The database file was removed or replaced while the program was running. A missing one was created "
                "anew; interviews held before may not be listed."
            ]
        if orphaned:
            return [
                "The database was missing although recordings are there. A new one was started; "
                "interviews held before are not listed, their recordings are kept."
            ]
        return []

    def _has_blobs(self) -> bool:
        blobs = self._data_dir / "blobs"
        return blobs.is_dir() and any(blobs.iterdir())

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        # One transaction from the first look: two processes that start together do not both create the tables.
        with self._engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _configure(self, connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, see _begin
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.execute(f"PRAGMA busy_timeout={self._busy_timeout_ms}").close()
        _enter_wal(connection, self._busy_timeout_ms / 1000)
        # FULL: an answer that was acknowledged survives a power cut.
        for pragma in ("foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}").close()


def _enter_wal(connection: Any, timeout_s: float) -> None:
    """The change of the journal does not wait as other statements do: several first starts at once fail at it."""
    give_up = time.monotonic() + timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= give_up:
                raise
            time.sleep(0.05)


def _begin(connection: Any) -> None:
    # A deferred transaction that turns into a writer fails at once, whatever the timeout; an immediate one waits.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _pool_of(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite":
        return {"pool_size": 10, "max_overflow": 40, "pool_timeout": 10, "pool_pre_ping": True}
    return {} if url.database in (None, "", ":memory:") else {"pool_size": 10, "max_overflow": 40, "pool_timeout": 10}


def _lower(value: str | None) -> str | None:
    # SQLite's own knows ASCII only; a search for "émile" must find "Émile".
    return value.lower() if isinstance(value, str) else value


def _to_json(value: Any) -> str:
    return json.dumps(value, default=lambda odd: odd.isoformat() if isinstance(odd, datetime) else str(odd))
