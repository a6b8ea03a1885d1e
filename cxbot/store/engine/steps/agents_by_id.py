"""The fifteenth migration: agents of invitations, interactions and corrections are ids; one in several spellings is
one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from cxbot.core import names
from cxbot.store.engine.connection import Connection


def bring_over(db: Connection) -> None:
    """Give every agent an id, and replace what agents are called by it. All in the caller's transaction."""
    db.execute("CREATE TEMP TABLE told (text TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID")
    spelled: dict[str, list[str]] = {}
    for (text,) in db.execute(EVERY_AGENT).fetchall():
        if key := names.key(text):
            spelled.setdefault(key, []).append(text)
    for key, texts in spelled.items():
        known = _id(db, key, list(dict.fromkeys(map(names.shown, texts))))
        db.conn.executemany("INSERT INTO told (text, id) VALUES (?, ?)", ((text, known) for text in texts))
    for statement in MOVE.split(";\n"):
        db.execute(statement)


def _id(db: Connection, key: str, spellings: list[str]) -> int:
    """The id of an agent with these spellings, the newest first. A Slack id is shown, as messages are sent to it, else
    the spelling that answers have, else the newest one."""
    kept = db.execute(
        "SELECT n.id, n.name FROM name_keys AS k JOIN names AS n ON n.id = k.name_id "
        "WHERE k.kind = 'agent' AND k.key = :key",
        {"key": key},
    ).fetchone()
    every = spellings if kept is None else list(dict.fromkeys((kept[1], *spellings)))
    shown = next(filter(names.SLACK_ID.fullmatch, every), every[0])
    if kept is None:
        made = {"name": shown, "sample": zlib.crc32(shown.encode()) % 1000}
        db.execute("INSERT INTO names (kind, name, sample) VALUES ('agent', :name, :sample)", made)
        kept = db.execute("SELECT MAX(id) FROM names").fetchone()
        keyed = {"key": key, "id": kept[0]}
        db.execute("INSERT INTO name_keys (kind, key, name_id) VALUES ('agent', :key, :id)", keyed)
    db.execute(
        "UPDATE names SET name = :name, spellings = MAX(spellings, :n) WHERE id = :id",
        {"id": kept[0], "name": shown, "n": len(every)},
    )
    return int(kept[0])


def _of(column: str) -> str:
    return f"COALESCE((SELECT id FROM told WHERE text = {column}), 0)"


def _moved(tables: Iterable[str]) -> str:
    return ";\n".join(
        f"ALTER TABLE {table} RENAME COLUMN agent TO agent_text;\n"
        f"ALTER TABLE {table} ADD COLUMN agent INTEGER NOT NULL DEFAULT 0;\n"
        f"UPDATE {table} SET agent = {_of('agent_text')} WHERE agent_text != '';\n"
        f"ALTER TABLE {table} DROP COLUMN agent_text"
        for table in tables
    )


EVERY_AGENT = """
SELECT text FROM (
    SELECT agent AS text, closed_at AS at FROM invitations UNION ALL SELECT agent, changed_at FROM interactions
    UNION ALL SELECT old, at FROM attributions UNION ALL SELECT new, at FROM attributions
    UNION ALL SELECT json_extract(a.value, '$[0]'), i.changed_at FROM interactions AS i, json_each(i.agents) AS a
) GROUP BY text ORDER BY MAX(at) DESC, text
"""
MOVE = f"""
CREATE TABLE interaction_agents (
    interaction INTEGER NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    place INTEGER NOT NULL CHECK (place >= 0),
    agent INTEGER NOT NULL,
    share REAL NOT NULL,
    PRIMARY KEY (interaction, place)
) STRICT, WITHOUT ROWID;
INSERT INTO interaction_agents (interaction, place, agent, share)
    SELECT i.id, a.key, {_of("json_extract(a.value, '$[0]')")}, json_extract(a.value, '$[1]')
    FROM interactions AS i, json_each(i.agents) AS a;
ALTER TABLE interactions DROP COLUMN agents;
{_moved(("interactions", "invitations"))};
CREATE INDEX interaction_agents_of ON interaction_agents (agent) WHERE agent != 0;
CREATE INDEX interactions_agent ON interactions (agent) WHERE agent != 0;
CREATE INDEX invitations_agent ON invitations (agent) WHERE agent != 0;
DROP TRIGGER attributions_stay;
DROP TRIGGER attributions_keep_their_words;
DROP TRIGGER attributions_go_last;
DROP INDEX attributions_of;
ALTER TABLE attributions RENAME TO old_attributions;
CREATE TABLE attributions (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    invitation TEXT NOT NULL,
    old INTEGER NOT NULL,
    new INTEGER NOT NULL,
    why TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO attributions (id, at, who, invitation, old, new, why)
    SELECT id, at, who, invitation, {_of("old")}, {_of("new")}, why FROM old_attributions;
DROP TABLE old_attributions;
CREATE INDEX attributions_of ON attributions (invitation, id);
CREATE TRIGGER attributions_stay BEFORE UPDATE OF id, at, who, invitation ON attributions
    BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END;
CREATE TRIGGER attributions_keep_their_agents BEFORE UPDATE OF old, new ON attributions
    WHEN (NEW.old != OLD.old AND (OLD.old = 0 OR EXISTS (SELECT 1 FROM name_keys WHERE name_id = OLD.old)))
        OR (NEW.new != OLD.new AND (OLD.new = 0 OR EXISTS (SELECT 1 FROM name_keys WHERE name_id = OLD.new)))
    BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END;
CREATE TRIGGER attributions_keep_their_words BEFORE UPDATE OF why ON attributions WHEN NEW.why != ''
    BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END;
CREATE TRIGGER attributions_go_last BEFORE DELETE ON attributions
    WHEN EXISTS (SELECT 1 FROM invitations WHERE key = OLD.invitation)
    BEGIN SELECT RAISE(ABORT, 'attributions are only added to'); END;
DROP TABLE told
"""
