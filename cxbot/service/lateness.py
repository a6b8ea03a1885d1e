"""A survey that is late is checked again before it goes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cxbot.core.invitations.rules import Invitation, Person, time_to_send
from cxbot.service.bot import Bot
from cxbot.store.records import invitations

LATE = timedelta(minutes=10)  # after its time, a survey is checked again before it goes out


def taken_back(
    bot: Bot, invitation: Invitation, queued_at: datetime, customer: Callable[[], Person], now: datetime
) -> bool:
    """Whether a late survey was taken back, because it must not go out now or has to be checked again.

    After downtime or a backlog, working hours, budgets, incidents and the customer's wishes may have changed. The
    `customer` is asked for only if the survey is late.
    """
    if now - min(invitation.send_at, queued_at) <= LATE:
        return False
    team = bot.team(invitation.team_id)
    if team is None:
        return False
    send_at = time_to_send(team, invitation, customer(), now)
    if send_at <= now and now - queued_at <= LATE:
        return False  # it was checked a moment ago
    return bot.database.write(lambda db: invitations.take_back(db, invitation.key, send_at))
