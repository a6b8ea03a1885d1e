"""The fourteenth migration: steps of workflows wait for what becomes of a survey."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection


def bring_over(db: Connection) -> None:
    """Make the table, in the caller's transaction."""
    db.execute(
        "CREATE TABLE steps (invitation TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE CHECK (id != ''), "
        "for_answer INTEGER NOT NULL CHECK (for_answer IN (0, 1))) STRICT, WITHOUT ROWID"
    )
