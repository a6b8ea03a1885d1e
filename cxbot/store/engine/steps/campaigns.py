"""The twelfth migration: campaigns, and their people."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection


def bring_over(db: Connection) -> None:
    """Make the tables, in the caller's transaction."""
    for statement in STATEMENTS.split(";"):
        if statement.strip():
            db.execute(statement)


STATEMENTS = """
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name != ''),
    name_key TEXT NOT NULL UNIQUE,
    team_id INTEGER NOT NULL,
    survey TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'stopped')),
    started_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    held_since TEXT
) STRICT;
CREATE TABLE campaign_people (
    campaign INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    place INTEGER NOT NULL CHECK (place >= 0),
    customer INTEGER NOT NULL DEFAULT 0,
    address TEXT NOT NULL,
    email TEXT NOT NULL DEFAULT '',
    company TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    due_at TEXT,
    left_out TEXT NOT NULL DEFAULT '',
    invitation TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (campaign, place),
    CHECK (due_at IS NULL OR (left_out = '' AND invitation = '' AND customer != 0 AND address != ''))
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_people_due ON campaign_people (campaign, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX campaign_people_customer ON campaign_people (customer) WHERE customer != 0;
CREATE INDEX campaign_people_invitation ON campaign_people (invitation) WHERE invitation != '';
"""
