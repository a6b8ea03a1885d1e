"""Lets go what is older than it may be kept, a little at a time, so that nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cxbot.core.reports.releases import whole
from cxbot.core.retention import Retention, before
from cxbot.store.engine.connection import Connection, overwriting
from cxbot.store.engine.statements import row, rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import colleagues, names

AT_ONCE = 20_000  # answers that are looked at in one step
CLOSES_AT_ONCE = 500
GIVEN = "COALESCE(answered_at, sent_at, closed_at)"
ENDED = "COALESCE(last_at, closed_at, changed_at)"  # of an interaction; some are never closed


def step(db: Connection, keep: Retention, now: datetime, after: int, timezone: str) -> int:
    """Look at the answers with the next numbers after one; returns the last of them, or 0 at the end. The time zone is
    that of colleagues' results."""
    with overwriting(db):
        after = _step(db, keep, now, after)
        if not after and (limit := before(now, keep.identities)) is not None:
            colleagues.forget_before(db, whole(limit, now, timezone))
        return after


def _step(db: Connection, keep: Retention, now: datetime, after: int) -> int:
    end = row(db, "SELECT COALESCE(MAX(id), 0) AS id FROM ratings")
    assert end is not None
    until = min(after + AT_ONCE, end["id"])
    span: dict[str, Any] = {"after": after, "until": until}
    if (limit := before(now, keep.comments)) is not None:
        run(
            db,
            "UPDATE ratings SET comment = '' WHERE id > :after AND id <= :until AND comment != '' "
            f"AND {GIVEN} < :limit",
            **span,
            limit=stamp(limit),
        )
    if (limit := before(now, keep.identities)) is not None:
        slots, values = colleagues.metrics(db)
        run(
            db,
            "UPDATE ratings SET customer = 0, agent = 0 WHERE id > :after AND id <= :until "
            f"AND (customer != 0 OR agent != 0) AND {GIVEN} < :limit AND metric NOT IN ({slots})",
            **span,
            **values,
            limit=stamp(limit),
        )
    if until < end["id"]:
        return int(until)
    _closes(db, keep, now)
    return 0


def _closes(db: Connection, keep: Retention, now: datetime) -> None:
    """What is not in the rows of the answers: the log of clicks, invitations, interactions, and the audit log."""
    if (limit := before(now, keep.comments)) is not None:
        run(
            db,
            "UPDATE answer_events SET value = '' WHERE kind = 'comment' AND value != '' AND received_at < :limit",
            limit=stamp(limit),
        )
    if (limit := before(now, keep.identities)) is not None:
        run(db, f"DELETE FROM interactions WHERE {ENDED} < :limit", limit=stamp(limit))
        for table, which in OF_CAMPAIGNS.items():
            run(db, f"DELETE FROM {table} WHERE {which}", limit=stamp(limit))
        old = rows(
            db,
            "SELECT key FROM invitations WHERE closed_at < :limit AND state NOT IN ('due', 'sending', 'sent') "
            "LIMIT :most",
            limit=stamp(limit),
            most=CLOSES_AT_ONCE,
        )
        for each in old:
            for table, column in OF_INVITATIONS.items():
                run(db, f"DELETE FROM {table} WHERE {column} = :key", key=each["key"])
    if (limit := before(now, keep.audit)) is not None:
        _audit(db, limit)


OVER = "ends_at < :limit"
OF_CAMPAIGNS: Mapping[str, str] = {
    "campaign_people": f"campaign IN (SELECT id FROM campaigns WHERE {OVER})", "campaigns": OVER,
}  # fmt: skip
OF_INVITATIONS: Mapping[str, str] = {
    "answer_events": "invitation", "cases": "invitation", "links": "invitation", "ledger": "invitation",
    "reminders": "invitation",
    "invitations": "key",
    "attributions": "invitation",
}  # fmt: skip


def _audit(db: Connection, limit: datetime) -> None:
    """The log is only added to; what is too old is the one exception, and only this may take it."""
    if row(db, "SELECT 1 AS one FROM audit WHERE at < :limit LIMIT 1", limit=stamp(limit)) is None:
        return
    trigger = row(db, "SELECT sql FROM sqlite_master WHERE name = 'audit_no_delete'")
    assert trigger is not None
    run(db, "DROP TRIGGER audit_no_delete")
    run(db, "DELETE FROM audit WHERE at < :limit", limit=stamp(limit))
    run(db, trigger["sql"])


def nobodys(db: Connection, keep: Retention, now: datetime) -> tuple[list[int], int]:
    """The ids of customers and agents whom nothing is about any more, and that of the last answer that was looked at.
    Addresses that were linked stay as long as who answered. It reads every answer, so it belongs in a reader."""
    last = row(db, "SELECT COALESCE(MAX(id), 0) AS id FROM ratings")
    limit = before(now, keep.identities)
    found = rows(
        db,
        "SELECT id FROM names WHERE kind IN ('agent', 'customer') AND (linked_at IS NULL OR linked_at < :limit) "
        "EXCEPT SELECT customer FROM ratings EXCEPT SELECT agent FROM ratings "
        + " ".join(f"EXCEPT SELECT {column} FROM {table}" for table, column in BESIDE_ANSWERS),
        limit="" if limit is None else stamp(limit),
    )
    assert last is not None
    return [each["id"] for each in found], int(last["id"])


BESIDE_ANSWERS = [
    tuple(holder.split("."))
    for holder in (*names.HOLDERS["customer"], "customers.customer", "opt_outs.customer", *names.HOLDERS["agent"])
    if not holder.startswith("ratings.")
]
"""The tables and columns in which people are besides answers."""


def forget(db: Connection, people: Iterable[int], last: int) -> None:
    """Forget the names of people, but for those who have come back since the `last` answer that was looked at."""
    about = " UNION ".join(
        f"SELECT 1 AS one FROM {table} WHERE {column} = :id AND {column} != 0" for table, column in BESIDE_ANSWERS
    )
    back = f"SELECT 1 AS one FROM ratings WHERE id > :last AND :id IN (customer, agent) UNION {about}"
    for number in people:
        if row(db, back, last=last, id=number) is None:
            with overwriting(db):
                run(db, "DELETE FROM name_keys WHERE name_id = :id", id=number)
                run(db, "DELETE FROM names WHERE id = :id", id=number)


def due(db: Connection, keep: Retention, now: datetime) -> dict[str, int]:
    """How much goes next: the number of comments, of answers with somebody's name, of closes, of people of
    campaigns, and of deeds in the audit log that are older than they may be."""
    counted = {
        "comments": (keep.comments, f"SELECT COUNT(*) AS n FROM ratings WHERE comment != '' AND {GIVEN} < :limit"),
        "identities": (
            keep.identities,
            "SELECT COUNT(*) AS n FROM ratings WHERE (agent != 0 OR customer IN (SELECT name_id FROM name_keys)) "
            f"AND {GIVEN} < :limit",
        ),
        "interactions": (keep.identities, f"SELECT COUNT(*) AS n FROM interactions WHERE {ENDED} < :limit"),
        "campaigns": (
            keep.identities,
            f"SELECT COUNT(*) AS n FROM campaign_people WHERE {OF_CAMPAIGNS['campaign_people']}",
        ),
        "audit": (keep.audit, "SELECT COUNT(*) AS n FROM audit WHERE at < :limit"),
    }
    found = {}
    for name, (months, sql) in counted.items():
        limit = before(now, months)
        line = None if limit is None else row(db, sql, limit=stamp(limit))
        found[name] = 0 if line is None else int(line["n"])
    return found
