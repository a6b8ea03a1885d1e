"""The schema as numbered steps. A released step never changes."""

from cxbot.store.engine import (
    agents_by_id,
    attribution_step,
    campaigns_step,
    closes_step,
    customers_by_id,
    interactions_step,
    invitations_by_id,
    names_to_ids,
    rules_step,
    short_rows,
    steps_of_workflows,
)
from cxbot.store.engine.connection import Connection, Migrations

migrations = Migrations("cxbot")

# Imported rows have the number of their import. A row is visible from `batch` on and until `until_batch`.
# Publishing an import is one small commit that raises the published number (see records/imports.py).
FOREVER = 0  # takes no space in an index


@migrations()
def m001_main_job(db: Connection) -> None:
    """Teams, invitations, answers, cases and the outbox."""
    for statement in SCHEMA_1.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m002_if_unknown(db: Connection) -> None:
    """A task in the outbox remembers what to do if its outcome is unknown."""
    db.execute("ALTER TABLE outbox ADD COLUMN if_unknown TEXT NOT NULL DEFAULT ''")


@migrations()
def m003_names(db: Connection) -> None:
    """Teams, people and things are rows with ids; what holds their names holds the ids."""
    names_to_ids.bring_over(db)


@migrations()
def m004_short_rows(db: Connection) -> None:
    """Answers take half as much space."""
    short_rows.shorten(db)


@migrations()
def m005_seconds_by_day(db: Connection) -> None:
    """The daily sums of handling times are sums of seconds instead of logarithms: verdicts judge the average."""
    shown = db.execute("SELECT COALESCE(MAX(id), 0) FROM imports WHERE published_at IS NOT NULL").fetchone()[0]
    db.execute("DELETE FROM daily_handled")
    db.execute(SECONDS_BY_DAY, {"shown": shown})


@migrations()
def m006_invitations(db: Connection) -> None:
    """Invitations hold ids of teams, topics and touchpoints."""
    invitations_by_id.bring_over(db)


@migrations()
def m007_audit(db: Connection) -> None:
    """A log of who saw and changed what, which is only added to."""
    db.execute(
        "CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, "
        "about TEXT NOT NULL DEFAULT '') STRICT"
    )
    for deed in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )


@migrations()
def m008_first_days(db: Connection) -> None:
    """The first day on which a team was answered to the bot itself is found at once, however much was imported."""
    db.execute("DROP INDEX daily_answers_begun")
    db.execute(
        "CREATE INDEX daily_answers_own ON daily_answers (metric, batch, asked_by, team, day, n) "
        "WHERE batch = 0 AND n > 0"
    )


@migrations()
def m009_interactions(db: Connection) -> None:
    """Interactions are rows of their own; invitations can go by e-mail and link, and have a history."""
    interactions_step.bring_over(db)


@migrations()
def m010_customers(db: Connection) -> None:
    """Customers of invitations and interactions are ids, whatever their addresses."""
    customers_by_id.bring_over(db)


@migrations()
def m011_rules(db: Connection) -> None:
    """Teams have conditions, holidays, a reminder, surveys by source, and wait until a thread is quiet."""
    rules_step.bring_over(db)


@migrations()
def m012_campaigns(db: Connection) -> None:
    """Surveys to lists of people, spread over some days."""
    campaigns_step.bring_over(db)


@migrations()
def m013_attributions(db: Connection) -> None:
    """Who served a customer can be corrected, and an agent can name the customer of a close."""
    attribution_step.bring_over(db)


@migrations()
def m014_steps(db: Connection) -> None:
    """A step of a workflow waits for what becomes of its survey."""
    steps_of_workflows.bring_over(db)


@migrations()
def m015_agents(db: Connection) -> None:
    """Agents of invitations, interactions and corrections are ids, whatever their spelling."""
    agents_by_id.bring_over(db)


@migrations()
def m016_contacts(db: Connection) -> None:
    """Interactions know the customer's id at the tool that told of them, by which it can ask to forget somebody."""
    db.execute("ALTER TABLE interactions ADD COLUMN contact TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX interactions_contact ON interactions (contact) WHERE contact != ''")


@migrations()
def m017_closes(db: Connection) -> None:
    """Closes are in the figures under the ids of their surveys; interactions know how often who wrote."""
    closes_step.bring_over(db)


def unknown_steps(db: Connection) -> list[str]:
    """The steps of a file that this version doesn't have, in the order in which they were applied."""
    known = {step.name for step in migrations.pending(Connection(memory=True))}  # an empty file has all steps pending
    return [step.name for step in migrations.applied(db) if step.name not in known]


def missing(db: Connection) -> list[str]:
    """Tables and columns that a file lacks although its steps were carried out; such as in a file of a version that was
    never released. A step is known by what it made, not by its name."""
    expected = Connection(memory=True)
    applied = {step.name for step in migrations.applied(db)}
    later = [step.name for step in migrations.pending(expected) if step.name not in applied]
    migrations.apply(expected, stop_before=later)
    gaps = sorted(_columns(expected) - _columns(db))
    expected.close()
    return gaps


def _columns(db: Connection) -> set[str]:
    sql = (
        "SELECT m.name || '.' || c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' "
        "AND m.name NOT LIKE 'sqlite_%' AND m.name != '_sqlite_migrations'"
    )
    return {name for (name,) in db.execute(sql)}


_SHOWN = "{row}.batch <= :shown AND ({row}.until_batch = 0 OR {row}.until_batch > :shown)"
_NEWER = (
    "SELECT 1 FROM ratings AS newer WHERE newer.external_id = r.external_id AND newer.id > r.id "
    f"AND newer.closed_at IS NOT NULL AND {_SHOWN.format(row='newer')}"
)
_SECONDS = (
    "SELECT s.handling_seconds FROM ratings AS s WHERE s.external_id = r.external_id AND s.closed_at IS NOT NULL "
    f"AND s.handling_seconds IS NOT NULL AND {_SHOWN.format(row='s')} ORDER BY s.id DESC LIMIT 1"
)
SECONDS_BY_DAY = (
    "INSERT INTO daily_handled (team, day, batch, n, total, squares) SELECT team, day, 0, COUNT(*), SUM(seconds), "
    f"SUM(seconds * seconds) FROM (SELECT r.team, SUBSTR(r.closed_at, 1, 8) AS day, ({_SECONDS}) AS seconds "
    f"FROM ratings AS r WHERE r.closed_at IS NOT NULL AND {_SHOWN.format(row='r')} AND NOT EXISTS ({_NEWER})) "
    "AS handled WHERE seconds IS NOT NULL GROUP BY team, day"
)

SCHEMA_1 = """
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
