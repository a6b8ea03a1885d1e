"""The thirteenth migration: corrections of who served a customer, and closes whose customer an agent has to name."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection


def bring_over(db: Connection) -> None:
    """Make the tables, in the caller's transaction."""
    for statement in STATEMENTS:
        db.execute(statement)


STATEMENTS = (
    "CREATE TABLE attributions (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, invitation TEXT NOT NULL, "
    "old TEXT NOT NULL, new TEXT NOT NULL CHECK (new != ''), why TEXT NOT NULL DEFAULT '') STRICT",
    "CREATE INDEX attributions_of ON attributions (invitation, id)",
    # A correction is never changed. Its words go with the customer's data, and it goes with the close itself.
    "CREATE TRIGGER attributions_stay BEFORE UPDATE OF id, at, who, invitation, old, new ON attributions "
    "BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END",
    "CREATE TRIGGER attributions_keep_their_words BEFORE UPDATE OF why ON attributions WHEN NEW.why != '' "
    "BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END",
    "CREATE TRIGGER attributions_go_last BEFORE DELETE ON attributions "
    "WHEN EXISTS (SELECT 1 FROM invitations WHERE key = OLD.invitation) "
    "BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END",
    "CREATE TABLE choices (key TEXT PRIMARY KEY, team_id INTEGER NOT NULL, agent TEXT NOT NULL, channel TEXT NOT NULL, "
    "ts TEXT NOT NULL, thread_ts TEXT NOT NULL, via TEXT NOT NULL CHECK (via IN ('reaction', 'shortcut')), "
    "close TEXT NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL, closed_at TEXT NOT NULL, "
    "UNIQUE (channel, thread_ts, agent)) STRICT, WITHOUT ROWID",
)
