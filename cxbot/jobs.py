"""The tick: queues what is due now, by the tables. The scheduler itself holds no times."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from cxbot.core.calendar.hours import OFF
from cxbot.core.digests import weekly as digest_rules
from cxbot.core.invitations.rules import TOO_OLD
from cxbot.core.retention import Retention
from cxbot.core.teams.team import Team
from cxbot.service import campaigns, reminding, threads
from cxbot.service.directory import Directory
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import campaigns as campaign_records
from cxbot.store.records import (
    choices,
    digests,
    endings,
    hooks,
    limits,
    outbox,
    reminders,
    retention,
    teams,
    waiting,
)

log = logging.getLogger("cxbot.jobs")

EVERY = 10  # seconds between two ticks
KEEP_SENT = timedelta(days=30)
KEEP_EVENTS = timedelta(hours=26)
KEPT_ON = "retention_on"  # the switch with the day on which what is too old was let go
KEEP_DELIVERIES = timedelta(days=9)  # tools repeat a delivery for three days; some sign no time


def tick(database: Database, now: datetime, directory: Directory | None = None) -> None:
    """Queue everything that is due at `now` in the outbox: surveys, campaigns, expired surveys, reminders, quiet
    threads, digests. Safe to repeat. The `directory` tells about people of campaigns who are in Slack."""
    all_teams = teams.every(database.reader)
    heeding = [team for team in all_teams if team.silence != OFF]
    surveys = database.write(lambda db: _dispatch(db, all_teams, now))
    asked = campaigns.ask_due(database, now, directory)
    expired = database.write(lambda db: endings.expire(db, now))
    reminded = database.write(lambda db: reminding.remind_due(db, all_teams, now))
    ended = database.write(lambda db: threads.end_quiet(db, heeding, now)) if heeding else 0
    posted = [team.name for team in all_teams if _digest(database, team, now)]
    database.write(lambda db: _sweep(db, now))
    database.checkpoint()
    if surveys or asked or expired or reminded or ended or posted:
        log.info(
            "tick surveys=%s campaigns=%s expired=%s reminders=%s quiet=%s digests=%s",
            surveys, asked, expired, reminded, ended, len(posted),
        )  # fmt: skip


class Keeper:
    """Lets go what is older than it may be kept: once a day, a little with each tick."""

    def __init__(self, keep: Retention, timezone: str) -> None:
        self._keep, self._timezone = keep, timezone
        self._after = 0
        self._done_on = ""

    def tick(self, database: Database, now: datetime) -> bool:
        """Do a little of it; False if nothing is left for the day."""
        today = now.date().isoformat()
        if not self._done_on:
            self._done_on = teams.switched(database.reader, KEPT_ON) or "never"
        if self._done_on == today:
            return False
        self._after = database.write(lambda db: retention.step(db, self._keep, now, self._after, self._timezone))
        if self._after:
            return True
        if self._keep.identities:
            gone, last = retention.nobodys(database.reader, self._keep, now)
            database.write(lambda db: retention.forget(db, gone, last))
        database.write(lambda db: teams.switch(db, KEPT_ON, today))
        self._done_on = today
        return False


def catch_up(database: Database, since: datetime, now: datetime) -> None:
    """Tick at every moment between `since` and `now` at which something became due, as a bot did that ran meanwhile.

    For a restored back-up: each survey is then judged by the rules of its own time, and every digest is claimed.
    """
    moment = since
    while moment < now:
        tick(database, moment)
        _all_of_campaigns(database, moment)
        dues = (waiting.next_due, reminders.next_due, campaign_records.next_due)
        following = [due(database.reader, moment) for due in dues]
        following += [digest_rules.next_slot(team, moment, now) for team in teams.every(database.reader)]
        moment = min([now, *(each for each in following if each is not None)])
    tick(database, now)
    _all_of_campaigns(database, now)


def _all_of_campaigns(database: Database, moment: datetime) -> None:
    """Decide about everybody who is due, also if they are more than a tick takes."""
    while campaigns.ask_due(database, moment):
        pass


def _dispatch(db: Connection, all_teams: list[Team], now: datetime) -> int:
    by_id = {team.id: team for team in all_teams}
    sent = 0
    for invitation in waiting.due(db, now):
        if (team := by_id.get(invitation.team_id)) is not None:
            sent += waiting.dispatch(db, invitation, team, now).state == "sending"
    return sent


def _digest(database: Database, team: Team, now: datetime) -> bool:
    """Claim the digest that is due. A digest that falls into a pause is skipped, also after the pause."""
    period = digest_rules.due(team, now)
    if period is None or digests.claimed(database.reader, team, period):
        return False
    post = not limits.paused(database.reader, team)
    return database.write(lambda db: digests.claim(db, team, period, now, post=post)) and post


def _sweep(db: Connection, now: datetime) -> None:
    outbox.sweep(db, now - KEEP_SENT)
    outbox.forget_events(db, now - KEEP_EVENTS)
    hooks.forget(db, now - KEEP_DELIVERIES)
    endings.give_up_unknown(db, now)
    choices.forget(db, now - TOO_OLD)
