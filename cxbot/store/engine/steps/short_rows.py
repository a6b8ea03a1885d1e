"""The fourth migration: answers take half as much space."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection

WAYS = ("automatic", "hand-picked", "campaign")
MOMENTS = {
    "teams": ("created_at",),
    "opt_outs": ("since",),
    "surveys": ("added_at", "retired_at"),
    "invitations": ("closed_at", "send_at", "sent_at", "expires_at"),
    "answer_events": ("received_at",),
    "imports": ("started_at", "published_at"),
    "cases": ("opened_at", "taken_at", "done_at"),
    "digests": ("claimed_at",),
    "events_seen": ("at",),
    "outbox": ("due_at", "tried_at", "created_at"),
}
"""Columns with moments outside the answers, by table."""
OF_ANSWERS = ("sent_at", "answered_at", "changed_at", "opened_at", "closed_at")
COUNTED_BY_DAY = ("daily_answers", "daily_sent", "daily_handled")
REWRITTEN = ("ratings", *COUNTED_BY_DAY)
SWITCHED = ("backed_up_at",)  # switches whose value is a moment
UNKEYED = 24  # characters of the id of a row that came without one


def shorten(db: Connection) -> None:
    """Write moments, ways of asking and long ids in fewer characters, leave out what can be computed, and have fewer
    indexes. All in the caller's transaction."""
    _settle(db)
    for table, columns in MOMENTS.items():
        changes = ", ".join(f"{column} = {_short(column)}" for column in columns)
        db.execute(f"UPDATE {table} SET {changes}")
    for name in SWITCHED:
        db.execute(f"UPDATE switches SET value = {_short('value')} WHERE name = :name", {"name": name})
    for statement in TABLES.split(";"):
        db.execute(statement)
    for table in REWRITTEN:
        _moved(db, table)
    for statement in THEN.split(";"):
        db.execute(statement)
    for change in CHANGES_OF_THE_PAST:
        db.execute(f"CREATE TRIGGER {change} BEGIN UPDATE generation SET number = number + 1; END")


def _settle(db: Connection) -> None:
    """Take back what an interrupted import has staged, and drop what imports have replaced."""
    shown = db.execute("SELECT COALESCE(MAX(id), 0) FROM imports WHERE published_at IS NOT NULL").fetchone()[0]
    db.execute("DELETE FROM ratings WHERE batch > :shown", {"shown": shown})
    db.execute("UPDATE ratings SET until_batch = 0 WHERE until_batch > :shown", {"shown": shown})
    db.execute("DELETE FROM ratings WHERE until_batch > 0")
    for table in COUNTED_BY_DAY:
        db.execute(f"DELETE FROM {table} WHERE batch > :shown", {"shown": shown})


def _moved(db: Connection, table: str) -> None:
    """Move the rows of a table to the new form of it."""
    names = [name for (name,) in db.execute(f"SELECT name FROM pragma_table_info('new_{table}')")]
    values = ", ".join(_value(name) for name in names)
    db.execute(f"INSERT INTO new_{table} ({', '.join(names)}) SELECT {values} FROM {table}")
    db.execute(f"DROP TABLE {table}")
    db.execute(f"ALTER TABLE new_{table} RENAME TO {table}")


def _value(column: str) -> str:
    if column == "asked_by":
        return "CASE asked_by " + " ".join(f"WHEN '{word}' THEN {code}" for code, word in enumerate(WAYS)) + " END"
    if column == "external_id":
        of_row = "version != 'column' AND external_id LIKE 'row-%' AND LENGTH(external_id) = 36"
        return f"CASE WHEN {of_row} THEN SUBSTR(external_id, 1, {UNKEYED}) ELSE external_id END"
    if column == "sent_at":  # an answer from a column beside another question was not asked for by a survey of its own
        return f"CASE WHEN version != 'column' THEN {_short(column)} END"
    if column == "day":
        return "REPLACE(day, '-', '')"
    return _short(column) if column in OF_ANSWERS else column


def _short(column: str) -> str:
    """`2026-11-16T10:15:00.250000Z` as `20261116T101500.25`."""
    pieces = ((1, 4), (6, 2), (9, 5), (15, 2), (18, 2))
    whole = " || ".join(f"SUBSTR({column}, {start}, {length})" for start, length in pieces)
    return f"{whole} || RTRIM(SUBSTR({column}, 20), '0.Z')"


