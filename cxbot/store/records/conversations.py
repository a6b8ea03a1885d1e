"""Interactions as their sources tell of them: opened, closed, reopened, merged. Texts are never stored."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import agents, names, people
from cxbot.store.records.sources import HELPDESKS, SLACK, SOURCES

COMPARED = 2000  # ids among which near ones are looked for
MOMENTS = (
    "opened_at", "closed_at", "reopened_at", "last_at", "first_answered_at", "answered_at", "customer_at",
)  # fmt: skip
NAMED = ("team", "company", "agent", "topic", "touchpoint")
KEPT = (
    "opened_at", "reopened_at", "answered_at", "first_answered_at", "customer_at", "last_at", "customer_messages",
    "team_messages", "other_messages", "email", "contact", "company", "topic", "touchpoint", "tags",
    "locale", "timezone", "handling_seconds",
)  # fmt: skip
"""What stays known about an interaction if whoever closes it does not tell it."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction with a customer.

    `source` is `slack` or the name of a hook, and `source_id` the id there. `customer` is a Slack id or an e-mail
    address, `email` the address if both are known. `contact` is the customer's id at the tool, behind the hook's name
    and a colon. `agent` is the one who did most; `agents` has all of them, with their shares. `closes` counts how often
    it was closed. `handling_seconds` is the time that it took. Of a thread in Slack, `last_at` is the moment of the
    newest message, or at which a person closed it, `first_answered_at` and `answered_at` those of the team's first and
    newest message, `customer_at` that of the customer's newest; and the numbers say how many messages the customer,
    the team and others wrote. Their texts are not stored. Elsewhere, `last_at` is the moment of the newest state that
    was told.
    """

    source: str
    source_id: str
    team_id: int
    team: str
    customer: str = ""
    email: str = ""
    contact: str = ""
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
    last_at: datetime | None = None
    first_answered_at: datetime | None = None
    answered_at: datetime | None = None
    customer_at: datetime | None = None
    customer_messages: int = 0
    team_messages: int = 0
    other_messages: int = 0
    id: int = 0


NAMES = ", ".join(f"(SELECT name FROM names WHERE id = interactions.{kind}) AS name_of_{kind}" for kind in NAMED)
EVERY = f"SELECT interactions.*, {NAMES} FROM interactions"


def _interaction(db: Connection, kept: Row) -> Interaction:
    values = {name: kept[name] for name in (each.name for each in fields(Interaction)) if name in kept}
    values |= {name: moment(kept[name]) for name in MOMENTS}
    values["customer"] = kept["address"]
    values |= {kind: kept[f"name_of_{kind}"] or "" for kind in NAMED}
    values["agents"] = agents.of(db, kept["id"])
    values["tags"] = tuple(json.loads(kept["tags"]))
    return Interaction(**values)


def place(channel: str, thread_ts: str) -> str:
    """The id of a conversation in Slack."""
    return f"{channel}:{thread_ts}"


def find(db: Connection, source: str, source_id: str) -> Interaction | None:
    """An interaction by its id at its source; None if it is not known."""
    kept = row(db, f"{EVERY} WHERE source = :source AND source_id = :id", source=source, id=source_id)
    return None if kept is None else _interaction(db, kept)


def by_number(db: Connection, number: int) -> Interaction | None:
    """An interaction by its number here; None if there is none."""
    kept = row(db, f"{EVERY} WHERE id = :id", id=number)
    return None if kept is None else _interaction(db, kept)


def by_id_anywhere(db: Connection, source_id: str) -> list[Interaction]:
    """The interactions with an id, at any source."""
    found = rows(db, f"{EVERY} WHERE source IN {SOURCES} AND source_id = :id ORDER BY id", id=source_id)
    return [_interaction(db, kept) for kept in found]


def at_helpdesk(db: Connection, source_id: str) -> Interaction | None:
    """The interaction with an id of which a helpdesk has told; None if there is none, or there are several."""
    found = rows(db, f"{EVERY} WHERE source IN {HELPDESKS} AND source_id = :id", id=source_id)
    return _interaction(db, found[0]) if len(found) == 1 else None


def any_of(db: Connection, source: str) -> bool:
    """Whether a source has told of an interaction."""
    return row(db, "SELECT 1 AS one FROM interactions WHERE source = :source LIMIT 1", source=source) is not None


def move(db: Connection, number: int, source: str) -> None:
    """What a file has told of is told of by a helpdesk from now on."""
    run(db, "UPDATE interactions SET source = :source WHERE id = :id", id=number, source=source)


def near_ids(db: Connection, text: str, teams: Collection[int]) -> list[str]:
    """Up to three ids of conversations of some teams, outside Slack, that look most like a text, among the newest."""
    newest = rows(
        db, "SELECT source_id, team_id FROM interactions WHERE source != :slack ORDER BY id DESC LIMIT :most",
        slack=SLACK, most=COMPARED,
    )  # fmt: skip
    of_teams = dict.fromkeys(each["source_id"] for each in newest if each["team_id"] in teams)
    return difflib.get_close_matches(text, of_teams, n=3)


def of_person(db: Connection, who: str, limit: int = 20) -> list[Interaction]:
    """A customer's newest interactions, by any of their addresses."""
    found = rows(
        db,
        f"{EVERY} WHERE customer = :who ORDER BY COALESCE(closed_at, opened_at, changed_at) DESC, id DESC LIMIT :limit",
        who=people.of(db, who),
        limit=limit,
    )
    return [_interaction(db, kept) for kept in found]


