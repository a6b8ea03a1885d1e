"""The SQLite file: connections, the one writer thread with group commit, and the sender's lock."""

from __future__ import annotations

import fcntl
import functools
import math
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from cxbot.errors import N_, ConfigError
from cxbot.store.engine import result_cache
from cxbot.store.engine.connection import Connection, sqlite3
from cxbot.store.engine.migrations import migrations

Row = dict[str, Any]
T = TypeVar("T")

# SQLite 3.7.0-3.51.2 can corrupt a WAL file under two connections.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
GROUP = 32  # callers that share one commit at the most
BUSY_SECONDS = 10.0
WAL_PAGES = 20_000  # 80 MB
WRITER_CACHE = 65_536  # KiB at the most: imports touch indexes all over
READER_CACHE = 16_384  # KiB at the most, for each thread that reads


def stamp(moment: datetime) -> str:
    """A moment as the store keeps it: ISO-8601 UTC text of fixed width, so that text order is time order."""
    return _text(moment.astimezone(UTC))


@functools.lru_cache(maxsize=256)  # one moment is written to many columns
def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def moment(text: str | None) -> datetime | None:
    """What `stamp` wrote, as an aware UTC datetime; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


def rows(db: Connection, sql: str, **values: Any) -> list[Row]:
    """Every row of a statement (a query or `... RETURNING`), with named parameters, as dicts."""
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def row(db: Connection, sql: str, **values: Any) -> Row | None:
    """The first row of a statement, or None."""
    found = rows(db, sql, **values)
    return found[0] if found else None


def run(db: Connection, sql: str, **values: Any) -> int:
    """Carry out a statement without rows; says how many rows it changed."""
    return int(db.execute(sql, values).rowcount)


def insert(db: Connection, table: str, values: Row, tail: str = "") -> int:
    """Insert one row into an existing table; `tail` is an `ON CONFLICT` clause. Rows changed: 0 or 1."""
    return run(db, _insertion(table, tuple(values), tail), **values)


@functools.cache  # as many as there are calls of `insert` in the code
def _insertion(table: str, names: tuple[str, ...], tail: str) -> str:
    slots = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({slots}) {tail}"


def connect(path: Path) -> Connection:
    """A connection with the settings everything relies on: FULL sync, foreign keys, no plugins."""
    raw = sqlite3.connect(str(path), isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    db = Connection(raw, execute_plugins=False, strict=True)
    if WAL_IS_SAFE:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        # `checkpoint` does this work beside the writer; this is what happens where nobody calls it.
        db.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
    else:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("PRAGMA synchronous=EXTRA")
    db.execute("PRAGMA foreign_keys=ON")
    if not db.execute("SELECT 1 FROM pragma_function_list WHERE name = 'ln'").fetchone():
        # A SQLite that was built without its mathematical functions.
        db.conn.create_function("ln", 1, math.log, deterministic=True)
    return db


def tables_of(contents: Mapping[str, Sequence[Sequence[object]]]) -> tuple[str, dict[str, object]]:
    """A WITH clause for tables with these rows, and its parameters."""
    slots: dict[str, object] = {}
    parts = []
    for name, lines in contents.items():
        texts = []
        for line in lines:
            keys = [f"v{len(slots) + i}" for i in range(len(line))]
            slots.update(zip(keys, line, strict=True))
            texts.append("(" + ", ".join(f":{key}" for key in keys) + ")")
        if texts:
            parts.append(f"{name} AS (VALUES {', '.join(texts)})")
    return "WITH " + ", ".join(parts), slots


class Database:
    """One SQLite file. Reads go through a connection per thread; writes through one thread.

    The writer commits for up to 32 waiting callers at once, each in a savepoint of its own: a failing one
    gets its exception and leaves the others alone. `write` returns after the commit is on disk.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._memory = result_cache.Memory()
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._guard = threading.Lock()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._after_commit: list[Callable[[], None]] = []
        try:
            self._connection = connect(self.path)
            self._connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE}")
            self._migrate()
        except sqlite3.Error as error:
            raise ConfigError(
                N_(
                    "The database %(path)s cannot be opened or written (%(why)s). Set CXBOT_DB to a file in a "
                    "folder that this user may write to."
                ),
                path=str(self.path),
                why=str(error),
            ) from error
        self._thread = threading.Thread(target=self._write_forever, name="cxbot-writer", daemon=True)
        self._thread.start()

    def _migrate(self) -> None:
        if not migrations.pending(self._connection):
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            migrations.apply(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @property
    def reader(self) -> Connection:
        """This thread's connection for reading; it refuses to write."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = connect(self.path)
            found.execute("PRAGMA query_only=ON")
            found.execute(f"PRAGMA cache_size=-{READER_CACHE}")
            result_cache.share(found, self._memory)
            self._local.connection = found
            with self._guard:
                self._readers.append(found)
        return found

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the writer's transaction and return its result once that is on disk.

        Raises what `work` raised, with its changes undone, or the error of the commit.
        """
        job = _Job(work)
        self._jobs.put(job)
        result: T = job.wait()
        return result

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` run in the writer thread after every commit (the outbox pump listens)."""
        self._after_commit.append(call)

    def checkpoint(self) -> None:
        """Move what is in the WAL into the database file, without making any writer wait."""
        self.reader.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def interrupt(self) -> None:
        """Make the questions fail that are being read for at this moment, so that nobody has to wait for them."""
        with self._guard:
            for reader in self._readers:
                reader.conn.interrupt()

    @property
    def alive(self) -> bool:
        """Whether the writer thread lives."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Finish the waiting writes and close every connection."""
        self._jobs.put(None)
        self._thread.join()
        with self._guard:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
        self._connection.close()

    def _write_forever(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch, stop = [job], False
            while len(batch) < GROUP:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stop = True
                    break
                batch.append(following)
            self._commit(batch)
            if stop:
                return

    def _commit(self, batch: Sequence[_Job]) -> None:
        db = self._connection
        try:
            db.execute("BEGIN IMMEDIATE")
            for job in batch:
                job.attempt(db, alone=len(batch) == 1)
            db.execute("COMMIT" if len(batch) > 1 or batch[0].error is None else "ROLLBACK")
        except sqlite3.Error as error:
            if db.conn.in_transaction:
                db.execute("ROLLBACK")
            for job in batch:
                job.error = job.error or error
        for job in batch:
            job.done.release()
        for call in self._after_commit:
            call()


class _Job:
    """One caller's work, its savepoint and how it ended. The caller waits on a lock: waking it through a future
    takes half as long again."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def attempt(self, db: Connection, *, alone: bool) -> None:
        """Do the work, in a savepoint unless the transaction is this job's alone."""
        if not alone:
            db.execute("SAVEPOINT job")
        try:
            self.result = self.work(db)
        except Exception as error:  # noqa: BLE001 - handed to the caller by `wait`
            self.error = error
            if not alone:
                db.execute("ROLLBACK TO job")
        if not alone:
            db.execute("RELEASE job")

    def wait(self) -> Any:
        """What the work returned, once it is on disk; raises what it raised."""
        self.done.acquire()
        if self.error is not None:
            raise self.error
        return self.result


class SenderLock:
    """Held by the one process that sends from a file (`serve`, `demo`, `tick`); the system frees it on exit."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        try:
            self._file: IO[str] = path.open("w")
        except OSError as error:
            raise ConfigError(
                N_(
                    "The lock file %(path)s cannot be written (%(why)s). Set CXBOT_DB to a file in a folder that "
                    "this user may write to."
                ),
                path=str(path),
                why=error.strerror or str(error),
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise ConfigError(
                N_("Another cxbot is already sending from %(path)s. Stop it first, or set CXBOT_DB to another file."),
                path=str(database),
            ) from None

    def release(self) -> None:
        """Let another process send."""
        self._file.close()
