"""The audit log: who saw single answers, and who changed what. It is only ever added to, and holds ids, never texts of
people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, rows
from cxbot.store.engine.times import moment, stamp

ANSWERS_SEEN = "answers seen"
EXPORTED = "exported"
BACKED_UP = "backed up"
SHARED = "report shared"
PAUSED = "paused"
RESUMED = "resumed"
TEAM_ADDED = "team added"
TEAM_CHANGED = "team changed"
TEAM_REMOVED = "team removed"
SURVEY_ADDED = "survey added"
SURVEY_RETIRED = "survey retired"
INCIDENT_ADDED = "incident added"
INCIDENT_REMOVED = "incident removed"
DIGEST_POSTED = "digest posted"
IMPORTED = "imported"
RETRIED = "message sent again"
GIVEN_UP = "message given up"


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed: when, by whom (a Slack id, or `terminal:` with the user of the machine), what, and about what."""

    at: datetime
    who: str
    what: str
    about: str


def note(db: Connection, who: str, what: str, about: str, now: datetime) -> None:
    """Add a deed, in the commit of the deed itself."""
    insert(db, "audit", {"at": stamp(now), "who": who, "what": what, "about": about})


def latest(db: Connection, limit: int, since: datetime | None = None) -> list[Entry]:
    """The latest deeds, the newest first, from a moment on."""
    kept = rows(
        db,
        "SELECT at, who, what, about FROM audit WHERE at >= :since ORDER BY id DESC LIMIT :limit",
        since=stamp(since) if since else "",
        limit=limit,
    )
    entries = []
    for entry in kept:
        at = moment(entry["at"])
        assert at is not None
        entries.append(Entry(at, entry["who"], entry["what"], entry["about"]))
    return entries
