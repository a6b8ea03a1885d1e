"""The ninth migration: interactions are rows, and invitations can go by e-mail and link and have a history."""

from __future__ import annotations

import secrets

from cxbot.store.engine.connection import Connection

KEY = "key"  # the switch with this installation's secret


def bring_over(db: Connection) -> None:
    """Make the tables, and move invitations to the new form of theirs, in the caller's transaction."""
    # Answers and cases refer to invitations by the table's name, and find them again under it before the commit.
    db.execute("PRAGMA defer_foreign_keys=ON")
    for statement in STATEMENTS.split(";"):
        if statement.strip():
            db.execute(statement)
    key = {"name": KEY, "value": secrets.token_hex(32)}
    db.execute("INSERT INTO switches (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING", key)


STATEMENTS = """
CREATE TABLE interactions (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL CHECK (source != ''),
    source_id TEXT NOT NULL CHECK (source_id != ''),
    team_id INTEGER NOT NULL,
    team INTEGER NOT NULL DEFAULT 0,
    customer TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    company INTEGER NOT NULL DEFAULT 0,
    agent TEXT NOT NULL DEFAULT '',
    agents TEXT NOT NULL DEFAULT '[]',
    topic INTEGER NOT NULL DEFAULT 0,
    touchpoint INTEGER NOT NULL DEFAULT 0,
    channel TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    survey TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
    closes INTEGER NOT NULL DEFAULT 0 CHECK (closes >= 0),
    opened_at TEXT,
    closed_at TEXT,
    reopened_at TEXT,
    changed_at TEXT NOT NULL,
    handling_seconds REAL CHECK (handling_seconds >= 0),
    last_at TEXT,
    answered_at TEXT,
    UNIQUE (source, source_id)
) STRICT;
CREATE INDEX interactions_customer ON interactions (customer, closed_at);
CREATE INDEX interactions_email ON interactions (email) WHERE email != '';
CREATE INDEX interactions_closed ON interactions (team_id, closed_at);
CREATE INDEX interactions_quiet ON interactions (team_id, last_at) WHERE state = 'open' AND answered_at IS NOT NULL;
CREATE TABLE hooks (
    name TEXT PRIMARY KEY CHECK (name != ''),
    kind TEXT NOT NULL,
    definition TEXT NOT NULL DEFAULT '',
    team_id INTEGER NOT NULL,
    secrets TEXT NOT NULL DEFAULT '[]',
    added_at TEXT NOT NULL,
    removed_at TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries_seen (
    hook TEXT NOT NULL,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (hook, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_seen_at ON deliveries_seen (at);
CREATE TABLE links (
    hash TEXT PRIMARY KEY,
    invitation TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_of ON links (invitation);
CREATE TABLE people (
    address TEXT PRIMARY KEY CHECK (address != ''),
    person INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX people_of ON people (person);
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    invitation TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ledger_of ON ledger (invitation, id);
ALTER TABLE teams ADD COLUMN sampling INTEGER NOT NULL DEFAULT 100 CHECK (sampling BETWEEN 0 AND 100);
ALTER TABLE teams ADD COLUMN reaction_means TEXT NOT NULL DEFAULT 'ask' CHECK (reaction_means IN ('ask', 'close'));
ALTER TABLE teams ADD COLUMN never_companies TEXT NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN company_days INTEGER NOT NULL DEFAULT 0 CHECK (company_days >= 0);
ALTER TABLE teams ADD COLUMN silence TEXT NOT NULL DEFAULT 'off';
CREATE TABLE old_invitations AS SELECT * FROM invitations;
DROP TABLE invitations;
CREATE TABLE invitations (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN
        ('due', 'sending', 'sent', 'expired', 'declined', 'withdrawn', 'refused', 'rehearsed', 'undeliverable')),
    reason TEXT NOT NULL DEFAULT '',
    survey TEXT NOT NULL,
    team_id INTEGER NOT NULL,
    agent TEXT NOT NULL,
    customer TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread_ts TEXT NOT NULL DEFAULT '',
    trigger_ts TEXT NOT NULL DEFAULT '',
    delivery TEXT NOT NULL CHECK (delivery IN ('thread', 'dm', 'email', 'link')),
    asked_by TEXT NOT NULL CHECK (asked_by IN ('automatic', 'hand-picked', 'campaign')),
    asked_via TEXT NOT NULL CHECK (asked_via IN
        ('command', 'shortcut', 'reaction', 'silence', 'hook', 'workflow', 'import', 'campaign', 'link')),
    timezone TEXT NOT NULL,
    locale TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    send_at TEXT NOT NULL,
    sent_at TEXT,
    expires_at TEXT,
    message_channel TEXT NOT NULL DEFAULT '',
    message_ts TEXT NOT NULL DEFAULT '',
    team INTEGER NOT NULL DEFAULT 0,
    topic INTEGER NOT NULL DEFAULT 0,
    touchpoint INTEGER NOT NULL DEFAULT 0,
    company INTEGER NOT NULL DEFAULT 0,
    interaction INTEGER NOT NULL DEFAULT 0,
    CHECK (customer != '' OR state IN ('refused', 'undeliverable'))
) STRICT, WITHOUT ROWID;
INSERT INTO invitations (key, state, reason, survey, team_id, agent, customer, channel, thread_ts, trigger_ts,
    delivery, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel,
    message_ts, team, topic, touchpoint)
SELECT key, state, reason, survey, team_id, agent, customer, channel, thread_ts, trigger_ts,
    delivery, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel,
    message_ts, team, topic, touchpoint FROM old_invitations;
DROP TABLE old_invitations;
CREATE UNIQUE INDEX invitations_one_waiting ON invitations (customer) WHERE state IN ('due', 'sending');
CREATE INDEX invitations_due ON invitations (state, send_at);
CREATE INDEX invitations_expiring ON invitations (state, expires_at);
CREATE INDEX invitations_customer ON invitations (customer, sent_at);
CREATE INDEX invitations_company ON invitations (company, sent_at) WHERE company != 0;
CREATE INDEX invitations_trigger ON invitations (channel, trigger_ts);
CREATE INDEX invitations_message ON invitations (message_channel, sent_at);
CREATE INDEX invitations_of ON invitations (interaction) WHERE interaction != 0;
CREATE INDEX invitations_closed ON invitations (team_id, closed_at);
"""
