"""Interactions as their sources tell of them: opened, closed, reopened, merged. Texts are never stored."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import names

MOMENTS = ("opened_at", "closed_at", "reopened_at")
NAMED = ("team", "company", "topic", "touchpoint")
LISTS = ("agents", "tags")


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction with a customer.

    `source` is `slack` or the name of a hook, and `source_id` the id there. `customer` is a Slack id or an e-mail
    address, `email` the address if both are known. `agent` is the one who did most; `agents` has all of them, with
    their shares. `closes` counts how often it was closed. `handling_seconds` is the time that it took.
    """

    source: str
    source_id: str
    team_id: int
    team: str
    customer: str = ""
    email: str = ""
    company: str = ""
    agent: str = ""
    agents: tuple[tuple[str, float], ...] = ()
    topic: str = ""
    touchpoint: str = ""
    channel: str = ""
    tags: tuple[str, ...] = ()
    survey: str = ""
    locale: str = ""
    timezone: str = ""
    state: str = "open"
    closes: int = 0
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    handling_seconds: float | None = None
    id: int = 0


NAMES = ", ".join(f"(SELECT name FROM names WHERE id = interactions.{kind}) AS name_of_{kind}" for kind in NAMED)
EVERY = f"SELECT interactions.*, {NAMES} FROM interactions"


def _interaction(kept: Row) -> Interaction:
    values = {name: kept[name] for name in (each.name for each in fields(Interaction)) if name in kept}
    values |= {name: moment(kept[name]) for name in MOMENTS}
    values |= {kind: kept[f"name_of_{kind}"] or "" for kind in NAMED}
    values["agents"] = tuple((who, share) for who, share in json.loads(kept["agents"]))
    values["tags"] = tuple(json.loads(kept["tags"]))
    return Interaction(**values)


def find(db: Connection, source: str, source_id: str) -> Interaction | None:
    """An interaction by its id at its source; None if it is not known."""
    kept = row(db, f"{EVERY} WHERE source = :source AND source_id = :id", source=source, id=source_id)
    return None if kept is None else _interaction(kept)


def by_number(db: Connection, number: int) -> Interaction | None:
    """An interaction by its number here; None if there is none."""
    kept = row(db, f"{EVERY} WHERE id = :id", id=number)
    return None if kept is None else _interaction(kept)


def by_id_anywhere(db: Connection, source_id: str) -> list[Interaction]:
    """The interactions with an id, at any source."""
    return [_interaction(kept) for kept in rows(db, f"{EVERY} WHERE source_id = :id ORDER BY id", id=source_id)]


def of_person(db: Connection, who: str, limit: int = 20) -> list[Interaction]:
    """A customer's newest interactions, by Slack id or e-mail address."""
    found = rows(
        db,
        f"{EVERY} WHERE customer = :who OR (email = :who AND email != '') "
        "ORDER BY COALESCE(closed_at, opened_at, changed_at) DESC, id DESC LIMIT :limit",
        who=who,
        limit=limit,
    )
    return [_interaction(kept) for kept in found]


def keep(db: Connection, interaction: Interaction, now: datetime) -> Interaction:
    """Store an interaction, or what has changed about it. It comes back with its number."""
    values = {each.name: getattr(interaction, each.name) for each in fields(interaction) if each.name != "id"}
    values |= {name: None if values[name] is None else stamp(values[name]) for name in MOMENTS}
    values |= {kind: names.keep(db, kind, values[kind]) if values[kind] else 0 for kind in NAMED}
    values |= {name: json.dumps(values[name]) for name in LISTS}
    values["changed_at"] = stamp(now)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name not in ("source", "source_id"))
    insert(db, "interactions", values, f"ON CONFLICT (source, source_id) DO UPDATE SET {changes}")
    found = find(db, interaction.source, interaction.source_id)
    assert found is not None
    return replace(interaction, id=found.id)


def closed(db: Connection, interaction: Interaction, now: datetime) -> Interaction:
    """Record that an interaction was closed, with what is known about it by then."""
    known = find(db, interaction.source, interaction.source_id)
    if known is not None and known.state == "closed":
        return keep(db, replace(interaction, state="closed", closes=known.closes, opened_at=known.opened_at), now)
    closes = 1 + (known.closes if known else 0)
    opened_at = interaction.opened_at or (known.opened_at if known else None)
    reopened_at = known.reopened_at if known else None
    return keep(
        db, replace(interaction, state="closed", closes=closes, opened_at=opened_at, reopened_at=reopened_at), now
    )
