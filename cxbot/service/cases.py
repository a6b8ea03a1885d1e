"""Taking care of a customer who was let down: leads take a case and close it."""

from __future__ import annotations

from cxbot.errors import N_, CxbotError
from cxbot.service import access
from cxbot.service.bot import Bot
from cxbot.store.records import cases, invitations


def take(bot: Bot, user: str, number: int) -> bool:
    """Make a case a lead's own; False where somebody was faster. Raises NotAllowed for people who do not lead the
    team, CxbotError for a case that is not known."""
    case_id = _case_of(bot, user, number)
    return bot.database.write(lambda db: cases.take(db, case_id, user, bot.clock()))


def finish(bot: Bot, user: str, number: int) -> bool:
    """Close a case; False where it was closed before. Raises as `take` does."""
    case_id = _case_of(bot, user, number)
    return bot.database.write(lambda db: cases.finish(db, case_id, user, bot.clock()))


def _case_of(bot: Bot, user: str, number: int) -> int:
    """The number of a case that the person may work on: leads of its team and admins."""
    case = cases.by_id(bot.database.reader, number)
    if case is None:
        raise CxbotError(N_("This case is not known any more."))
    invitation = invitations.by_key(bot.database.reader, case.invitation)
    access.require_lead(bot.rights(user), bot.team(invitation.team_id) if invitation else None)
    return case.id