TABLES = """
CREATE TABLE new_ratings (
    id INTEGER PRIMARY KEY,
    external_id TEXT NOT NULL CHECK (external_id != ''),
    metric TEXT NOT NULL,
    survey TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT '',
    score INTEGER,
    reasons TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    contact INTEGER NOT NULL DEFAULT 0 CHECK (contact IN (0, 1)),
    asked_by INTEGER NOT NULL CHECK (asked_by IN (0, 1, 2)),
    sent_at TEXT,
    delivered INTEGER NOT NULL DEFAULT 1 CHECK (delivered IN (0, 1)),
    answered_at TEXT,
    late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
    action_ts TEXT NOT NULL DEFAULT '',
    changed_at TEXT,
    team INTEGER NOT NULL DEFAULT 0,
    agent INTEGER NOT NULL DEFAULT 0,
    customer INTEGER NOT NULL DEFAULT 0,
    company INTEGER NOT NULL DEFAULT 0,
    touchpoint INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '',
    channel INTEGER NOT NULL DEFAULT 0,
    topic INTEGER NOT NULL DEFAULT 0,
    opened_at TEXT,
    closed_at TEXT,
    handling_seconds REAL CHECK (handling_seconds >= 0),
    first_contact_resolution TEXT NOT NULL DEFAULT '' CHECK
        (first_contact_resolution IN ('', 'yes', 'no', 'unsure')),
    sample INTEGER NOT NULL DEFAULT 0 CHECK (sample BETWEEN 0 AND 999),
    batch INTEGER NOT NULL DEFAULT 0,
    until_batch INTEGER NOT NULL DEFAULT 0,
    CHECK (score IS NULL OR (score BETWEEN 0 AND 10 AND metric != '' AND answered_at IS NOT NULL)),
    UNIQUE (external_id, metric, until_batch)
) STRICT;
CREATE TABLE new_daily_answers (
    metric TEXT NOT NULL,
    asked_by INTEGER NOT NULL,
    team INTEGER NOT NULL,
    day TEXT NOT NULL,
    score INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (metric, asked_by, team, day, score, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE new_daily_sent (
    metric TEXT NOT NULL,
    asked_by INTEGER NOT NULL,
    team INTEGER NOT NULL,
    day TEXT NOT NULL,
    batch INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (metric, day, asked_by, team, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE new_daily_handled (
    team INTEGER NOT NULL,
    day TEXT NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    total REAL NOT NULL,
    squares REAL NOT NULL,
    PRIMARY KEY (team, day, batch)
) STRICT, WITHOUT ROWID
"""
_ANSWER = "score IS NOT NULL AND late = 0"
_AS_COUNTED = "asked_by, team, score, batch, until_batch"
THEN = f"""
DELETE FROM daily_sent WHERE metric = 'fcr';
INSERT INTO daily_sent SELECT metric, asked_by, team, SUBSTR(sent_at, 1, 8), batch, COUNT(*), SUM(delivered),
    SUM(answered_at IS NOT NULL AND late = 0) FROM ratings WHERE metric = 'fcr' AND sent_at IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5;
ALTER TABLE imports ADD COLUMN after_id INTEGER NOT NULL DEFAULT 0;
DELETE FROM imports WHERE published_at IS NULL;
CREATE INDEX ratings_answered ON ratings (metric, answered_at, {_AS_COUNTED}, customer, sample) WHERE {_ANSWER};
CREATE INDEX ratings_agent ON ratings (metric, agent, answered_at, {_AS_COUNTED}) WHERE {_ANSWER} AND agent != 0;
CREATE INDEX ratings_company ON ratings (metric, company, answered_at, {_AS_COUNTED}) WHERE {_ANSWER} AND company != 0;
CREATE INDEX ratings_channel ON ratings (metric, channel, answered_at, {_AS_COUNTED}) WHERE {_ANSWER} AND channel != 0;
CREATE INDEX ratings_topic ON ratings (metric, topic, answered_at, {_AS_COUNTED}) WHERE {_ANSWER} AND topic != 0;
CREATE INDEX ratings_touchpoint ON ratings (metric, touchpoint, answered_at, {_AS_COUNTED})
    WHERE {_ANSWER} AND touchpoint != 0;
CREATE INDEX ratings_customer ON ratings (customer, metric, answered_at) WHERE score IS NOT NULL AND customer != 0;
CREATE INDEX ratings_sent ON ratings (metric, sent_at, asked_by, team, delivered, batch, until_batch)
    WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_words ON ratings (metric, team, answered_at) WHERE reasons != '' OR comment != '';
CREATE INDEX ratings_changed ON ratings (metric, changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX ratings_sample ON ratings
    (metric, sample, answered_at, asked_by, team, customer, score, batch, until_batch)
    WHERE sample < 20 AND {_ANSWER};
CREATE INDEX ratings_closed ON ratings (team, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_customer ON ratings (customer, topic, closed_at)
    WHERE closed_at IS NOT NULL AND customer != 0;
CREATE INDEX ratings_superseded ON ratings (until_batch) WHERE until_batch > 0;
CREATE INDEX daily_answers_begun ON daily_answers (metric, team, day) WHERE asked_by = 0 AND batch = 0 AND n > 0
"""
# Whatever else than an import changes older answers makes cached results out of date.
CHANGES_OF_THE_PAST = (
    "answers_moved AFTER UPDATE OF team, agent, customer, company, channel, topic, touchpoint, stage ON ratings",
    "answers_erased AFTER DELETE ON ratings WHEN OLD.score IS NOT NULL",
)
