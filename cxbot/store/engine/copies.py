"""Takes over copies of a database file, after checking them. A copy itself is never changed."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from cxbot.errors import N_, CxbotError, system_fault
from cxbot.store.engine.connection import Connection, StoreError, connect, sqlite3
from cxbot.store.engine.migrations import migrations, missing, unknown_steps

MAGIC = b"SQLite format 3\0"
WRITTEN_LATER = ("-wal", "-journal")  # these belong to the file: what is in them is not in it yet, or not any more


def beside(path: Path) -> list[Path]:
    """The files that SQLite would take for parts of a database, if they were there."""
    return [path.with_name(path.name + ending) for ending in (*WRITTEN_LATER, "-shm")]


def remove(path: Path) -> None:
    """Remove a database file and what belongs to it, if it is there."""
    for each in (*beside(path), path):
        each.unlink(missing_ok=True)


def take_over(copy: Path, target: Path) -> None:
    """Copy a database file to a new one, which only this user may read, and check it there.

    Raises CxbotError that says what to do for a file that is missing, unreadable, damaged, not cxbot's, or of a newer
    version; OSError or StoreError if `target` can't be written.
    """
    _refuse_foreign(copy)
    shutil.copyfile(copy, target)
    target.chmod(0o600)
    for ending in WRITTEN_LATER:
        part = copy.with_name(copy.name + ending)
        if part.exists():
            shutil.copyfile(part, target.with_name(target.name + ending))
    try:
        with closing(connect(target)) as db:
            _refuse_unusable(db, copy)
    except sqlite3.DatabaseError as error:
        if _of_the_disk(error):
            raise StoreError(str(error)) from error
        raise _damaged(copy, str(error)) from error


def refuse_unwritten(path: Path) -> None:
    """Raise StoreError if part of a closed database is still in its WAL or journal."""
    if any(part.exists() for part in beside(path)):
        raise StoreError("SQLite did not finish writing")


def _refuse_foreign(copy: Path) -> None:
    if not copy.is_file():
        raise CxbotError(N_("There is no file %(copy)s. Name a back-up that `cxbot backup` wrote."), copy=str(copy))
    try:
        with copy.open("rb") as file:
            start = file.read(len(MAGIC))
    except OSError as error:
        raise CxbotError(
            N_("%(copy)s can't be read (%(why)s). Give this user the right to read it."),
            copy=str(copy), why=system_fault(error),
        ) from error  # fmt: skip
    if not start:
        raise CxbotError(N_("%(copy)s is empty. Restore another back-up."), copy=str(copy))
    if start != MAGIC:
        raise CxbotError(N_("%(copy)s is not a database. Name a back-up that `cxbot backup` wrote."), copy=str(copy))


def _refuse_unusable(db: Connection, copy: Path) -> None:
    [found, *_] = db.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise _damaged(copy, str(found))
    if not migrations.applied(db):
        raise CxbotError(
            N_("%(copy)s is a database, but not one of cxbot's. Name a back-up that `cxbot backup` wrote."),
            copy=str(copy),
        )
    if newer := unknown_steps(db):
        raise CxbotError(
            N_("%(copy)s was made by a newer version of cxbot (%(step)s). Update cxbot, or restore an older back-up."),
            copy=str(copy), step=newer[-1],
        )  # fmt: skip
    if gaps := missing(db):
        raise CxbotError(
            N_("%(copy)s was made by a version of cxbot that was never released (it lacks %(what)s). Restore another "
               "back-up."),
            copy=str(copy), what=gaps[0],
        )  # fmt: skip


def _damaged(copy: Path, why: str) -> CxbotError:
    return CxbotError(
        N_("%(copy)s is damaged (%(why)s). Restore another back-up."),
        copy=str(copy), why=" ".join(why.split())[:120],
    )  # fmt: skip


def _of_the_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite failed for want of a disk, and not because of what the file holds."""
    return any(word in str(error) for word in ("full", "disk I/O", "readonly", "unable to open"))
