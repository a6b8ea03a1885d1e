"""The answers behind a report, one by one, and the number of those that don't count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cxbot.core.csv_files.writing import csv_lines
from cxbot.core.reports.metric_report import Report
from cxbot.store.counts.scope import counts_people, known
from cxbot.store.counts.selection import Selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, rows
from cxbot.store.records import names
from cxbot.store.records.published import VISIBLE

COLUMNS = (
    "answered_at",
    "metric",
    "score",
    "reasons",
    "comment",
    "asked_by",
    "team",
    "agent",
    "customer",
    "touchpoint",
    "stage",
    "channel",
    "topic",
    "sent_at",
)


def _selection(db: Connection, report: Report, now: datetime) -> Selection:
    span = known(report.query.period, now)
    return Selection(db, report.query, report.kind, span)


def answers(db: Connection, report: Report, now: datetime) -> list[dict[str, Any]]:
    """The answers that count in a report, oldest first, including those outside the scale such as “not yet sure”. A
    customer is named only if they asked to be contacted. Employees' answers are never listed."""
    if report.metric.employees:
        return []
    chosen = _selection(db, report, now)
    named = ", ".join(
        f"CASE WHEN contact = 1 THEN {names.text(name)} ELSE '' END AS customer"
        if name == "customer"
        else f"{names.text(name)} AS {name}"
        for name in COLUMNS
    )
    place = "ROW_NUMBER() OVER (PARTITION BY customer ORDER BY answered_at DESC, id DESC)"
    latest = "WHERE person = 0 OR place = 1" if counts_people(report.metric, report.kind) else ""
    return rows(
        db,
        f"SELECT {', '.join(COLUMNS)} FROM (SELECT {named}, id, customer AS person, {place} AS place FROM ratings "
        f"WHERE {chosen.answered}) AS counted {latest} ORDER BY answered_at, id",
        **chosen.values,
    )


def as_csv(listed: list[dict[str, Any]]) -> str:
    """The rows as CSV with a header line."""
    return "".join(csv_lines(COLUMNS, listed))


def left_out(db: Connection, report: Report, now: datetime) -> dict[str, int]:
    """The number of scores in the period that don't count, by reason. `late`: given after the survey's window."""
    chosen = _selection(db, report, now)
    late = row(
        db,
        "SELECT COUNT(*) AS n FROM ratings WHERE metric = :metric AND score IS NOT NULL AND late = 1 "
        f"AND answered_at >= :start AND answered_at < :end AND {VISIBLE}{chosen.asked}",
        **chosen.values,
    )
    return {"late": late["n"] if late else 0}
