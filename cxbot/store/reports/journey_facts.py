"""The register of touchpoints, and the facts of the journey report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from cxbot.core.csv_files.columns import Record, Source
from cxbot.core.csv_files.problems import Problems
from cxbot.core.csv_files.touchpoints import TOUCHPOINTS, Touchpoint
from cxbot.core.queries.query import Query
from cxbot.core.reports import journey_report
from cxbot.core.reports.journey_report import Journey
from cxbot.errors import N_, UsageError
from cxbot.store.counts import selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.records import names
from cxbot.store.records.imports import Summary
from cxbot.store.reports import metric_facts

EVERY = (
    "SELECT t.touchpoint, t.stage, t.direct, t.ours, t.place, n.name FROM touchpoints AS t "
    "JOIN names AS n ON n.id = t.touchpoint"
)
CHANGES = (
    "ON CONFLICT (touchpoint) DO UPDATE SET stage = excluded.stage, direct = excluded.direct, ours = excluded.ours"
)


def every(db: Connection) -> list[Touchpoint]:
    """All touchpoints in the order of the register."""
    return [_touchpoint(kept) for kept in rows(db, f"{EVERY} ORDER BY t.place, n.name")]


def _touchpoint(kept: Row) -> Touchpoint:
    return Touchpoint(kept["name"], kept["stage"], bool(kept["direct"]), bool(kept["ours"]))


def named(db: Connection, name: str) -> Touchpoint:
    """The touchpoint with this name. Raises UsageError if there is none."""
    kept = _registered(db, name)
    if kept is None:
        raise UsageError(N_("There is no touchpoint “%(name)s”. See them all: `cxbot touchpoint list`."), name=name)
    return _touchpoint(kept)


def _registered(db: Connection, name: str) -> Row | None:
    return row(db, f"{EVERY} WHERE t.touchpoint = :id", id=names.find(db, "touchpoint", name))


def add(database: Database, touchpoint: Touchpoint) -> None:
    """Add a touchpoint at the end of the register. Raises UsageError if its name is taken."""

    def write(db: Connection) -> None:
        if _registered(db, touchpoint.name):
            raise UsageError(
                N_("There is already a touchpoint “%(name)s”. Change it with `cxbot touchpoint set`."),
                name=touchpoint.name,
            )
        _keep(db, touchpoint, _next(db))

    database.write(write)


def change(database: Database, touchpoint: Touchpoint) -> None:
    """Change a registered touchpoint. Reports on past periods use the change as well."""
    database.write(lambda db: _keep(db, touchpoint, 0))


def remove(database: Database, touchpoint: Touchpoint) -> None:
    """Remove a touchpoint from the register. Its answers stay under its name."""

    def write(db: Connection) -> None:
        run(db, "DELETE FROM touchpoints WHERE touchpoint = :id", id=names.find(db, "touchpoint", touchpoint.name))

    database.write(write)


def _next(db: Connection) -> int:
    place = row(db, "SELECT COALESCE(MAX(place), 0) + 1 AS place FROM touchpoints")
    return int(place["place"]) if place else 1


def _keep(db: Connection, touchpoint: Touchpoint, place: int, tail: str = "") -> None:
    known = names.give(db, "touchpoint", touchpoint.name)
    values: dict[str, Any] = {"touchpoint": known, "stage": touchpoint.stage, "direct": int(touchpoint.direct)}
    insert(db, "touchpoints", {**values, "ours": int(touchpoint.ours), "place": place}, CHANGES + tail)


def import_file(
    database: Database, source: Source, _now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Summary:
    """Import a file of touchpoints, one row each, in the order of the journey. A new row for a known touchpoint
    replaces the old one; what the file has no column for stays.

    Check the file first with `imports.check_file`. It can be repeated: a row that is already there changes nothing.
    """
    records = list(source.records(TOUCHPOINTS))
    done: Counter[str] = Counter()

    def write(db: Connection) -> None:
        problems = Problems()
        for place, record in enumerate(records, start=1):
            before = _registered(db, record.values["touchpoint"])
            made = _kept(record, before)
            if not made.stage:
                problems.add(record.line, "stage", UsageError(N_("a new touchpoint needs a stage.")))
                continue
            same = before is not None and (_touchpoint(before), before["place"]) == (replace(made, name=before["name"]),
                                                                                     place)  # fmt: skip
            done["unchanged" if same else "updated" if before else "added"] += 1
            _keep(db, made, place, ", place = excluded.place")
        problems.check()

    database.write(write)
    progress(len(records))
    return Summary(done["added"], done["updated"], done["unchanged"])


def _kept(record: Record, before: Row | None) -> Touchpoint:
    """The touchpoint of a row with what is known already in the columns that its file does not have."""
    values = record.values
    if before is not None:
        known = {"stage": before["stage"], "contact": before["direct"], "ours": before["ours"]}
        values = values | {name: value for name, value in known.items() if name not in record.given}
    return Touchpoint(values["touchpoint"], values["stage"], bool(values["contact"]), bool(values["ours"]))


def report(db: Connection, query: Query, now: datetime) -> Journey:
    """The journey by a metric, in a period."""
    facts = metric_facts.facts(db, replace(query, by="touchpoint"), now)
    return journey_report.build(query, now, facts, every(db), _stages(db, query, now))


def _stages(db: Connection, query: Query, now: datetime) -> dict[str, str]:
    """For each touchpoint that is not in the register: the stage that most of its answers name."""
    chosen = selection.of(db, query, now)
    stages = rows(
        db,
        f"SELECT touchpoint, stage, COUNT(*) AS n FROM ratings WHERE {chosen.answered} AND touchpoint != 0 "
        "AND stage != '' AND touchpoint NOT IN (SELECT touchpoint FROM touchpoints) GROUP BY 1, 2 ORDER BY 3, 2",
        **chosen.values,
    )
    shown = names.of(db, "touchpoint", (stage["touchpoint"] for stage in stages))
    return {shown[stage["touchpoint"]]: stage["stage"] for stage in stages}
