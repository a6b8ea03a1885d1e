"""Taking care of customers who were let down: leads take a case and close it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cxbot.errors import N_, CxbotError
from cxbot.service import access
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import cases, invitations, outbox


def take(bot: Bot, user: str, number: int, at: str) -> bool:
    """Make a lead the owner of a case; False if somebody else was faster. `at` is Slack's time of the press: a late
    copy of one changes nothing, and nobody was faster. Raises NotAllowed for people who don't lead the team, CxbotError
    for an unknown case."""
    return _change(bot, user, number, at, cases.take)


def finish(bot: Bot, user: str, number: int, at: str) -> bool:
    """Close a case; False if it was closed before. Takes and raises the same as `take`."""
    return _change(bot, user, number, at, cases.finish)


def _change(
    bot: Bot, user: str, number: int, at: str, change: Callable[[Connection, int, str, datetime], bool]
) -> bool:
    case_id = _case_of(bot, user, number)

    def write(db: Connection) -> bool:
        if outbox.seen(db, f"{change.__name__} case {case_id} {user} {at}", bot.clock()):
            return True
        return change(db, case_id, user, bot.clock())

    return bot.database.write(write)


def _case_of(bot: Bot, user: str, number: int) -> int:
    """The number of a case that the person may work on, as a lead of its team or as an admin."""
    case = cases.by_id(bot.database.reader, number)
    if case is None:
        raise CxbotError(N_("This case is not known any more."))
    invitation = invitations.by_key(bot.database.reader, case.invitation)
    access.require_lead(bot.rights(user), bot.team(invitation.team_id) if invitation else None)
    return case.id
