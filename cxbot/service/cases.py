"""Taking care of customers who were let down: leads take a case and close it."""

from __future__ import annotations

from cxbot.errors import N_, CxbotError
from cxbot.service import access
from cxbot.service.bot import Bot
from cxbot.store.records import cases, invitations


def take(bot: Bot, user: str, number: int) -> bool:
    """Make a lead the owner of a case; False if somebody else was faster. Raises NotAllowed for people who don't lead
    the team, CxbotError for an unknown case."""
    case_id = _case_of(bot, user, number)
    return bot.database.write(lambda db: cases.take(db, case_id, user, bot.clock()))


def finish(bot: Bot, user: str, number: int) -> bool:
    """Close a case; False if it was closed before. Raises the same errors as `take`."""
    case_id = _case_of(bot, user, number)
    return bot.database.write(lambda db: cases.finish(db, case_id, user, bot.clock()))


def _case_of(bot: Bot, user: str, number: int) -> int:
    """The number of a case that the person may work on, as a lead of its team or as an admin."""
    case = cases.by_id(bot.database.reader, number)
    if case is None:
        raise CxbotError(N_("This case is not known any more."))
    invitation = invitations.by_key(bot.database.reader, case.invitation)
    access.require_lead(bot.rights(user), bot.team(invitation.team_id) if invitation else None)
    return case.id
