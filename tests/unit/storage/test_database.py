import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from core.domain.errors import StorageUnavailable
from core.storage import base
from core.storage.database import Database
from core.storage.facts import FactRepo


def set_fact(database: Database, value: str) -> None:
    with database.transaction() as session:
        FactRepo(session).set("k", value)


def get_fact(database: Database) -> str | None:
    with database.reading() as session:
        return FactRepo(session).get("k")


def test_the_migrations_make_exactly_the_tables_in_the_code(database: Database, data_dir: Path) -> None:
    engine = create_engine(f"sqlite:///{data_dir / 'interviews.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, base.Base.metadata) == []
    engine.dispose()


def test_a_committed_answer_is_safe_against_a_power_cut(database: Database) -> None:
    with database.reading() as session:
        pragmas = {p: session.execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "synchronous")}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_opening_again_keeps_everything_and_warns_of_nothing(database: Database, data_dir: Path) -> None:
    set_fact(database, "kept")
    assert database.open() == []
    assert get_fact(database) == "kept"
    second = Database("", data_dir)
    assert second.open() == []
    assert get_fact(second) == "kept"
    second.close()


def test_a_transaction_opens_the_database_by_itself(data_dir: Path) -> None:
    database = Database("", data_dir)
    set_fact(database, "x")
    assert get_fact(database) == "x"
    database.close()


def test_an_explicit_url_is_used(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/elsewhere/own name.db", tmp_path / "data")
    database.open()
    assert (tmp_path / "elsewhere" / "own name.db").exists()
    database.close()


@pytest.mark.parametrize("junk", [b"this is not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_file_is_kept_aside_and_replaced(data_dir: Path, junk: bytes) -> None:
    data_dir.mkdir()
    (data_dir / "interviews.db").write_bytes(junk)
    database = Database("", data_dir)
    [warning] = database.open()
    [aside] = [p for p in data_dir.iterdir() if p.name.startswith("interviews.db.broken-")]
    assert aside.read_bytes() == junk
    assert aside.name in warning
    assert database.warnings == [warning]
    set_fact(database, "new life")
    assert database.open() == []
    database.close()


def test_a_damaged_page_is_noticed(database: Database, data_dir: Path) -> None:
    with database.transaction() as session:
        for n in range(300):
            FactRepo(session).set(f"key {n}", "v" * 500)
    database.close()
    path = data_dir / "interviews.db"
    content = bytearray(path.read_bytes())
    content[-40960:] = b"\xee" * 40960
    path.write_bytes(content)
    assert len(database.open()) == 1
    assert get_fact(database) is None


def test_a_file_broken_while_running_is_replaced_at_the_next_use(database: Database, data_dir: Path) -> None:
    set_fact(database, "before")
    database.close()
    path = data_dir / "interviews.db"
    with path.open("r+b") as file:
        file.write(b"\x00" * 200)
    with pytest.raises(StorageUnavailable):
        set_fact(database, "refused")
    set_fact(database, "after")
    assert get_fact(database) == "after"
    assert len(database.warnings) == 1


def test_a_journal_without_its_database_is_kept(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "interviews.db-wal").write_bytes(b"answers")
    database = Database("", data_dir)
    assert len(database.open()) == 1
    [aside] = data_dir.glob("interviews.db.broken-*-wal")
    assert aside.read_bytes() == b"answers"
    database.close()


def test_a_missing_database_beside_recordings_is_worth_a_warning(data_dir: Path) -> None:
    (data_dir / "blobs" / "s-1").mkdir(parents=True)
    database = Database("", data_dir)
    assert "recordings" in database.open()[0]
    database.close()


def test_a_data_folder_deleted_while_running_is_made_again(database: Database, data_dir: Path) -> None:
    set_fact(database, "gone")
    shutil.rmtree(data_dir)
    assert get_fact(database) is None
    set_fact(database, "new")
    assert get_fact(database) == "new"
    assert len(database.warnings) == 1
    assert "removed" in database.warnings[0]


def test_a_database_deleted_within_a_transaction_is_never_acknowledged(database: Database, data_dir: Path) -> None:
    with pytest.raises(StorageUnavailable) as caught, database.transaction() as session:
        FactRepo(session).set("k", "answer")
        shutil.rmtree(data_dir)
    assert caught.value.retryable
    set_fact(database, "answer")
    assert get_fact(database) == "answer"


def test_a_locked_database_says_so_and_loses_nothing(database: Database, data_dir: Path) -> None:
    set_fact(database, "old")
    with closing(sqlite3.connect(data_dir / "interviews.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageUnavailable, match="busy") as caught:
            set_fact(database, "new")
        assert caught.value.next_step
        assert get_fact(database) == "old"
        other.rollback()
    set_fact(database, "new")
    assert get_fact(database) == "new"


def test_opening_a_locked_database_does_not_set_it_aside(database: Database, data_dir: Path) -> None:
    with closing(sqlite3.connect(data_dir / "interviews.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageUnavailable, match="busy"):
            Database("", data_dir, busy_timeout_ms=50).open()
        other.rollback()
    assert not list(data_dir.glob("*.broken-*"))


def test_a_full_disk_says_so_and_commits_nothing(database: Database) -> None:
    set_fact(database, "old")
    with pytest.raises(StorageUnavailable, match="disk is full"), database.transaction() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count={pages}"))
        FactRepo(session).set("k", "x" * 1_000_000)
    assert get_fact(database) == "old"


def test_a_full_disk_seen_by_the_block_is_the_same_failure(database: Database) -> None:
    with pytest.raises(StorageUnavailable, match="disk is full"), database.transaction():
        raise OSError(28, "No space left on device")


def test_other_errors_pass_through_and_roll_back(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction() as session:
        FactRepo(session).set("k", "half")
        raise KeyError("k")
    assert get_fact(database) is None


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable):
        Database("", tmp_path / "data").open()


def test_a_database_of_a_newer_version_is_left_alone(database: Database, data_dir: Path) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageUnavailable, match="version"):
        database.open()
    assert not list(data_dir.glob("*.broken-*"))


def test_writers_of_many_threads_wait_for_each_other(data_dir: Path, now: datetime) -> None:
    database = Database("", data_dir)
    database.open()
    set_fact(database, "0")

    def count_up() -> None:
        for _ in range(5):
            with database.transaction() as session:
                facts = FactRepo(session)
                facts.set("k", str(int(facts.get("k") or 0) + 1))

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert get_fact(database) == "40"
    database.close()


def test_two_that_start_together_both_find_the_tables(data_dir: Path) -> None:
    databases = [Database("", data_dir) for _ in range(4)]
    failures: list[Exception] = []

    def start(database: Database) -> None:
        try:
            database.open()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(d,)) for d in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for database in databases:
        assert database.warnings == []
        database.close()
