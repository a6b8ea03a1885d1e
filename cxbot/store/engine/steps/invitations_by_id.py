"""The sixth migration: invitations hold ids of names. Slack's ids stay: they are the addresses of what is sent."""

from __future__ import annotations

import zlib

from cxbot.core import names
from cxbot.store.engine.connection import Connection

NAMED = ("team", "topic", "touchpoint")


def bring_over(db: Connection) -> None:
    """Replace the names in invitations by ids, in the caller's transaction."""
    for kind in NAMED:
        db.execute(f"ALTER TABLE invitations ADD COLUMN new_{kind} INTEGER NOT NULL DEFAULT 0")
        for (text,) in db.execute(f"SELECT DISTINCT {kind} FROM invitations").fetchall():
            db.execute(
                f"UPDATE invitations SET new_{kind} = :id WHERE {kind} = :text",
                {"id": _id(db, kind, text), "text": text},
            )
        db.execute(f"ALTER TABLE invitations DROP COLUMN {kind}")
        db.execute(f"ALTER TABLE invitations RENAME COLUMN new_{kind} TO {kind}")


def _id(db: Connection, kind: str, text: str) -> int:
    key = names.key(text)
    if not key:
        return 0
    known = db.execute(
        "SELECT name_id FROM name_keys WHERE kind = :kind AND key = :key", {"kind": kind, "key": key}
    ).fetchone()
    if known is not None:
        return int(known[0])
    line = {"kind": kind, "name": names.shown(text), "sample": zlib.crc32(text.encode()) % 1000}
    db.execute("INSERT INTO names (kind, name, sample) VALUES (:kind, :name, :sample)", line)
    made = int(db.execute("SELECT MAX(id) FROM names").fetchone()[0])
    db.execute(
        "INSERT INTO name_keys (kind, key, name_id) VALUES (:kind, :key, :id)", {"kind": kind, "key": key, "id": made}
    )
    return made
