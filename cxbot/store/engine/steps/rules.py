"""The eleventh migration: the rest of a team's rules, and reminders that are to come."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection


def bring_over(db: Connection) -> None:
    """Add the settings, and the table of reminders, in the caller's transaction."""
    for statement in STATEMENTS.split(";"):
        if statement.strip():
            db.execute(statement)


STATEMENTS = """
ALTER TABLE teams ADD COLUMN conditions TEXT NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN holidays TEXT NOT NULL DEFAULT 'off';
ALTER TABLE teams ADD COLUMN reminder_days INTEGER NOT NULL DEFAULT 0 CHECK (reminder_days >= 0);
ALTER TABLE teams ADD COLUMN relationship_days INTEGER NOT NULL DEFAULT 90 CHECK (relationship_days >= 0);
ALTER TABLE teams ADD COLUMN surveys TEXT NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN quiet TEXT NOT NULL DEFAULT 'off';
CREATE TABLE reminders (
    invitation TEXT PRIMARY KEY,
    due_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reminders_due ON reminders (due_at);
CREATE INDEX outbox_subject ON outbox (subject, kind);
CREATE INDEX invitations_campaigns ON invitations (customer, sent_at) WHERE asked_via = 'campaign'
"""
