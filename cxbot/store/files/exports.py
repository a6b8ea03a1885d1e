"""Exports answers and interactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cxbot.core.csv_files.answers import BROUGHT_ALONG, COLUMNS
from cxbot.core.invitations.outcomes import outcome
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import stream
from cxbot.store.engine.times import spelled_out, stamp
from cxbot.store.files import columns
from cxbot.store.records import answers, colleagues, invitations, limits
from cxbot.store.records.closes import SECONDS, newest
from cxbot.store.records.published import VISIBLE, published


def export(db: Connection, what: str) -> Iterator[dict[str, Any]]:
    """Rows with the columns of the import: `answers` are the surveys that were sent or answered, `interactions`
    those that were closed, one row each. Employees' answers are never listed; a back-up has them."""
    confidential: dict[str, str] = {}
    if what == "answers":
        sql = f"SELECT {columns.texts(COLUMNS)} FROM ratings WHERE metric != '' AND version != '{BROUGHT_ALONG}'"
        slots, confidential = colleagues.metrics(db)
        sql += f" AND metric NOT IN ({slots})"
        order = "ORDER BY COALESCE(answered_at, sent_at, closed_at), id"
    else:
        told = [name for name in COLUMNS if name not in ANSWER_COLUMNS]
        parts = (f"{SECONDS} AS {name}" if name == "handling_seconds" else columns.texts([name]) for name in told)
        sql = f"SELECT {', '.join(parts)} FROM ratings WHERE closed_at IS NOT NULL AND {newest()}"
        order = "ORDER BY closed_at, id"
    kept = stream(db, f"{sql} AND {VISIBLE} {order}", {"published": published(db).batch, **confidential})
    yield from map(columns.spelled, kept)


ANSWER_COLUMNS = ("survey", "metric", "score", "reasons", "comment", "asked_by", "sent_at", "answered_at")


def closed_since(db: Connection, after_batch: int, since: datetime) -> Iterator[dict[str, Any]]:
    """The interactions of imports after one that were closed since a moment and that nobody was asked about, one row
    each, with the columns of the import."""
    kept = stream(
        db,
        f"SELECT {columns.texts(COLUMNS)} FROM ratings WHERE batch > :after AND closed_at >= :since "
        f"AND sent_at IS NULL AND answered_at IS NULL AND {newest()} AND {VISIBLE} ORDER BY closed_at, id",
        {"after": after_batch, "since": stamp(since), "published": published(db).batch},
    )
    yield from map(columns.spelled, kept)


LEDGER = (
    "source", "id", "team", "agent", "customer", "company", "topic", "touchpoint", "closed_at", "outcome", "reason",
    "asked_by", "asked_via", "delivery", "survey", "send_at", "sent_at",
)  # fmt: skip
"""Columns of the ledger."""


def ledger(db: Connection) -> Iterator[dict[str, Any]]:
    """Every close with its current outcome, oldest first."""
    for kept in stream(db, LEDGER_ROWS, {}):
        word = outcome(
            kept["state"], kept["reason"],
            answered=bool(kept["answered"]), commented=bool(kept["commented"]), paused=bool(kept["paused"]),
        )  # fmt: skip
        line = columns.spelled({**kept, "outcome": word, "send_at": spelled_out(kept["send_at"])})
        yield {name: line[name] for name in LEDGER}


LEDGER_ROWS = (
    "SELECT COALESCE(n.source, CASE i.asked_via WHEN 'campaign' THEN 'campaign' ELSE 'slack' END) AS source, "
    "COALESCE(n.source_id, i.key) AS id, "
    + ", ".join(f"(SELECT name FROM names WHERE id = i.{kind}) AS {kind}" for kind in invitations.NAMED)
    + ", i.address AS customer, i.closed_at, i.state, i.reason, i.asked_by, i.asked_via, i.delivery, "
    f"i.survey, i.send_at, i.sent_at, {limits.HELD} AS paused, "
    f"{answers.ANSWERED} AS answered, {answers.COMMENTED} AS commented "
    "FROM invitations AS i LEFT JOIN interactions AS n ON n.id = i.interaction ORDER BY i.closed_at, i.key"
)
