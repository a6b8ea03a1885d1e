"""Connections to SQLite: sqlite-utils, configured for this project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Hide packages during the import of a library that imports them only if they are installed."""
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


# sqlite-utils imports numpy and pandas if they are installed, for column types that are not used here. Importing them
# would take a large part of a command's start and of the bot's memory.
with _without("numpy", "pandas"):
    from sqlite_utils import Database as Connection
    from sqlite_utils import Migrations
    from sqlite_utils.utils import sqlite3

__all__ = ["Connection", "Migrations", "sqlite3"]

# SQLite 3.7.0-3.51.2 can corrupt a WAL file that two connections use.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
VERSION: str = sqlite3.sqlite_version
BUSY_SECONDS = 10.0
OF_THE_DISK = ("full", "disk I/O", "locked", "readonly")
WAL_PAGES = 20_000  # 80 MB


class StoreError(Exception):
    """The database could not be read or written."""


class QueryInterruptedError(StoreError):
    """A query was stopped by `Database.interrupt`."""


class DiskError(StoreError):
    """The disk failed or was full, or somebody else locked the file. The same may work later."""


def store_error(error: Exception) -> StoreError:
    """SQLite's error as one of the store's own errors, the only ones that the rest of the program knows."""
    said = str(error)
    if said == "interrupted":
        return QueryInterruptedError(said)
    return DiskError(said) if any(word in said for word in OF_THE_DISK) else StoreError(said)


def connect(path: Path) -> Connection:
    """A connection with the project's settings: FULL sync, foreign keys, no plugins."""
    raw = sqlite3.connect(str(path), isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        return _configured(Connection(raw, execute_plugins=False, strict=True))
    except sqlite3.Error:
        raw.close()
        raise


def _configured(db: Connection) -> Connection:
    if WAL_IS_SAFE:
        _keep_journal(db, "wal")
        db.execute("PRAGMA synchronous=FULL")
        # `Database.checkpoint` does this in the background. The limit is for processes that never call it.
        db.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
    else:
        _keep_journal(db, "delete")
        db.execute("PRAGMA synchronous=EXTRA")
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA secure_delete=FAST")  # what is deleted is overwritten where that costs nothing
    return db


@contextmanager
def overwriting(db: Connection) -> Iterator[None]:
    """Overwrite everything that is deleted meanwhile, so that nothing of it is left in the file."""
    db.execute("PRAGMA secure_delete=ON")
    try:
        yield
    finally:
        db.execute("PRAGMA secure_delete=FAST")


def _keep_journal(db: Connection, mode: str) -> None:
    """Set the kind of journal. If the disk fails, SQLite keeps the old one and raises nothing."""
    [kept] = db.execute(f"PRAGMA journal_mode={mode}").fetchone()
    if kept != mode:
        raise sqlite3.OperationalError(f"its journal is {kept} and can't be made {mode}")
