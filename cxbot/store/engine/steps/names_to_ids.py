"""The third migration: names in answers, registers and daily counts become ids of rows of their own."""

from __future__ import annotations

import zlib

from cxbot.core import names
from cxbot.store.engine.connection import Connection

# By kind: the tables and columns of the first schema that hold names of it.
SPELLED = {
    "team": ("ratings.team", "daily_answers.team", "daily_sent.team", "daily_handled.team", "incidents.team",
             "teams.name"),
    "agent": ("ratings.agent",),
    "customer": ("ratings.customer", "customers.customer"),
    "company": ("ratings.company", "customers.company"),
    "channel": ("ratings.channel",),
    "topic": ("ratings.topic",),
    "touchpoint": ("ratings.touchpoint", "touchpoints.name"),
}  # fmt: skip
KINDS = tuple(SPELLED)
SET_BY_HAND = ("teams", "touchpoints")
OLD_FOREVER = 9223372036854775807
WORDS = ("stage", "survey")  # columns of words from a list, which are compared as they are stored


def bring_over(db: Connection) -> None:
    """Make the new tables, fill them from the old ones, and drop those. All in the caller's transaction."""
    _run(db, NAMES)
    _spellings(db)
    _run(db, NEW)
    _ratings(db)
    _run(db, FILL)
    _run(db, INDEXES)
    for change in CHANGES_OF_THE_PAST:
        db.execute(f"CREATE TRIGGER {change} BEGIN UPDATE generation SET number = number + 1; END")
    db.execute("DROP TABLE spelled")


def _run(db: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)


def _spellings(db: Connection) -> None:
    """Give every name an id. Several spellings of one name get one id, and the newest is shown."""
    db.execute("CREATE TEMP TABLE spelled (kind TEXT, text TEXT, id INTEGER, PRIMARY KEY (kind, text)) WITHOUT ROWID")
    db.execute("INSERT INTO names (id, kind, name, sample) VALUES (0, '', '', 0)")
    for kind, places in SPELLED.items():
        merged: dict[str, int] = {}
        for text in _by_age(db, places):
            key = names.key(text)
            if key and key not in merged:
                sample = zlib.crc32(text.encode()) % 1000
                line = {"kind": kind, "name": names.shown(text), "sample": sample}
                db.execute("INSERT INTO names (kind, name, sample) VALUES (:kind, :name, :sample)", line)
                merged[key] = int(db.execute("SELECT MAX(id) FROM names").fetchone()[0])
                db.execute("INSERT INTO name_keys (kind, key, name_id) VALUES (:kind, :key, :id)",
                           {"kind": kind, "key": key, "id": merged[key]})  # fmt: skip
            elif key:
                db.execute("UPDATE names SET name = :name, spellings = spellings + 1 WHERE id = :id",
                           {"name": names.shown(text), "id": merged[key]})  # fmt: skip
            db.execute("INSERT INTO spelled VALUES (:kind, :text, :id)",
                       {"kind": kind, "text": text, "id": merged.get(key, 0)})  # fmt: skip


def _by_age(db: Connection, places: tuple[str, ...]) -> list[str]:
    """Every spelling in these columns, the newest last. What is set by hand is newer than what answers say."""
    last_used: dict[str, tuple[bool, int]] = {}
    for place in places:
        table, column = place.split(".")
        age = "MAX(id)" if table == "ratings" else "0"
        for text, at in db.execute(f"SELECT {column}, {age} FROM {table} GROUP BY {column} COLLATE BINARY"):
            last_used[text] = max(last_used.get(text, (False, 0)), (table in SET_BY_HAND, at))
    return sorted(last_used, key=lambda text: (last_used[text], text))


def _ratings(db: Connection) -> None:
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info('new_ratings')")]
    for word in WORDS:  # such as “After” and “after”
        for (text,) in db.execute(f"SELECT DISTINCT {word} FROM ratings").fetchall():
            if names.key(text) != text:
                db.execute(
                    f"UPDATE ratings SET {word} = :key WHERE {word} = :text", {"key": names.key(text), "text": text}
                )
    values = ", ".join(_value(column) for column in columns)
    db.execute(f"INSERT INTO new_ratings ({', '.join(columns)}) SELECT {values} FROM ratings ORDER BY id")
    db.execute("DROP TABLE ratings")
    db.execute("ALTER TABLE new_ratings RENAME TO ratings")


