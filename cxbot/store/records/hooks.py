"""Hooks: where helpdesks tell about conversations, and which of their deliveries were seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Hook:
    """A place at which a tool tells about conversations, `POST /hooks/{name}`.

    `kind` is the name of a kind of tool, and `definition` its TOML if it is not one of those that come along.
    `secrets` are the ones that sign; two while one is replaced by another.
    """

    name: str
    kind: str
    definition: str
    team_id: int
    secrets: tuple[str, ...]
    added_at: datetime
    removed: bool = False


def _hook(kept: Row) -> Hook:
    added = moment(kept["added_at"])
    assert added is not None
    secrets = tuple(json.loads(kept["secrets"]))
    removed = kept["removed_at"] is not None
    return Hook(kept["name"], kept["kind"], kept["definition"], kept["team_id"], secrets, added, removed)


def named(db: Connection, name: str) -> Hook | None:
    """The hook with a name, also one that was removed; None if there never was one."""
    kept = row(db, "SELECT * FROM hooks WHERE name = :name", name=name)
    return None if kept is None else _hook(kept)


def every(db: Connection) -> list[Hook]:
    """The hooks in use, by name."""
    return [_hook(kept) for kept in rows(db, "SELECT * FROM hooks WHERE removed_at IS NULL ORDER BY name")]


def keep(db: Connection, hook: Hook) -> None:
    """Add a hook, or replace the one of the same name."""
    insert(
        db,
        "hooks",
        {
            "name": hook.name,
            "kind": hook.kind,
            "definition": hook.definition,
            "team_id": hook.team_id,
            "secrets": json.dumps(hook.secrets),
            "added_at": stamp(hook.added_at),
            "removed_at": None,
        },
        "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, definition = excluded.definition, "
        "team_id = excluded.team_id, secrets = excluded.secrets, removed_at = NULL",
    )


def remove(db: Connection, name: str, now: datetime) -> None:
    """Take a hook out of use. Its name stays known, so that its tool hears that it is gone for good."""
    run(
        db,
        "UPDATE hooks SET removed_at = :now, secrets = '[]' WHERE name = :name",
        name=name,
        now=stamp(now),
    )


def seen(db: Connection, hook: str, key: str, now: datetime) -> bool:
    """Whether a delivery was taken before. If not, it is from now on. Without a key nobody can know."""
    if not key:
        return False
    if row(db, "SELECT 1 AS one FROM deliveries_seen WHERE hook = :hook AND key = :key", hook=hook, key=key):
        return True
    insert(db, "deliveries_seen", {"hook": hook, "key": key, "at": stamp(now)})
    return False


def forget(db: Connection, before: datetime) -> None:
    """Forget the deliveries of before a moment."""
    run(db, "DELETE FROM deliveries_seen WHERE at < :before", before=stamp(before))
