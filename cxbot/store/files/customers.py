"""Imports customers: when they started and were lost, and what they did besides answering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cxbot.core.csv_files.columns import Record, Source
from cxbot.core.csv_files.customers import COLUMNS, CUSTOMERS, check_stay
from cxbot.core.csv_files.problems import Problems
from cxbot.errors import UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import Row, insert, row
from cxbot.store.files.imports import Summary, chunks
from cxbot.store.records import names

NAMED = ("customer", "company")


def import_file(
    database: Database, source: Source, _now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Summary:
    """Import a file of customers, one row each. A new row for a known customer replaces the old one; what the file has
    no column for stays.

    Check the file first with `imports.check_file`. The import is written in small commits. An interrupted one can be
    repeated, since a row that is already there changes nothing.
    """
    _check_stays(database.reader, source)
    done: Counter[str] = Counter()
    for chunk in chunks(source.records(CUSTOMERS)):
        done.update(database.write(lambda db, chunk=chunk: _keep(db, chunk)))  # type: ignore[misc]
        progress(sum(done.values()))
    return Summary(done["added"], done["updated"], done["unchanged"])


def _check_stays(db: Connection, source: Source) -> None:
    """Check the start and the loss together if the file has only one of the two. Raises UsageError for lines."""
    problems = Problems()
    for record in source.records(CUSTOMERS):
        if {"started_on", "lost_on"} <= record.given:
            return
        values = _kept(record.values, record, _known(db, record))
        try:
            check_stay(values["started_on"], values["lost_on"])
        except UsageError as error:
            problems.add(record.line, "lost_on" if values["started_on"] else "started_on", error)
    problems.check()


def _known(db: Connection, record: Record) -> Row | None:
    customer = names.find(db, "customer", record.values["customer"])
    return row(db, "SELECT * FROM customers WHERE customer = :customer", customer=customer)


def _kept(values: dict[str, Any], record: Record, before: Row | None) -> dict[str, Any]:
    """The values of a row with what is known already in the columns that its file does not have."""
    return values | {name: before[name] for name in COLUMNS if before and name not in record.given}


def _keep(db: Connection, chunk: list[Record]) -> Counter[str]:
    done: Counter[str] = Counter()
    changes = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "customer")
    for record in chunk:
        before = _known(db, record)
        named = {kind: names.keep(db, kind, record.values[kind]) for kind in NAMED}
        values = _kept(record.values | named, record, before)
        if before == values:
            done["unchanged"] += 1
            continue
        done["added" if before is None else "updated"] += 1
        insert(db, "customers", values, f"ON CONFLICT (customer) DO UPDATE SET {changes}")
    return done
