"""The write-ahead log stays short, also while somebody always reads."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cxbot.store.engine.connection import WAL_IS_SAFE
from cxbot.store.engine.database import READERS_MAY_TAKE, WAL_LIMIT, Database
from cxbot.store.engine.statements import rows, run

BLOCK = 500_000  # bytes a write
WRITES = 160  # ten times the limit


@pytest.mark.skipif(not WAL_IS_SAFE, reason="this SQLite keeps no WAL")
def test_reports_that_overlap_do_not_make_the_wal_grow(tmp_path: Path) -> None:
    database = Database(tmp_path / "cxbot.db")
    database.write(lambda db: run(db, "CREATE TABLE load (id INTEGER PRIMARY KEY, text BLOB)"))
    over = threading.Event()
    reading = [threading.Semaphore(0), threading.Semaphore(0)]

    def report(own: int) -> None:
        """Begin to read, then have the other one end: at every moment somebody reads."""
        while not over.is_set():
            database.reader.execute("BEGIN")
            rows(database.reader, "SELECT COUNT(*) AS n FROM load")
            reading[1 - own].release()
            reading[own].acquire(timeout=READERS_MAY_TAKE)
            database.reader.execute("COMMIT")

    readers = [threading.Thread(target=report, args=(own,)) for own in (0, 1)]
    for reader in readers:
        reader.start()
    longest = 0
    for _ in range(WRITES):
        database.write(lambda db: run(db, "INSERT INTO load (text) VALUES (:text)", text=os.urandom(BLOCK)))
        longest = max(longest, (tmp_path / "cxbot.db-wal").stat().st_size)
    over.set()
    for reader in readers:
        reader.join()
    database.close()
    assert WAL_LIMIT < longest < 4 * WAL_LIMIT
