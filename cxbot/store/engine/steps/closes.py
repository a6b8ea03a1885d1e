"""The seventeenth migration: closes are in the figures under the ids of their surveys, campaigns are no closes, and
interactions know how often who wrote. Messages are found by state, whatever it is."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection


def bring_over(db: Connection) -> None:
    """Move closes that a helpdesk has told, and add the columns, in the caller's transaction."""
    for statement in STATEMENTS.split(";\n"):
        db.execute(statement)


# A close had a row under source, id and number, apart from those of the survey about it.
STATEMENTS = """
CREATE TEMP TABLE told AS
WITH RECURSIVE numbers (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < (SELECT COALESCE(MAX(closes), 1) FROM interactions))
SELECT r.id AS id, MIN(i.key) AS key, r.opened_at, r.closed_at, r.handling_seconds
FROM interactions AS c
CROSS JOIN numbers ON numbers.n <= c.closes
CROSS JOIN ratings AS r ON r.external_id = c.source || ':' || c.source_id || ':' || numbers.n
    AND r.metric = '' AND r.batch = 0 AND r.until_batch = 0
CROSS JOIN invitations AS i ON i.interaction = c.id AND i.interaction != 0 AND i.asked_via = 'hook'
    AND i.closed_at = r.closed_at
GROUP BY r.id;
CREATE UNIQUE INDEX told_id ON told (id);
CREATE INDEX told_key ON told (key);
UPDATE ratings SET (opened_at, closed_at, handling_seconds) = (
    SELECT t.opened_at, t.closed_at, t.handling_seconds FROM told AS t WHERE t.key = ratings.external_id
    ORDER BY t.id LIMIT 1)
WHERE metric != '' AND external_id IN (SELECT key FROM told);
DELETE FROM ratings WHERE id IN (
    SELECT t.id FROM told AS t
    WHERE EXISTS (SELECT 1 FROM ratings AS r WHERE r.external_id = t.key AND r.metric != ''));
UPDATE ratings SET external_id = (SELECT t.key FROM told AS t WHERE t.id = ratings.id)
WHERE id IN (SELECT MIN(id) FROM told GROUP BY key);
DROP TABLE told;
UPDATE ratings SET closed_at = NULL
WHERE external_id IN (SELECT key FROM invitations WHERE asked_via = 'campaign') AND closed_at IS NOT NULL;
ALTER TABLE interactions ADD COLUMN customer_messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN team_messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN other_messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN first_answered_at TEXT;
ALTER TABLE interactions ADD COLUMN customer_at TEXT;
DROP INDEX outbox_open;
CREATE INDEX outbox_states ON outbox (state, due_at)
"""
