"""The tenth migration: customers of invitations and interactions are ids; one with several addresses is one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from cxbot.core import names
from cxbot.store.engine.connection import Connection

CUSTOMER = "kind = 'customer'"


def bring_over(db: Connection) -> None:
    """Give every address an id, make linked ones one customer, and move what held addresses. All in the caller's
    transaction."""
    # Answers and cases refer to invitations by the table's name, and find them again under it before the commit.
    db.execute("PRAGMA defer_foreign_keys=ON")
    _run(db, TEMPORARY)
    db.conn.executemany("INSERT INTO addressed (text, key, sample) VALUES (?, ?, ?)", _addresses(db))
    _run(db, IDS)
    db.conn.executemany("INSERT INTO merged (gone, stays) VALUES (?, ?)", _merged(db))
    if db.execute("SELECT 1 FROM merged LIMIT 1").fetchone():
        _run(db, MERGE)
    _run(db, MOVE)


def _run(db: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)


def _addresses(db: Connection) -> Iterator[tuple[str, str, int]]:
    """Every address with its key and the number by which its answers are sampled if it is new."""
    for (text,) in db.execute(EVERY_ADDRESS).fetchall():
        if key := names.key(text):
            yield text, key, zlib.crc32(text.encode()) % 1000


def _merged(db: Connection) -> Iterator[tuple[int, int]]:
    """The ids that go, each with the one that stays: of linked addresses the oldest Slack id, else the oldest."""
    parents: dict[int, int] = {}
    for one, other in db.execute(LINKED).fetchall():
        roots = _root(parents, one), _root(parents, other)
        parents[max(roots)] = min(roots)
    persons: dict[int, list[int]] = {}
    for each in parents:
        persons.setdefault(_root(parents, each), []).append(each)
    for ids in persons.values():
        stays = min(_by_mail_last(db, ids))[1]
        yield from ((each, stays) for each in ids if each != stays)


def _root(parents: dict[int, int], number: int) -> int:
    root = parents.setdefault(number, number)
    while parents[root] != root:
        root = parents[root]
    while parents[number] != root:
        parents[number], number = root, parents[number]
    return root


def _by_mail_last(db: Connection, ids: Iterable[int]) -> Iterator[tuple[bool, int]]:
    for each in ids:
        yield "@" in db.execute("SELECT name FROM names WHERE id = :id", {"id": each}).fetchone()[0], each


TEMPORARY = """
CREATE TEMP TABLE addressed (text TEXT PRIMARY KEY, key TEXT NOT NULL, sample INTEGER NOT NULL, id INTEGER)
    WITHOUT ROWID;
CREATE TEMP TABLE fresh (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TEMP TABLE merged (gone INTEGER PRIMARY KEY, stays INTEGER NOT NULL);
CREATE TEMP TABLE second (key TEXT PRIMARY KEY, state TEXT NOT NULL, late INTEGER NOT NULL) WITHOUT ROWID
"""
EVERY_ADDRESS = """
SELECT customer FROM invitations WHERE customer NOT LIKE 'erased:%' UNION SELECT customer FROM interactions
UNION SELECT email FROM interactions UNION SELECT customer FROM opt_outs WHERE customer NOT LIKE 'erased:%'
UNION SELECT address FROM people
"""
# Of an address in several spellings, one with capitals is shown: a Slack id is written with them.
IDS = f"""
UPDATE addressed SET id = (SELECT name_id FROM name_keys WHERE {CUSTOMER} AND key = addressed.key);
INSERT INTO fresh SELECT (SELECT MAX(id) FROM names) + ROW_NUMBER() OVER (ORDER BY MIN(text)), MIN(text)
    FROM addressed WHERE id IS NULL GROUP BY key;
INSERT INTO names (id, kind, name, sample) SELECT f.id, 'customer', a.text, a.sample FROM fresh AS f
    JOIN addressed AS a ON a.text = f.text;
INSERT INTO name_keys (kind, key, name_id) SELECT 'customer', a.key, f.id FROM fresh AS f
    JOIN addressed AS a ON a.text = f.text;
UPDATE addressed SET id = (SELECT name_id FROM name_keys WHERE {CUSTOMER} AND key = addressed.key) WHERE id IS NULL
"""
LINKED = """
SELECT one.id, other.id FROM (SELECT MIN(address) AS address, person FROM people GROUP BY person) AS first
    JOIN people AS p ON p.person = first.person JOIN addressed AS one ON one.text = first.address
    JOIN addressed AS other ON other.text = p.address WHERE one.id != other.id
UNION SELECT one.id, other.id FROM interactions AS i JOIN addressed AS one ON one.text = i.customer
    JOIN addressed AS other ON other.text = i.email WHERE one.id != other.id
"""
_STAYS = "(SELECT stays FROM merged WHERE gone = {column})"
_GONE = "(SELECT gone FROM merged)"
MERGE = f"""
UPDATE ratings SET (customer, sample) = (SELECT n.id, n.sample FROM merged AS m JOIN names AS n ON n.id = m.stays
    WHERE m.gone = ratings.customer) WHERE customer IN {_GONE};
INSERT INTO customers (customer, company, started_on, lost_on, complaints, returns, repeat_purchases, money)
    SELECT m.stays, company, started_on, lost_on, complaints, returns, repeat_purchases, money FROM customers AS c
    JOIN merged AS m ON m.gone = c.customer WHERE 1 = 1 ORDER BY c.customer
    ON CONFLICT (customer) DO UPDATE SET
    company = CASE customers.company WHEN 0 THEN excluded.company ELSE customers.company END,
    money = COALESCE(customers.money, excluded.money);
DELETE FROM customers WHERE customer IN {_GONE};
UPDATE addressed SET id = {_STAYS.format(column="id")} WHERE id IN {_GONE};
UPDATE name_keys SET name_id = {_STAYS.format(column="name_id")} WHERE name_id IN {_GONE};
DELETE FROM names WHERE id IN {_GONE}
"""
_COLUMNS = (
    "key, state, reason, survey, team_id, agent, channel, thread_ts, trigger_ts, delivery, asked_by, asked_via, "
    "timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel, message_ts, team, topic, touchpoint, "
    "company, interaction"
)
MOVE = f"""
ALTER TABLE names ADD COLUMN linked_at TEXT;
UPDATE names SET given = 1, linked_at = (SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM audit
    UNION ALL SELECT MAX(changed_at) FROM interactions)) WHERE id IN (SELECT stays FROM merged);
