"""Runs SQL with named parameters and returns rows; also consistent views of the file. Every function raises
StoreError if SQLite fails."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cxbot.store.engine.connection import Connection, sqlite3, store_error

Row = dict[str, Any]


def rows(db: Connection, sql: str, **values: Any) -> list[Row]:
    """All rows of a statement (a query or `... RETURNING`) as dicts."""
    try:
        cursor = db.execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except sqlite3.Error as error:
        raise store_error(error) from error


def row(db: Connection, sql: str, **values: Any) -> Row | None:
    """The first row of a statement, or None."""
    first = rows(db, sql, **values)
    return first[0] if first else None


def tuples(db: Connection, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a query as tuples, for queries with many rows."""
    try:
        return list(db.execute(sql, dict(values)).fetchall())
    except sqlite3.Error as error:
        raise store_error(error) from error


def stream(db: Connection, sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a query as dicts, one after the other, for results that don't fit in memory."""
    try:
        cursor = db.execute(sql, dict(values))
        names = [column[0] for column in cursor.description]
        for values_of_row in cursor:
            yield dict(zip(names, values_of_row, strict=True))
    except sqlite3.Error as error:
        raise store_error(error) from error


def run(db: Connection, sql: str, **values: Any) -> int:
    """Run a statement without rows; returns the number of rows it changed."""
    try:
        return int(db.execute(sql, values).rowcount)
    except sqlite3.Error as error:
        raise store_error(error) from error


def run_many(db: Connection, sql: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Run a statement once for each set of values."""
    try:
        db.conn.executemany(sql, lines)
    except sqlite3.Error as error:
        raise store_error(error) from error


def insert(db: Connection, table: str, values: Row, tail: str = "") -> int:
    """Insert one row into an existing table; returns the number of rows changed, 0 or 1. `tail` is an `ON CONFLICT`
    clause."""
    return run(db, _insertion(table, tuple(values), tail), **values)


@functools.cache  # one entry for each call of `insert` in the code
def _insertion(table: str, names: tuple[str, ...], tail: str) -> str:
    slots = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({slots}) {tail}"


@contextmanager
def one_view(db: Connection) -> Iterator[None]:
    """Everything read inside sees the file as it was at the first read. A view inside another one is the same view."""
    if db.conn.in_transaction:
        yield
        return
    run(db, "BEGIN")
    try:
        yield
    finally:
        run(db, "ROLLBACK")


def tables_of(contents: Mapping[str, Sequence[Sequence[object]]]) -> tuple[str, dict[str, object]]:
    """A WITH clause that defines tables with these rows, and its parameters."""
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
