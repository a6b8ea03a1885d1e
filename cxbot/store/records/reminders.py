"""Reminders of surveys that nobody has answered: when the only one of a survey is due, and where it was posted."""

from __future__ import annotations

from datetime import datetime, timedelta

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import outbox

KINDS = {"dm": "reminder", "email": "mail_reminder"}
"""The kinds of tasks, by how the survey was sent. Nobody is reminded in a thread or of a link."""


def plan(db: Connection, key: str, delivery: str, team_id: int, sent_at: datetime) -> None:
    """Have the customer of a survey that was sent reminded after the days of the team, if it does so."""
    team = row(db, "SELECT reminder_days AS days FROM teams WHERE id = :id", id=team_id)
    if team is not None and team["days"] and delivery in KINDS:
        at(db, key, sent_at + timedelta(days=team["days"]))


def at(db: Connection, key: str, due_at: datetime) -> None:
    """Have a reminder become due at a moment."""
    insert(
        db,
        "reminders",
        {"invitation": key, "due_at": stamp(due_at)},
        "ON CONFLICT (invitation) DO UPDATE SET due_at = excluded.due_at",
    )


def due(db: Connection, now: datetime) -> list[str]:
    """The keys of the surveys whose reminder is due."""
    found = rows(db, "SELECT invitation FROM reminders WHERE due_at <= :now ORDER BY due_at", now=stamp(now))
    return [each["invitation"] for each in found]


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next reminder is due after a moment; None if none is."""
    first = row(db, "SELECT MIN(due_at) AS at FROM reminders WHERE due_at > :after", after=stamp(after))
    return None if first is None else moment(first["at"])


def send(db: Connection, key: str, delivery: str, now: datetime) -> bool:
    """Queue the reminder of a survey; False if there has been one."""
    forget(db, key)
    return outbox.put(db, KINDS[delivery], key, now)


def take_back(db: Connection, key: str, delivery: str, due_at: datetime) -> bool:
    """Take a reminder back that the outbox has not sent, until a moment; False if it is too late."""
    if not outbox.drop(db, KINDS[delivery], key):
        return False
    at(db, key, due_at)
    return True


def forget(db: Connection, key: str) -> None:
    """The reminder is not to come any more."""
    run(db, "DELETE FROM reminders WHERE invitation = :key", key=key)


def over(db: Connection, key: str, now: datetime) -> None:
    """A survey was answered or is over: its reminder does not come any more, and one in Slack is deleted."""
    forget(db, key)
    if not outbox.any_about(db, key, KINDS.values()):
        return
    for kind in KINDS.values():
        outbox.drop(db, kind, key)
    for channel, ts in outbox.posts(db, KINDS["dm"], key):
        outbox.put(db, "reminder_delete", key, now, once=ts, channel=channel, ts=ts)
