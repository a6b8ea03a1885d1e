"""Imports the register of touchpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cxbot.core.csv_files.columns import Record, Source
from cxbot.core.csv_files.problems import Problems
from cxbot.core.csv_files.touchpoints import TOUCHPOINTS, Touchpoint
from cxbot.errors import N_, UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import Row
from cxbot.store.files.imports import Summary
from cxbot.store.records.touchpoints import keep, registered, touchpoint_of


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
            before = registered(db, record.values["touchpoint"])
            made = _kept(record, before)
            if not made.stage:
                problems.add(record.line, "stage", UsageError(N_("a new touchpoint needs a stage.")))
                continue
            there = before is not None and (touchpoint_of(before), before["place"])
            same = before is not None and there == (replace(made, name=before["name"]), place)
            done["unchanged" if same else "updated" if before else "added"] += 1
            keep(db, made, place, ", place = excluded.place")
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
