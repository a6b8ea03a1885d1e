"""Puts the sample on file with the functions of `cxbot import` and `cxbot incident add`."""

from __future__ import annotations

from datetime import datetime

from cxbot.cli.sample.history import Cast, History, history
from cxbot.cli.sample.words import Words
from cxbot.core.calendar import incidents as rules
from cxbot.core.csv_files.columns import Source
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.files import customers, imports, touchpoints
from cxbot.store.records import audit, incidents, waiting

NAME = "sample.csv"


def put_on_file(database: Database, words: Words, cast: Cast, by: str, now: datetime, zone: str) -> History:
    """Import the history of the sample's teams, which have to be there already; the audit log says that `by` did it."""
    told = history(words, cast, now, zone)
    touchpoints.import_file(database, Source(NAME, told.touchpoints), now)
    customers.import_file(database, Source(NAME, told.customers), now)
    imports.import_file(database, Source(NAME, told.answers), now)
    outage = rules.made(words.incident, "..".join(day.isoformat() for day in told.outage), now, zone)

    def write(db: Connection) -> None:
        incidents.add(db, outage)
        waiting.hold_during(db, outage, now)
        audit.note(db, by, audit.IMPORTED, NAME, now)
        audit.note(db, by, audit.INCIDENT_ADDED, f"{outage.name} {outage.key}", now)

    database.write(write)
    return told
