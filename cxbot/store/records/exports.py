"""Exports answers and interactions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxbot.core.csv_files.answers import BROUGHT_ALONG, COLUMNS
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import stream
from cxbot.store.records import columns, surveys
from cxbot.store.records.interactions import SECONDS, newest
from cxbot.store.records.published import VISIBLE, published


def export(db: Connection, what: str) -> Iterator[dict[str, Any]]:
    """Rows with the columns of the import: `answers` are the surveys that were sent or answered, `interactions`
    those that were closed, one row each. Employees' answers are never listed; a back-up has them."""
    confidential: dict[str, object] = {}
    if what == "answers":
        sql = f"SELECT {columns.texts(COLUMNS)} FROM ratings WHERE metric != '' AND version != '{BROUGHT_ALONG}'"
        employees = (metric for metric in surveys.catalogue(db).metrics.values() if metric.employees)
        confidential = {f"employees{number}": metric.name for number, metric in enumerate(employees)}
        sql += f" AND metric NOT IN ({', '.join(f':{name}' for name in confidential)})"
        order = "ORDER BY COALESCE(answered_at, sent_at, closed_at), id"
    else:
        told = [name for name in COLUMNS if name not in ANSWER_COLUMNS]
        parts = (f"{SECONDS} AS {name}" if name == "handling_seconds" else columns.texts([name]) for name in told)
        sql = f"SELECT {', '.join(parts)} FROM ratings WHERE closed_at IS NOT NULL AND {newest()}"
        order = "ORDER BY closed_at, id"
    kept = stream(db, f"{sql} AND {VISIBLE} {order}", {"published": published(db).batch, **confidential})
    yield from map(columns.spelled, kept)


ANSWER_COLUMNS = ("survey", "metric", "score", "comment", "asked_by", "sent_at", "answered_at")
