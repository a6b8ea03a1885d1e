"""Measures what is due: a tick beside a million past interactions against one beside ten thousand, and how long it
takes to decide about ten thousand closes whose delay is over."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cxbot import jobs
from cxbot.core.retention import DEFAULT
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.teams import settings
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import row, run_many
from cxbot.store.records import teams

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TICKS = 40
FEW, MANY, DUE = 10_000, 1_000_000, 10_000


def measure() -> list[tuple[str, str, str, str]]:
    """Rows for the table."""
    few, many = (_ticks(n) for n in (FEW, MANY))
    print(f"  (medians of a tick {1000 * many:.2f} and {1000 * few:.2f} ms here)")
    return [
        ("tick beside 1,000,000 past interactions / 10,000", f"{many / few:.2f} x", "2 x", str(TICKS)),
        ("10,000 closes decided after the end of their delay", f"{_decided():.1f} s", "60 s", "1"),
    ]


def _ticks(n: int) -> float:
    """The median seconds of a tick. The first one of the day lets go what is too old, and is left out."""
    with tempfile.TemporaryDirectory() as folder:
        database = _with_a_team(Path(folder) / "cxbot.db")
        database.write(lambda db: _past(db, n, "expired", NOW - timedelta(days=1)))
        keeper, seconds = jobs.Keeper(DEFAULT, "UTC"), []
        while keeper.tick(database, NOW):
            pass
        for number in range(TICKS):
            start = time.perf_counter()
            jobs.tick(database, NOW + timedelta(seconds=10 * number))
            keeper.tick(database, NOW)
            seconds.append(time.perf_counter() - start)
        database.close()
    return statistics.median(seconds)


def _decided() -> float:
    """Seconds until nothing waits of ten thousand closes that became due together."""
    with tempfile.TemporaryDirectory() as folder:
        database = _with_a_team(Path(folder) / "cxbot.db")
        database.write(lambda db: _past(db, DUE, "due", NOW - timedelta(minutes=10)))
        start = time.perf_counter()
        while _waiting(database):
            jobs.tick(database, NOW)
        seconds = time.perf_counter() - start
        database.close()
    return seconds


def _with_a_team(path: Path) -> Database:
    database = Database(path)
    given = {
        **settings.defaults("Europe/Helsinki", "en"),
        **settings.read({"name": "Support", "channel": "C0TEAM", "digest": "off"}, SHIPPED),
    }
    given["rehearsal"] = int(given["rehearsal"])
    database.write(lambda db: teams.add(db, given, NOW))
    return database


def _waiting(database: Database) -> bool:
    return row(database.reader, "SELECT 1 AS one FROM invitations WHERE state = 'due' LIMIT 1") is not None


def _past(db: Any, n: int, state: str, closed_at: datetime) -> None:
    """Closed conversations with what became of them, each of another customer."""
    at = closed_at.strftime("%Y%m%dT%H%M%S")
    numbers = [{"number": number, "name": f"p{number}@customer.example", "at": at, "state": state}
               for number in range(1, n + 1)]  # fmt: skip
    ids = 1_000_000
    for each in numbers:
        each["customer"] = ids + int(str(each["number"]))
    run_many(db, "INSERT INTO names (id, kind, name, sample) VALUES (:customer, 'customer', :name, 0)", numbers)
    run_many(db, "INSERT INTO name_keys (kind, key, name_id) VALUES ('customer', :name, :customer)", numbers)
    run_many(
        db,
        "INSERT INTO interactions (source, source_id, team_id, state, closes, closed_at, changed_at, customer, "
        "address) VALUES ('desk', 'C-' || :number, 1, 'closed', 1, :at, :at, :customer, :name)",
        numbers,
    )
    run_many(
        db,
        "INSERT INTO invitations (key, state, survey, team_id, agent, customer, address, channel, delivery, asked_by, "
        "asked_via, timezone, locale, closed_at, send_at) VALUES ('key-' || :number, :state, 'csat', 1, 0, :customer, "
        ":name, '', 'email', 'automatic', 'hook', 'UTC', 'en', :at, :at)",
        numbers,
    )


if __name__ == "__main__":
    print(measure())