def _value(column: str) -> str:
    if column in KINDS:
        return _id(column, f"ratings.{column}")
    if column == "until_batch":
        return f"CASE until_batch WHEN {OLD_FOREVER} THEN 0 ELSE until_batch END"
    if column == "sample":
        # A customer's answers are sampled together, also those under other spellings.
        of_customer = f"(SELECT sample FROM names WHERE id = {_id('customer', 'ratings.customer')})"
        return f"CASE customer WHEN '' THEN sample ELSE {of_customer} END"
    return column


def _id(kind: str, text: str) -> str:
    return f"(SELECT s.id FROM spelled AS s WHERE s.kind = '{kind}' AND s.text = {text})"


# Whatever else than an import changes older answers makes cached results out of date.
CHANGES_OF_THE_PAST = (
    f"answers_moved AFTER UPDATE OF {', '.join(KINDS)}, stage ON ratings",
    "answers_erased AFTER DELETE ON ratings WHEN OLD.score IS NOT NULL",
    "touchpoints_added AFTER INSERT ON touchpoints",
    "touchpoints_changed AFTER UPDATE ON touchpoints",
    "touchpoints_removed AFTER DELETE ON touchpoints",
)
NAMES = """
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sample INTEGER NOT NULL CHECK (sample BETWEEN 0 AND 999),
    spellings INTEGER NOT NULL DEFAULT 1,
    given INTEGER NOT NULL DEFAULT 0 CHECK (given IN (0, 1))
) STRICT;
CREATE TABLE name_keys (
    kind TEXT NOT NULL,
    key TEXT NOT NULL CHECK (key != ''),
    name_id INTEGER NOT NULL REFERENCES names (id),
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_keys_of ON name_keys (name_id);
CREATE TABLE generation (
    number INTEGER NOT NULL
) STRICT;
INSERT INTO generation VALUES (0)
"""
NEW = """
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
    asked_by TEXT NOT NULL CHECK (asked_by IN ('automatic', 'hand-picked', 'campaign')),
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
    previous_at TEXT,
    sample INTEGER NOT NULL DEFAULT 0 CHECK (sample BETWEEN 0 AND 999),
    batch INTEGER NOT NULL DEFAULT 0,
    until_batch INTEGER NOT NULL DEFAULT 0,
    CHECK (score IS NULL OR (score BETWEEN 0 AND 10 AND metric != '' AND answered_at IS NOT NULL)),
    UNIQUE (external_id, metric, until_batch)
) STRICT;
CREATE TABLE new_daily_answers (
    metric TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    team INTEGER NOT NULL,
    day TEXT NOT NULL,
    score INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (metric, asked_by, team, day, score, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE new_daily_sent (
    metric TEXT NOT NULL,
    asked_by TEXT NOT NULL,
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
) STRICT, WITHOUT ROWID;
CREATE TABLE new_customers (
    customer INTEGER PRIMARY KEY CHECK (customer != 0),
    company INTEGER NOT NULL,
    started_on TEXT NOT NULL,
    lost_on TEXT,
    complaints INTEGER NOT NULL CHECK (complaints >= 0),
    returns INTEGER NOT NULL CHECK (returns >= 0),
    repeat_purchases INTEGER NOT NULL CHECK (repeat_purchases >= 0),
    money REAL,
    CHECK (lost_on >= started_on)
) STRICT;
CREATE TABLE new_touchpoints (
    touchpoint INTEGER PRIMARY KEY CHECK (touchpoint != 0),
    stage TEXT NOT NULL CHECK (stage IN ('before', 'during', 'after')),
    direct INTEGER NOT NULL CHECK (direct IN (0, 1)),
    ours INTEGER NOT NULL CHECK (ours IN (0, 1)),
    place INTEGER NOT NULL
) STRICT;
CREATE TABLE new_incidents (
    team_id INTEGER NOT NULL,
    team INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (name != ''),
    name_key TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL CHECK (last_day >= first_day),
    PRIMARY KEY (team_id, name_key)
) STRICT, WITHOUT ROWID;
ALTER TABLE teams ADD COLUMN name_id INTEGER NOT NULL DEFAULT 0
"""
_TEAM = _id("team", "team")
FILL = f"""
INSERT INTO new_daily_answers SELECT metric, asked_by, {_TEAM}, day, score, batch, SUM(n) FROM daily_answers
    GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO new_daily_sent SELECT metric, asked_by, {_TEAM}, day, batch, SUM(sent), SUM(delivered), SUM(answered)
    FROM daily_sent GROUP BY 1, 2, 3, 4, 5;
INSERT INTO new_daily_handled SELECT {_TEAM}, day, batch, SUM(n), SUM(total), SUM(squares) FROM daily_handled
    GROUP BY 1, 2, 3;
INSERT INTO new_incidents SELECT team_id, {_TEAM}, name, name_key, first_day, last_day FROM incidents;
INSERT INTO new_customers SELECT {_id("customer", "customer")}, {_id("company", "company")}, started_on, lost_on,
    complaints, returns, repeat_purchases, money FROM customers WHERE 1 = 1
    ON CONFLICT (customer) DO UPDATE SET started_on = MIN(started_on, excluded.started_on),
    lost_on = MAX(lost_on, excluded.lost_on), complaints = complaints + excluded.complaints,
    returns = returns + excluded.returns, repeat_purchases = repeat_purchases + excluded.repeat_purchases,
    money = COALESCE(money + excluded.money, money, excluded.money);
INSERT INTO new_touchpoints SELECT {_id("touchpoint", "name")}, stage, direct, ours, place FROM touchpoints
    WHERE 1 = 1 ORDER BY place ON CONFLICT (touchpoint) DO NOTHING;
UPDATE teams SET name_id = {_id("team", "teams.name")};
UPDATE names SET given = 1 WHERE id IN (SELECT name_id FROM teams UNION SELECT touchpoint FROM new_touchpoints);
DROP TABLE daily_answers;
DROP TABLE daily_sent;
DROP TABLE daily_handled;
DROP TABLE incidents;
DROP TABLE customers;
DROP TABLE touchpoints;
ALTER TABLE new_daily_answers RENAME TO daily_answers;
ALTER TABLE new_daily_sent RENAME TO daily_sent;
ALTER TABLE new_daily_handled RENAME TO daily_handled;
ALTER TABLE new_incidents RENAME TO incidents;
ALTER TABLE new_customers RENAME TO customers;
ALTER TABLE new_touchpoints RENAME TO touchpoints
"""
_ANSWER = "score IS NOT NULL AND late = 0"
INDEXES = f"""
CREATE INDEX ratings_answered ON ratings (metric, answered_at, asked_by, team, score, sample, batch, until_batch)
    WHERE {_ANSWER};
CREATE INDEX ratings_agent ON ratings (metric, agent, answered_at, asked_by, team, score, batch, until_batch)
    WHERE {_ANSWER} AND agent != 0;
CREATE INDEX ratings_company ON ratings (metric, company, answered_at, asked_by, team, score, batch, until_batch)
    WHERE {_ANSWER} AND company != 0;
CREATE INDEX ratings_channel ON ratings (metric, channel, answered_at, asked_by, team, score, batch, until_batch)
    WHERE {_ANSWER} AND channel != 0;
CREATE INDEX ratings_topic ON ratings (metric, topic, answered_at, asked_by, team, score, batch, until_batch)
    WHERE {_ANSWER} AND topic != 0;
CREATE INDEX ratings_touchpoint ON ratings (metric, touchpoint, answered_at, asked_by, team, score, batch, until_batch)
    WHERE {_ANSWER} AND touchpoint != 0;
CREATE INDEX ratings_sent ON ratings (metric, sent_at, asked_by, team, delivered, batch, until_batch)
    WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_sent_team ON ratings (metric, team, delivered, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_words ON ratings (metric, team, answered_at) WHERE reasons != '' OR comment != '';
CREATE INDEX ratings_customer ON ratings
    (customer, metric, answered_at, late, asked_by, team, score, batch, until_batch)
    WHERE score IS NOT NULL AND customer != 0;
CREATE INDEX ratings_repeat ON ratings (metric, team, previous_at, answered_at, customer)
    WHERE previous_at IS NOT NULL;
CREATE INDEX ratings_changed ON ratings (metric, changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX ratings_sample ON ratings
    (metric, sample, answered_at, asked_by, team, customer, score, batch, until_batch)
    WHERE sample < 20 AND {_ANSWER};
CREATE INDEX ratings_closed ON ratings (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_team ON ratings (team, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_customer ON ratings (customer, closed_at) WHERE closed_at IS NOT NULL AND customer != 0;
CREATE INDEX ratings_batch ON ratings (batch) WHERE batch > 0;
CREATE INDEX ratings_superseded ON ratings (until_batch) WHERE until_batch > 0;
CREATE UNIQUE INDEX teams_name ON teams (name_id);
UPDATE ratings SET previous_at = (SELECT MAX(r.answered_at) FROM ratings AS r WHERE r.customer = ratings.customer
    AND r.customer != 0 AND r.metric = ratings.metric AND r.score IS NOT NULL
    AND r.answered_at <= ratings.answered_at AND r.id != ratings.id)
    WHERE score IS NOT NULL AND customer IN (SELECT id FROM names WHERE kind = 'customer' AND spellings > 1)
"""
