"""The answers behind a report, one by one, and the number of those that don't count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cxbot.core.csv_files.writing import csv_lines
from cxbot.core.reports.metric_report import Report
from cxbot.store.counts import selection
from cxbot.store.counts.scope import counts_people
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, rows
from cxbot.store.files import columns
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


def answers(db: Connection, report: Report, now: datetime) -> list[dict[str, Any]]:
    """The answers that count in a report, oldest first, including those outside the scale such as “not yet sure”. A
    customer is named only if they asked to be contacted. Employees' answers are never listed."""
    if report.metric.employees:
        return []
    chosen = selection.of(db, report.query, now)
    named = ", ".join(
        f"CASE WHEN contact = 1 THEN {columns.text(name)} ELSE '' END AS customer"
        if name == "customer"
        else f"{columns.text(name)} AS {name}"
        for name in COLUMNS
    )
    place = "ROW_NUMBER() OVER (PARTITION BY customer ORDER BY answered_at DESC, id DESC)"
    per_person = any(counts_people(report.metric, way) for way in chosen.counted.ways)
    latest = "WHERE person = 0 OR place = 1" if per_person else ""
    listed = rows(
        db,
        f"SELECT {', '.join(COLUMNS)} FROM (SELECT {named}, id, customer AS person, {place} AS place FROM ratings "
        f"WHERE {chosen.answered}) AS counted {latest} ORDER BY answered_at, id",
        **chosen.values,
    )
    return [columns.spelled(answer) for answer in listed]


def as_csv(listed: list[dict[str, Any]]) -> str:
    """The rows as CSV with a header line."""
    return "".join(csv_lines(COLUMNS, listed))


def left_out(db: Connection, report: Report, now: datetime) -> dict[str, int]:
    """The number of scores in the period that don't count, by reason. `late`: given after the survey's window."""
    chosen = selection.of(db, report.query, now)
    late = row(
        db,
        "SELECT COUNT(*) AS n FROM ratings WHERE metric = :metric AND score IS NOT NULL AND late = 1 "
        f"AND answered_at >= :start AND answered_at < :end AND {VISIBLE}{chosen.asked}",
        **chosen.values,
    )
    return {"late": late["n"] if late else 0}
