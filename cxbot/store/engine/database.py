"""The SQLite file: a connection for each reading thread, and one writer thread with group commit."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from cxbot.errors import N_, ConfigError, system_fault
from cxbot.heartbeat import Heartbeat
from cxbot.store.engine import result_cache
from cxbot.store.engine.connection import WAL_IS_SAFE, Connection, DiskError, StoreError, connect, sqlite3, store_error
from cxbot.store.engine.migrations import migrations, missing, unknown_steps
from cxbot.store.engine.statements import row, rows

log = logging.getLogger("cxbot.store")
T = TypeVar("T")

GROUP = 32  # callers that share one commit at most
# KiB at most. Each fills up as the file grows: more would make a bot that runs for weeks several times as large.
WRITER_CACHE = 8_192
READER_CACHE = 4_096  # per reading thread
BULK_CACHE = 65_536  # of a writer that brings in many rows, which touch many pages of the indexes
WAL_LIMIT = 8_000_000  # bytes; a longer WAL is emptied as soon as nobody reads from it
READERS_MAY_TAKE = 0.1  # seconds for which the writer waits until those who read from the WAL are done
STEPS = 1_000_000  # of SQLite's machine, a few hundredths of a second
PROOF = {"name": "proof of the disk", "value": "." * 262_144}  # more than a group of clicks writes
SLOW = 3.0  # seconds for a commit; Slack has then told the person who clicked that the app does not answer


def to_disk(path: Path) -> None:
    """Return after a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Database:
    """One SQLite file.

    Each reading thread has a connection; all writes go through one thread. The writer commits for up to 32 waiting
    callers at once, each in a savepoint: a failing caller gets its exception and does not affect the others. `write`
    returns after the commit is on disk.
    """

    def __init__(self, path: str | Path, migrating: Callable[[], None] = lambda: None) -> None:
        """Open a file, made or brought up to date if needed. `migrating` is called again and again meanwhile."""
        self.path = Path(path)
        self._migrating = migrating
        self._result_cache = result_cache.ResultCache()
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._failing = False
        self._wal_may_have = WAL_LIMIT
        self._heartbeat = Heartbeat(SLOW)
        self._after_commit: list[Callable[[], None]] = []
        try:
            self._connection = connect(self.path)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            self._refuse_newer()
            self._refuse_unreleased()
            self._connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE}")
            self._migrate()
        except sqlite3.Error as error:
            self._connection.close()
            raise self._unusable(error) from error
        except BaseException:
            self._connection.close()
            raise
        self._thread = threading.Thread(target=self._write_forever, name="cxbot-writer", daemon=True)
        self._thread.start()

    def _unusable(self, error: Exception) -> ConfigError:
        return ConfigError(
            N_(
                "The database %(path)s cannot be opened or written (%(why)s). Set CXBOT_DB to a file in a "
                "folder that this user may write to."
            ),
            path=str(self.path),
            why=system_fault(error),
        )

    def _refuse_newer(self) -> None:
        """Raise ConfigError if a newer version has changed the file, because this version would read it wrongly."""
        if newer := unknown_steps(self._connection):
            raise ConfigError(
                N_(
                    "The database %(path)s was made by a newer version of cxbot (%(step)s). Update cxbot, or set "
                    "CXBOT_DB to another file."
                ),
                path=str(self.path),
                step=newer[-1],
            )

    def _refuse_unreleased(self) -> None:
        """Raise ConfigError for a file that says it is up to date and is not."""
        if gaps := missing(self._connection):
            raise ConfigError(
                N_(
                    "The database %(path)s was made by a version of cxbot that was never released (it lacks %(what)s). "
                    "Export its answers with that version and import them into a new file."
                ),
                path=str(self.path),
                what=gaps[0],
            )

    def _migrate(self) -> None:
        if not migrations.pending(self._connection):
            return
        begun = time.monotonic()
        self._connection.conn.set_progress_handler(self._migrating, STEPS)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            migrations.apply(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self._connection.conn.set_progress_handler(None, 0)
        if (took := time.monotonic() - begun) > SLOW:
            log.info("database brought up to date seconds=%.0f", took)

    @property
    def reader(self) -> Connection:
        """This thread's connection for reading. It refuses to write."""
        reader: Connection | None = getattr(self._local, "connection", None)
        if reader is None:
            reader = self._new_reader()
            self._local.connection = reader
        return reader

    def expect_many_rows(self) -> None:
        """Give the writer more memory, for a process that imports and ends."""
        self.write(lambda db: db.execute(f"PRAGMA cache_size=-{BULK_CACHE}").fetchall())

    def _new_reader(self) -> Connection:
        try:
            reader = connect(self.path)
            reader.execute("PRAGMA query_only=ON")
            reader.execute(f"PRAGMA cache_size=-{READER_CACHE}")
        except sqlite3.Error as error:
            raise store_error(error) from error
        result_cache.share(reader, self._result_cache)
        with self._guard:
            self._readers.append(reader)
        return reader

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the writer's transaction and return its result after the commit is on disk.

        If `work` raises, its changes are undone and the exception is raised here. Raises StoreError if the commit
        fails, or if the database has been closed.
        """
        job = _Job(work)
        with self._guard:
            if self._closed:
                raise StoreError("the database is closed")
            self._jobs.put(job)
        return job.wait()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have the writer thread run `call` after every commit. Delivery uses this to start at once."""
        self._after_commit.append(call)

    def checkpoint(self) -> None:
        """Copy the WAL into the database file without making writers wait."""
        rows(self.reader, "PRAGMA wal_checkpoint(PASSIVE)")

    def truncate_wal(self) -> None:
        """Copy the WAL into the database file and empty it, so that nothing is left in it of what was erased."""
        with closing(connect(self.path)) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def copy_to(self, target: Path, note: Callable[[Connection], None]) -> None:
        """Write a consistent copy of the whole file, check it, write a `note` in it, and have it on disk. Raises
        StoreError if that fails."""
        try:
            # A separate connection: readers refuse to write, and SQLite counts this as writing.
            source = connect(self.path)
            try:
                source.execute("VACUUM INTO :target", {"target": str(target)})
            finally:
                source.close()
            copy = connect(target)
            try:
                if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    raise StoreError("the copy is damaged")
                note(copy)
            finally:
                copy.close()
            to_disk(target)
        except sqlite3.Error as error:
            raise store_error(error) from error
        except OSError as error:
            raise StoreError(error.strerror or str(error)) from error

    def interrupt(self) -> None:
        """Make running queries raise QueryInterruptedError, so that a stop does not have to wait for them."""
        with self._guard:
            for reader in self._readers:
                reader.conn.interrupt()

    @property
    def readable(self) -> bool:
        """Whether the file can be read. Raises StoreError if SQLite fails."""
        return row(self.reader, "SELECT 1 AS one") is not None

    @property
    def whole(self) -> bool:
        """Whether SQLite finds the file undamaged. Reads the whole file."""
        check = row(self.reader, "PRAGMA quick_check")
        return check is not None and next(iter(check.values())) == "ok"

    @property
    def alive(self) -> bool:
        """Whether the writer thread is running, is not held up, and the disk takes what it writes."""
        return self._thread.is_alive() and self._heartbeat.alive and not self._failing

    def close(self) -> None:
        """Finish waiting writes and close every connection."""
        with self._guard:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        with self._guard:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
        self._connection.close()

    def _write_forever(self) -> None:
        self._heartbeat.rest()
        while (job := self._jobs.get()) is not None:
            self._heartbeat.beat()
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
            self._bound_wal()
            self._heartbeat.rest()
            if stop:
                return

    def _commit(self, batch: Sequence[_Job[Any]]) -> None:
        db = self._connection
        try:
            db.execute("BEGIN IMMEDIATE")
            for job in batch:
                job.attempt(db, alone=len(batch) == 1)
            db.execute("COMMIT" if len(batch) > 1 or batch[0].error is None else "ROLLBACK")
            failed = any(isinstance(job.error, DiskError) for job in batch)
            self._failing = failed or (self._failing and not self._takes_writes())
        except sqlite3.Error as error:
            self._failing = True
            if db.conn.in_transaction:
                db.execute("ROLLBACK")
            for job in batch:
                job.error = job.error or store_error(error)
        for job in batch:
            job.done.release()
        for call in self._after_commit:
            call()

    def _takes_writes(self) -> bool:
        """After a failure: whether the disk works again.

        A commit that changes nothing, or little, also succeeds on a disk that fails or is full. So this writes more
        than people's clicks do, and takes it back. The tick commits every few seconds, so it is asked soon.
        """
        db = self._connection
        try:
            db.execute("DELETE FROM switches WHERE name = :name", PROOF)  # left by a kill
            db.execute("INSERT INTO switches (name, value) VALUES (:name, :value)", PROOF)
            db.execute("DELETE FROM switches WHERE name = :name", PROOF)
        except sqlite3.Error as error:
            log.error("the database still does not take what is written error=%s", error)
            return False
        return True

    def _bound_wal(self) -> None:
        """Empty a WAL that has grown long.

        SQLite starts it anew only when nobody reads from it at the moment of a write, which under load may never be.
        So the writer waits a moment for those who read; who comes later reads from the database file. If they take
        longer, it tries again when the WAL has grown as much again.
        """
        if not WAL_IS_SAFE or self._wal_size() <= self._wal_may_have:
            return
        db = self._connection
        usual = db.execute("PRAGMA busy_timeout").fetchone()[0]
        db.execute(f"PRAGMA busy_timeout={READERS_MAY_TAKE * 1000:.0f}")
        try:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            log.error("the WAL could not be emptied error=%s", error)
        finally:
            db.execute(f"PRAGMA busy_timeout={usual}")
        self._wal_may_have = self._wal_size() + WAL_LIMIT

    def _wal_size(self) -> int:
        try:
            return os.stat(f"{self.path}-wal").st_size
        except FileNotFoundError:
            return 0


class _Job(Generic[T]):
    """One caller's work and its outcome. The caller waits on a lock, because a future takes half as long again to
    wake it."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        self.result: T | None = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def attempt(self, db: Connection, *, alone: bool) -> None:
        """Do the work. Uses a savepoint unless this job is alone in the transaction."""
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

    def wait(self) -> T:
        """The result of the work, once it is on disk. Raises what the work raised."""
        self.done.acquire()
        if self.error is not None:
            raise self.error
        return cast(T, self.result)
