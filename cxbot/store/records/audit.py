"""The audit log: who saw single answers, and who changed what. It is only ever added to, and holds ids, never texts of
people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cxbot.errors import N_
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, rows
from cxbot.store.engine.times import moment, stamp

ANSWERS_SEEN = N_("answers seen")
EXPORTED = N_("exported")
BACKED_UP = N_("backed up")
SHARED = N_("report shared")
PAUSED = N_("paused")
RESUMED = N_("resumed")
TEAM_ADDED = N_("team added")
TEAM_CHANGED = N_("team changed")
TEAM_REMOVED = N_("team removed")
SURVEY_ADDED = N_("survey added")
SURVEY_RETIRED = N_("survey retired")
INCIDENT_ADDED = N_("incident added")
INCIDENT_REMOVED = N_("incident removed")
DIGEST_POSTED = N_("digest posted")
IMPORTED = N_("imported")
RETRIED = N_("message sent again")
GIVEN_UP = N_("message given up")
HOOK_ADDED = N_("hook added")
HOOK_REMOVED = N_("hook removed")
LINK_MADE = N_("personal link made")
ATTRIBUTED = N_("agent corrected")
PERSON_SEEN = N_("person seen")
COMPANY_LINKED = N_("companies linked")
COMPANY_UNLINKED = N_("companies parted")
PERSON_LINKED = N_("addresses linked")
PERSON_ERASED = N_("person erased")
CAMPAIGN_STARTED = N_("campaign started")
CAMPAIGN_PAUSED = N_("campaign paused")
CAMPAIGN_RESUMED = N_("campaign resumed")
CAMPAIGN_STOPPED = N_("campaign stopped")


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed: when, by whom (a Slack id, `terminal:` with the user of the machine, or `hook:` with
    its name), what (a message id), and
    about what."""

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
