"""The one reminder of a survey that nobody has answered: when it may go out, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from cxbot.core.invitations.rules import Invitation, Person, open_for
from cxbot.core.teams.team import Team
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import endings, incidents, invitations, limits, reminders
from cxbot.store.records.outbox import Task


def remind_due(db: Connection, teams: Iterable[Team], now: datetime) -> int:
    """Queue the reminders that are due; returns how many. During a pause, an incident or a rehearsal they wait."""
    by_id = {team.id: team for team in teams}
    sent = 0
    for key in reminders.due(db, now):
        invitation = invitations.by_key(db, key)
        team = None if invitation is None else by_id.get(invitation.team_id)
        if invitation is None or team is None or not _wanted(db, invitation, team, now):
            reminders.forget(db, key)
        elif not _rests(db, team, now):
            sent += reminders.send(db, key, invitation.delivery, now)
    return sent


def _wanted(db: Connection, invitation: Invitation, team: Team, now: datetime) -> bool:
    return bool(team.reminder_days) and invitation.open_at(now) and endings.awaited(db, invitation)


def _rests(db: Connection, team: Team, now: datetime) -> bool:
    return team.rehearsal or limits.paused(db, team) or incidents.on(db, team, now) is not None


def to_remind(bot: Bot, task: Task, customer: Callable[[Invitation], Person], now: datetime) -> Invitation | None:
    """The invitation of a reminder that may go out now; None if it may not. If it may later, it is due again then: at
    the next working hour on the clock of the customer, if the survey can still be answered at that time."""
    db = bot.database.reader
    invitation = invitations.by_key(db, task.subject)
    team = None if invitation is None else bot.team(invitation.team_id)
    if invitation is None or team is None or not _wanted(db, invitation, team, now):
        return None
    send_at = open_for(team, customer(invitation), now)
    if send_at <= now and not _rests(db, team, now):
        return invitation
    if not invitation.open_at(send_at):
        return None
    key, delivery = invitation.key, invitation.delivery
    taken_back = bot.database.write(lambda db: reminders.take_back(db, key, delivery, send_at))
    return None if taken_back else invitation  # after a restore it is only looked up


def reminded(db: Connection, task: Task, _channel: str, _ts: str, now: datetime) -> None:
    """The reminder has arrived. If the survey was answered or ended meanwhile, it goes again."""
    endings.reminded(db, task.subject, "", now)
    invitation = invitations.by_key(db, task.subject)
    if invitation is None or not endings.awaited(db, invitation):
        reminders.over(db, task.subject, now)


def not_reminded(db: Connection, task: Task, error: str, now: datetime) -> None:
    """The reminder was refused for good."""
    endings.reminded(db, task.subject, error, now)
