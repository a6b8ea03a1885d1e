"""Which imports are visible to reports."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row


def published(db: Connection) -> int:
    """The number of the newest import that is visible."""
    latest = row(db, "SELECT MAX(id) AS id FROM imports WHERE published_at IS NOT NULL")
    return int(latest["id"] or 0) if latest else 0
