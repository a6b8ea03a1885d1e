"""Taking care of customers who were let down: leads take a case and close it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cxbot.core.invitations.replies import newer
from cxbot.errors import N_, CxbotError
from cxbot.service import access
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, cases, invitations, outbox
from cxbot.store.records.cases import Case


def take(bot: Bot, user: str, number: int, at: str) -> bool:
    """Make a lead the owner of a case; False if somebody else was faster. `at` is Slack's time of the press: a late
    copy of one changes nothing, and nobody was faster. Raises NotAllowed for people who don't lead the team, CxbotError
    for an unknown case."""
    return _change(bot, user, number, f"take {at}", lambda db, case, now: cases.take(db, case.id, user, now))


def finish(bot: Bot, user: str, number: int, at: str) -> bool:
    """Close a case; False if it was closed before. A press that is older than the customer's wish to be contacted was
    not about that, so it changes nothing. Takes and raises the same as `take`."""

    def end(db: Connection, case: Case, now: datetime) -> bool:
        if newer(answers.wished(db, case.invitation), at):
            cases.show_again(db, case.invitation, now)
            return True
        return cases.finish(db, case.id, user, now)

    return _change(bot, user, number, f"finish {at}", end)


def _change(bot: Bot, user: str, number: int, deed: str, change: Callable[[Connection, Case, datetime], bool]) -> bool:
    case = _case_of(bot, user, number)

    def write(db: Connection) -> bool:
        if outbox.seen(db, f"case {case.id} {user} {deed}", bot.clock()):
            return True
        return change(db, case, bot.clock())

    return bot.database.write(write)


def _case_of(bot: Bot, user: str, number: int) -> Case:
    """A case that the person may work on, as a lead of its team or as an admin."""
    case = cases.by_id(bot.database.reader, number)
    if case is None:
        raise CxbotError(N_("This case is not known any more."))
    invitation = invitations.by_key(bot.database.reader, case.invitation)
    access.require_lead(bot.rights(user), bot.team(invitation.team_id) if invitation else None)
    return case
