"""A survey is checked again before it goes out: whether it is late, a holiday, or the thread is not quiet yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cxbot.core.invitations.rules import AT_ONCE, Invitation, Person, held_by, time_to_send
from cxbot.core.teams.team import Team
from cxbot.service import threads
from cxbot.service.bot import Bot
from cxbot.store.records import waiting

LATE = timedelta(minutes=10)  # after its time, a survey is checked again before it goes out


def taken_back(
    bot: Bot, invitation: Invitation, queued_at: datetime, customer: Callable[[], Person], now: datetime
) -> bool:
    """Whether a survey was taken back, because it must not go out now or has to be checked again.

    After downtime or a backlog, working hours, budgets, incidents and the customer's wishes may have changed. Holidays
    may have been named since, and somebody may have written in the thread. The `customer` is asked for only if it
    matters.
    """
    team = bot.team(invitation.team_id)
    if team is None:
        return False
    late = now - min(invitation.send_at, queued_at) > LATE
    waits = invitation.asked_via not in AT_ONCE
    quiet_from = threads.quiet_from(bot.database.reader, team, invitation.interaction) if waits else None
    noisy = quiet_from is not None and quiet_from > now
    moved = waits and waiting.postponed(bot.database.reader, invitation.key)  # on the team's clock
    if not (late or noisy or moved or (waits and _near_holiday(team, now))):
        return False
    person, earliest = customer(), max(now, quiet_from or now)
    send_at = time_to_send(team, invitation, person, earliest)
    if send_at <= now and (not late or now - queued_at <= LATE):
        return False  # it was checked a moment ago
    why = "quiet" if noisy else held_by(team, person, earliest) if waits else ""
    return bot.database.write(lambda db: waiting.take_back(db, invitation.key, send_at, why, now))


def _near_holiday(team: Team, now: datetime) -> bool:
    """Whether it may be a holiday somewhere on earth."""
    return any(now.date() + timedelta(days=days) in team.closed for days in (-1, 0, 1))
