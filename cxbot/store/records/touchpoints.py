"""The register of touchpoints."""

from __future__ import annotations

from typing import Any

from cxbot.core.csv_files.touchpoints import Touchpoint
from cxbot.errors import N_, UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.records import names

EVERY = (
    "SELECT t.touchpoint, t.stage, t.direct, t.ours, t.place, n.name FROM touchpoints AS t "
    "JOIN names AS n ON n.id = t.touchpoint"
)
CHANGES = (
    "ON CONFLICT (touchpoint) DO UPDATE SET stage = excluded.stage, direct = excluded.direct, ours = excluded.ours"
)


def every(db: Connection) -> list[Touchpoint]:
    """All touchpoints in the order of the register."""
    return [touchpoint_of(kept) for kept in rows(db, f"{EVERY} ORDER BY t.place, n.name")]


def touchpoint_of(kept: Row) -> Touchpoint:
    return Touchpoint(kept["name"], kept["stage"], bool(kept["direct"]), bool(kept["ours"]))


def named(db: Connection, name: str) -> Touchpoint:
    """The touchpoint with this name. Raises UsageError if there is none."""
    kept = registered(db, name)
    if kept is None:
        raise UsageError(N_("There is no touchpoint “%(name)s”. See them all: `cxbot touchpoint list`."), name=name)
    return touchpoint_of(kept)


def registered(db: Connection, name: str) -> Row | None:
    return row(db, f"{EVERY} WHERE t.touchpoint = :id", id=names.find(db, "touchpoint", name))


def add(database: Database, touchpoint: Touchpoint) -> None:
    """Add a touchpoint at the end of the register. Raises UsageError if its name is taken."""

    def write(db: Connection) -> None:
        if registered(db, touchpoint.name):
            raise UsageError(
                N_("There is already a touchpoint “%(name)s”. Change it with `cxbot touchpoint set`."),
                name=touchpoint.name,
            )
        keep(db, touchpoint, _next(db))

    database.write(write)


def change(database: Database, touchpoint: Touchpoint) -> None:
    """Change a registered touchpoint. Reports on past periods use the change as well."""
    database.write(lambda db: keep(db, touchpoint, 0))


def remove(database: Database, touchpoint: Touchpoint) -> None:
    """Remove a touchpoint from the register. Its answers stay under its name."""

    def write(db: Connection) -> None:
        run(db, "DELETE FROM touchpoints WHERE touchpoint = :id", id=names.find(db, "touchpoint", touchpoint.name))

    database.write(write)


def _next(db: Connection) -> int:
    place = row(db, "SELECT COALESCE(MAX(place), 0) + 1 AS place FROM touchpoints")
    return int(place["place"]) if place else 1


def keep(db: Connection, touchpoint: Touchpoint, place: int, tail: str = "") -> None:
    known = names.give(db, "touchpoint", touchpoint.name)
    values: dict[str, Any] = {"touchpoint": known, "stage": touchpoint.stage, "direct": int(touchpoint.direct)}
    insert(db, "touchpoints", {**values, "ours": int(touchpoint.ours), "place": place}, CHANGES + tail)
