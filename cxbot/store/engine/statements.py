"""Statements with named parameters, their rows, and consistent views of the file.

Every function raises StoreError where SQLite fails.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cxbot.store.engine.connection import Connection, sqlite3, store_error

Row = dict[str, Any]


def rows(db: Connection, sql: str, **values: Any) -> list[Row]:
    """Every row of a statement (a query or `... RETURNING`) as a dict."""
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
    """Every row of a query as a tuple, for queries with many rows."""
    try:
        return list(db.execute(sql, dict(values)).fetchall())
    except sqlite3.Error as error:
        raise store_error(error) from error


def stream(db: Connection, sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a query as dicts, one after the other, for queries whose rows don't fit in memory."""
    try:
        cursor = db.execute(sql, dict(values))
        names = [column[0] for column in cursor.description]
        for values_of_row in cursor:
            yield dict(zip(names, values_of_row, strict=True))
    except sqlite3.Error as error:
        raise store_error(error) from error


def run(db: Connection, sql: str, **values: Any) -> int:
    """Carry out a statement without rows; says how many rows it changed."""
    try:
        return int(db.execute(sql, values).rowcount)
    except sqlite3.Error as error:
        raise store_error(error) from error


def run_many(db: Connection, sql: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Carry out a statement once for each set of values."""
    try:
        db.conn.executemany(sql, lines)
    except sqlite3.Error as error:
        raise store_error(error) from error


def insert(db: Connection, table: str, values: Row, tail: str = "") -> int:
    """Insert one row into an existing table; `tail` is an `ON CONFLICT` clause. Rows changed: 0 or 1."""
    return run(db, _insertion(table, tuple(values), tail), **values)


@functools.cache  # as many as there are calls of `insert` in the code
def _insertion(table: str, names: tuple[str, ...], tail: str) -> str:
    slots = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({slots}) {tail}"


@contextmanager
def one_view(db: Connection) -> Iterator[None]:
    """Everything that is read inside sees the file as it was at the first read. A view inside another is the same."""
    if db.conn.in_transaction:
        yield
        return
    run(db, "BEGIN")
    try:
        yield
    finally:
        run(db, "ROLLBACK")


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
