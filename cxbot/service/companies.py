"""Which company a customer belongs to."""

from __future__ import annotations

from dataclasses import replace

from cxbot.core.invitations.companies import Company, company_of
from cxbot.core.invitations.rules import Person
from cxbot.service.bot import Bot
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.records import names


def of(bot: Bot, person: Person, told: str = "") -> Company:
    """The company of a customer; `told` is what a helpdesk says. Raises NotCheckedError if Slack can't say now."""
    organisation = Company(person.organisation) if person.organisation else _organisation(bot, person)
    return company_of(told, organisation, person.domain)


def with_other_names(db: Connection, company: Company) -> Company:
    """A company with the names that `cxbot company link` made one with its own."""
    return replace(company, also=names.spellings(db, "company", company.name))


def _organisation(bot: Bot, person: Person) -> Company:
    """The organisation in Slack to which a person of another workspace belongs."""
    if not person.workspace:
        return Company()
    try:
        return bot.directory.organisation(person.workspace)
    except NotCheckedError:
        raise
    except NotKnownError:
        return Company()
