"""The first schema."""

from cxbot.store.engine.connection import Connection


def make(db: Connection) -> None:
    """Make its tables and indexes."""
    for statement in SCHEMA.split(";"):
        if statement.strip():
            db.execute(statement)


SCHEMA = """
CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL CHECK (channel != ''),
    leads_channel TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL,
    locale TEXT NOT NULL,
    digest TEXT NOT NULL,
    survey TEXT NOT NULL CHECK (survey != ''),
    delay_minutes INTEGER NOT NULL CHECK (delay_minutes >= 0),
    throttle_days INTEGER NOT NULL CHECK (throttle_days >= 0),
    hours TEXT NOT NULL,
    reaction TEXT NOT NULL,
    delivery TEXT NOT NULL CHECK (delivery IN ('auto', 'thread', 'dm')),
    agents TEXT NOT NULL CHECK (agents IN ('off', 'own', 'lead')),
    rehearsal INTEGER NOT NULL DEFAULT 0 CHECK (rehearsal IN (0, 1)),
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE team_people (
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('member', 'lead')),
    principal TEXT NOT NULL CHECK (principal != ''),
    PRIMARY KEY (team_id, role, principal)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_channels (
    channel TEXT PRIMARY KEY,
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE switches (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE opt_outs (
    customer TEXT PRIMARY KEY,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE surveys (
    name TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    added_at TEXT NOT NULL,
    retired_at TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE invitations (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN
        ('due', 'sending', 'sent', 'expired', 'declined', 'withdrawn', 'refused', 'rehearsed', 'undeliverable')),
    reason TEXT NOT NULL DEFAULT '',
    survey TEXT NOT NULL,
    team_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    agent TEXT NOT NULL,
    customer TEXT NOT NULL CHECK (customer != ''),
    channel TEXT NOT NULL,
    thread_ts TEXT NOT NULL DEFAULT '',
    trigger_ts TEXT NOT NULL DEFAULT '',
    delivery TEXT NOT NULL CHECK (delivery IN ('thread', 'dm')),
    topic TEXT NOT NULL DEFAULT '',
    touchpoint TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL CHECK (asked_by IN ('automatic', 'hand-picked', 'campaign')),
    asked_via TEXT NOT NULL CHECK (asked_via IN ('command', 'shortcut', 'reaction')),
    timezone TEXT NOT NULL,
    locale TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    send_at TEXT NOT NULL,
    sent_at TEXT,
    expires_at TEXT,
    message_channel TEXT NOT NULL DEFAULT '',
    message_ts TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitations_one_waiting ON invitations (customer) WHERE state IN ('due', 'sending');
CREATE INDEX invitations_due ON invitations (state, send_at);
CREATE INDEX invitations_expiring ON invitations (state, expires_at);
CREATE INDEX invitations_customer ON invitations (customer, sent_at);
CREATE INDEX invitations_trigger ON invitations (channel, trigger_ts);
CREATE INDEX invitations_message ON invitations (message_channel, sent_at);

CREATE TABLE answer_events (
    invitation TEXT NOT NULL REFERENCES invitations (key),
    metric TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('score', 'reasons', 'comment', 'contact')),
    value TEXT NOT NULL,
    action_ts TEXT NOT NULL,
    received_at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('counted', 'late', 'older', 'locked')),
    PRIMARY KEY (invitation, metric, kind, action_ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE ratings (
    id INTEGER PRIMARY KEY,
    external_id TEXT NOT NULL CHECK (external_id != ''),
    metric TEXT NOT NULL,
    survey TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT '',
    score INTEGER,
    reasons TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    contact INTEGER NOT NULL DEFAULT 0 CHECK (contact IN (0, 1)),
    asked_by TEXT NOT NULL CHECK (asked_by IN ('automatic', 'hand-picked', 'campaign')),
    sent_at TEXT,
    delivered INTEGER NOT NULL DEFAULT 1 CHECK (delivered IN (0, 1)),
    answered_at TEXT,
    late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
    action_ts TEXT NOT NULL DEFAULT '',
    changed_at TEXT,
    team TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT '',
    customer TEXT NOT NULL DEFAULT '',
    company TEXT NOT NULL DEFAULT '',
    touchpoint TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    topic TEXT NOT NULL DEFAULT '',
    opened_at TEXT,
    closed_at TEXT,
    handling_seconds REAL CHECK (handling_seconds >= 0),
    first_contact_resolution TEXT NOT NULL DEFAULT '' CHECK
        (first_contact_resolution IN ('', 'yes', 'no', 'unsure')),
    previous_at TEXT,
    sample INTEGER NOT NULL DEFAULT 0 CHECK (sample BETWEEN 0 AND 999),
    batch INTEGER NOT NULL DEFAULT 0,
    until_batch INTEGER NOT NULL DEFAULT 9223372036854775807,
    CHECK (score IS NULL OR (score BETWEEN 0 AND 10 AND metric != '' AND answered_at IS NOT NULL)),
    UNIQUE (external_id, metric, until_batch)
) STRICT;
CREATE INDEX ratings_answered ON ratings (metric, answered_at, asked_by, team, score, sample, batch, until_batch)
    WHERE score IS NOT NULL AND late = 0;
CREATE INDEX ratings_sent ON ratings (metric, sent_at, asked_by, team, delivered, batch, until_batch)
    WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_sent_team ON ratings (metric, team COLLATE NOCASE, delivered, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_words ON ratings (metric, team COLLATE NOCASE, answered_at) WHERE reasons != '' OR comment != '';
CREATE INDEX ratings_customer ON ratings
    (customer, metric, answered_at, late, asked_by, team, score, batch, until_batch)
    WHERE score IS NOT NULL AND customer != '';
CREATE INDEX ratings_repeat ON ratings (metric, team, previous_at, answered_at, customer)
    WHERE previous_at IS NOT NULL;
CREATE INDEX ratings_changed ON ratings (metric, changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX ratings_sample ON ratings
    (metric, sample, answered_at, asked_by, team, customer, score, batch, until_batch)
    WHERE sample < 20 AND score IS NOT NULL AND late = 0;
CREATE INDEX ratings_closed ON ratings (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_team ON ratings (team COLLATE NOCASE, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_customer ON ratings (customer, closed_at) WHERE closed_at IS NOT NULL AND customer != '';
CREATE INDEX ratings_batch ON ratings (batch) WHERE batch > 0;
CREATE INDEX ratings_superseded ON ratings (until_batch) WHERE until_batch < 9223372036854775807;

CREATE TABLE daily_answers (
    metric TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    team TEXT NOT NULL,
    day TEXT NOT NULL,
    score INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (metric, asked_by, team, day, score, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE daily_sent (
    metric TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    team TEXT NOT NULL,
    day TEXT NOT NULL,
    batch INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (metric, day, asked_by, team, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE daily_handled (
    team TEXT NOT NULL COLLATE NOCASE,
    day TEXT NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    total REAL NOT NULL,
    squares REAL NOT NULL,
    PRIMARY KEY (team, day, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    started_at TEXT NOT NULL,
    published_at TEXT
) STRICT;

CREATE TABLE customers (
    customer TEXT PRIMARY KEY CHECK (customer != ''),
    company TEXT NOT NULL,
    started_on TEXT NOT NULL,
    lost_on TEXT,
    complaints INTEGER NOT NULL CHECK (complaints >= 0),
    returns INTEGER NOT NULL CHECK (returns >= 0),
    repeat_purchases INTEGER NOT NULL CHECK (repeat_purchases >= 0),
    money REAL,
    CHECK (lost_on >= started_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
    team_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name != ''),
    name_key TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL CHECK (last_day >= first_day),
    PRIMARY KEY (team_id, name_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE touchpoints (
    name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name != ''),
    stage TEXT NOT NULL CHECK (stage IN ('before', 'during', 'after')),
    direct INTEGER NOT NULL CHECK (direct IN (0, 1)),
    ours INTEGER NOT NULL CHECK (ours IN (0, 1)),
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    invitation TEXT NOT NULL UNIQUE REFERENCES invitations (key),
    why TEXT NOT NULL CHECK (why IN ('low', 'contact')),
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done')),
    owner TEXT NOT NULL DEFAULT '',
    opened_at TEXT NOT NULL,
    taken_at TEXT,
    done_at TEXT,
    message_channel TEXT NOT NULL DEFAULT '',
    message_ts TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE digests (
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    period TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    posted INTEGER NOT NULL CHECK (posted IN (0, 1)),
    PRIMARY KEY (team_id, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE events_seen (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'unknown', 'dead')),
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT,
    target TEXT NOT NULL DEFAULT '',
    ts TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (state, due_at) WHERE state IN ('due', 'sending', 'unknown');
"""
