"""Exports answers and interactions, and makes back-ups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cxbot.core.csv_files.answers import BROUGHT_ALONG, COLUMNS
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.store.engine.connection import Connection, StoreError
from cxbot.store.engine.database import Database, to_disk
from cxbot.store.engine.statements import stream
from cxbot.store.records import names
from cxbot.store.records.published import published


def series(target: Path) -> re.Pattern[str]:
    """The form of the names of back-ups that belong together: they differ in digits only, such as a date. Raises
    UsageError for a name without digits."""
    if not any(character.isdigit() for character in target.name):
        raise UsageError(N_("To keep several back-ups, put a date into the name, such as cxbot-2026-11-23.db."))
    return re.compile("".join(r"\d" if c.isdigit() else re.escape(c) for c in target.name))


def rotate(target: Path, keep: int) -> list[Path]:
    """Delete older back-ups beside a new one, so that the newest `keep` are left; returns the deleted ones."""
    form = series(target)
    same = sorted(path for path in target.parent.iterdir() if path.is_file() and form.fullmatch(path.name))
    older = same[:-keep]
    for path in older:
        path.unlink()
    return older


def export(db: Connection, what: str) -> Iterator[dict[str, Any]]:
    """Rows with the columns of the import: `answers` are the surveys that were sent or answered, `interactions`
    those that were closed, one row each."""
    shown = published(db).batch
    if what == "answers":
        sql = f"SELECT {names.texts(COLUMNS)} FROM ratings WHERE metric != '' AND version != '{BROUGHT_ALONG}'"
        order = "ORDER BY COALESCE(answered_at, sent_at, closed_at), id"
    else:
        told = [name for name in COLUMNS if name not in ANSWER_COLUMNS]
        sql = f"SELECT {names.texts(told)} FROM ratings WHERE closed_at IS NOT NULL"
        order = "GROUP BY external_id ORDER BY closed_at, id"
    yield from stream(
        db, f"{sql} AND batch <= :shown AND (until_batch = 0 OR until_batch > :shown) {order}", {"shown": shown}
    )


ANSWER_COLUMNS = ("survey", "metric", "score", "comment", "asked_by", "sent_at", "answered_at")


def backup(database: Database, target: Path) -> None:
    """Write a consistent copy of the whole file, also while a bot runs. Never replaces a file.

    The copy gets its name only after it was checked and is on disk, so that a back-up with this name is whole.
    """
    taken = UsageError(N_("%(path)s exists already. Choose another name for the backup."), path=str(target))
    if target.exists():
        raise taken
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        database.copy_to(unfinished)
        target.hardlink_to(unfinished)  # fails if a file of that name has appeared meanwhile
        to_disk(target.parent)
    except FileExistsError as error:
        raise UsageError(
            N_("%(path)s exists already. Choose another name for the backup."), path=str(target)
        ) from error
    except (StoreError, OSError) as error:
        raise CxbotError(
            N_("The backup could not be written to %(path)s (%(why)s)."), path=str(target), why=str(error)
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