def keep(db: Connection, interaction: Interaction, now: datetime) -> Interaction:
    """Store an interaction, or what has changed about it. It comes back with its number. A Slack id and an e-mail
    address that it tells are one customer's from now on."""
    values = {each.name: getattr(interaction, each.name) for each in fields(interaction)}
    del values["id"], values["agents"]
    values |= {name: None if values[name] is None else stamp(values[name]) for name in MOMENTS}
    values |= {kind: names.keep(db, kind, values[kind]) if values[kind] else 0 for kind in NAMED}
    values |= {"tags": json.dumps(interaction.tags), "address": interaction.customer, "changed_at": stamp(now)}
    values["customer"] = people.keep(db, interaction.customer, interaction.email, now)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name not in ("source", "source_id"))
    insert(db, "interactions", values, f"ON CONFLICT (source, source_id) DO UPDATE SET {changes}")
    stored = "SELECT id FROM interactions WHERE source = :source AND source_id = :id"
    kept = row(db, stored, source=interaction.source, id=interaction.source_id)
    assert kept is not None
    agents.keep(db, kept["id"], interaction.agents)
    return replace(interaction, id=kept["id"])


def closed(db: Connection, interaction: Interaction, now: datetime) -> Interaction:
    """Record that an interaction was closed, with what is known about it by then."""
    known = find(db, interaction.source, interaction.source_id)
    if known is None:
        return keep(db, replace(interaction, state="closed", closes=1), now)
    kept = {name: getattr(interaction, name) or getattr(known, name) for name in KEPT}
    kept["last_at"] = max((each.last_at for each in (interaction, known) if each.last_at), default=None)
    closes = known.closes + (known.state != "closed")
    return keep(db, replace(interaction, state="closed", closes=closes, **kept), now)


def told(db: Connection, number: int, at: datetime) -> None:
    """Record that the state of an interaction outside Slack was told as of a moment, though it was no news: what is
    older and comes later is none either."""
    sql = "UPDATE interactions SET last_at = :at WHERE id = :id AND (last_at IS NULL OR last_at < :at)"
    run(db, sql, id=number, at=stamp(at))


def quiet(db: Connection, team_id: int, since: datetime) -> list[Interaction]:
    """The open threads of a team that a customer began and the team has answered, in which nobody has written since a
    moment."""
    found = rows(
        db,
        f"{EVERY} WHERE team_id = :team AND state = 'open' AND answered_at IS NOT NULL AND last_at <= :since "
        "AND customer != 0 ORDER BY last_at, id",
        team=team_id,
        since=stamp(since),
    )
    return [_interaction(db, kept) for kept in found]


def doubt(db: Connection) -> None:
    """After a back-up was restored: an open thread may have been closed since the back-up was made. It is closed by
    silence only if the team writes there again."""
    run(db, "UPDATE interactions SET answered_at = NULL WHERE state = 'open' AND answered_at IS NOT NULL")


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: the ids of threads begin with it. A thread that is known by its new id already
    stays as it is."""
    moved = "REPLACE(source_id, :old || ':', :new || ':')"
    run(
        db,
        f"UPDATE interactions SET channel = :new, source_id = {moved} WHERE source = 'slack' AND channel = :old "
        f"AND NOT EXISTS (SELECT 1 FROM interactions AS known WHERE known.source = 'slack' "
        f"AND known.source_id = {moved.replace('source_id', 'interactions.source_id')})",
        old=old,
        new=new,
    )