DROP TABLE people;
CREATE INDEX ratings_open_customer ON ratings (customer)
    WHERE score IS NULL AND closed_at IS NULL AND customer != 0;

CREATE TABLE erased_opt_outs (
    person TEXT PRIMARY KEY,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO erased_opt_outs SELECT customer, since FROM opt_outs WHERE customer LIKE 'erased:%';
CREATE TABLE new_opt_outs (
    customer INTEGER PRIMARY KEY CHECK (customer != 0),
    since TEXT NOT NULL
) STRICT;
INSERT INTO new_opt_outs SELECT a.id, MIN(o.since) FROM opt_outs AS o JOIN addressed AS a ON a.text = o.customer
    GROUP BY a.id;
DROP TABLE opt_outs;
ALTER TABLE new_opt_outs RENAME TO opt_outs;

DROP INDEX interactions_customer;
DROP INDEX interactions_email;
ALTER TABLE interactions RENAME COLUMN customer TO address;
ALTER TABLE interactions ADD COLUMN customer INTEGER NOT NULL DEFAULT 0;
UPDATE interactions SET customer = COALESCE((SELECT id FROM addressed
    WHERE text = COALESCE(NULLIF(address, ''), email)), 0) WHERE address != '' OR email != '';
CREATE INDEX interactions_customer ON interactions (customer, closed_at);

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
    customer INTEGER NOT NULL,
    address TEXT NOT NULL,
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
    CHECK (state NOT IN ('due', 'sending') OR (customer != 0 AND address != ''))
) STRICT, WITHOUT ROWID;
INSERT INTO invitations ({_COLUMNS}, customer, address)
    SELECT {", ".join(f"o.{column}" for column in _COLUMNS.split(", "))}, COALESCE(a.id, 0),
    CASE WHEN a.id IS NULL THEN '' ELSE o.customer END
    FROM old_invitations AS o LEFT JOIN addressed AS a ON a.text = o.customer;
DROP TABLE old_invitations;

INSERT INTO second SELECT key, state, EXISTS (SELECT 1 FROM outbox AS o WHERE o.subject = waiting.key
    AND o.kind IN ('survey', 'mail') AND o.state IN ('sending', 'unknown'))
    FROM (SELECT key, state, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY state DESC, send_at, key) AS place
    FROM invitations WHERE state IN ('due', 'sending')) AS waiting WHERE place > 1;
UPDATE outbox SET state = 'sent', error = 'taken back', key = key || ':back:' || id
    WHERE kind IN ('survey', 'mail') AND state = 'due' AND subject IN (SELECT key FROM second);
UPDATE invitations SET state = 'refused', reason = 'waiting' WHERE key IN (SELECT key FROM second WHERE late = 0);
UPDATE invitations SET state = 'expired', reason = 'outcome unknown'
    WHERE key IN (SELECT key FROM second WHERE late = 1);
INSERT INTO ledger (invitation, at, state, reason) SELECT i.key,
    COALESCE((SELECT MAX(at) FROM ledger), i.closed_at), i.state, i.reason
    FROM second AS s JOIN invitations AS i ON i.key = s.key;

CREATE UNIQUE INDEX invitations_one_waiting ON invitations (customer) WHERE state IN ('due', 'sending');
CREATE INDEX invitations_due ON invitations (state, send_at);
CREATE INDEX invitations_expiring ON invitations (state, expires_at);
CREATE INDEX invitations_customer ON invitations (customer, sent_at);
CREATE INDEX invitations_company ON invitations (company, sent_at) WHERE company != 0;
CREATE INDEX invitations_trigger ON invitations (channel, trigger_ts);
CREATE INDEX invitations_message ON invitations (message_channel, sent_at);
CREATE INDEX invitations_of ON invitations (interaction) WHERE interaction != 0;
CREATE INDEX invitations_closed ON invitations (team_id, closed_at);
DROP TABLE addressed;
DROP TABLE fresh;
DROP TABLE merged;
DROP TABLE second
"""
