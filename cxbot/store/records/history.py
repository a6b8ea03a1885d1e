"""The history of invitations: each state that one had, why, and when."""

from __future__ import annotations

from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, rows
from cxbot.store.engine.times import moment, stamp


def note(db: Connection, key: str, state: str, reason: str, now: datetime) -> None:
    """Add a line to the history of an invitation, in the commit that changes its state."""
    insert(db, "ledger", {"invitation": key, "at": stamp(now), "state": state, "reason": reason})


def past(db: Connection, key: str) -> list[tuple[datetime, str, str]]:
    """The history of an invitation: moments, states and reasons, oldest first."""
    lines = rows(db, "SELECT at, state, reason FROM ledger WHERE invitation = :key ORDER BY id", key=key)
    return [(at, line["state"], line["reason"]) for line in lines if (at := moment(line["at"])) is not None]
