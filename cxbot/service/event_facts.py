"""Events of helpdesks and files: what has to be looked up about one, and what it tells of an interaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cxbot.core import names
from cxbot.core.hooks.event import Agent, Contact, Event
from cxbot.core.hooks.strict_json import BodyError
from cxbot.core.invitations.companies import Company, company_of, domain_of
from cxbot.core.invitations.rules import Person
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_
from cxbot.service import access, companies
from cxbot.service.asking import linked
from cxbot.service.bot import Bot
from cxbot.service.directory import NotKnownError
from cxbot.store.records import conversations
from cxbot.store.records.conversations import Interaction, place
from cxbot.store.records.sources import SLACK


@dataclass(frozen=True, slots=True)
class About:
    """An event with what has to be looked up before it is written: its team, its survey, its customer, and the company
    that is known beside what the helpdesk tells. `thread_ts` is the conversation's thread, if it is one in which a
    customer reads who was found by e-mail address; `shared` says whether its channel is."""

    event: Event
    team: Team
    survey: Survey
    person: Person
    staff: frozenset[str]
    company: Company
    thread_ts: str = ""
    shared: bool = False

    def served_by(self, interaction: Interaction) -> set[str]:
        """By what the agents of an interaction are known, also of a team that stores none."""
        told = (each for agent in self.event.agents for each in (agent.slack, agent.email, agent.name))
        return {interaction.agent, *(name for name, _ in interaction.agents), *told} - {""}


def look_up(bot: Bot, team_id: int, source: str, event: Event, *, strict: bool) -> About:
    every = bot.teams()
    own = next((team for team in every if team.id == team_id), None)
    team = access.with_name(every, event.team)
    surveys = bot.catalogue().in_use
    survey = surveys.get(event.survey.lower())
    if strict and event.team and team is None:
        raise BodyError(
            "data.team", N_("is not a team. There are: %(all)s."), all=", ".join(each.name for each in every)
        )
    if strict and event.survey and (survey is None or survey.employees):
        customers = (name for name, each in surveys.items() if not each.employees)
        raise BodyError(
            "data.survey", N_("is not a survey for customers. There are: %(all)s."), all=", ".join(customers)
        )
    team = team or own
    if team is None:
        raise BodyError("", N_("belongs to a team that is gone. Add the hook again for another team."))
    event = with_customer(event, conversations.find(bot.database.reader, *conversation(source, team, event)[:2]))
    contact = event.customer
    found = bot.directory.member_with(names.mailbox(contact.email)) if _is_only_address(event) else ""
    if found:
        contact = replace(contact, slack=found)
        event = replace(event, customer=contact)
    person = _reachable_by_mail(contact)
    staff: frozenset[str] = frozenset(team.members) | frozenset(team.leads)
    if contact.slack:
        try:
            known = bot.directory.person(contact.slack)
            person = replace(
                known, timezone=known.timezone or contact.timezone, locale=known.locale or contact.locale,
                domain=known.domain or (person.domain if known.outsider else ""),
            )  # fmt: skip
            staff = bot.directory.people((*team.members, *team.leads))
        except NotKnownError:  # what Slack can't say now is not known later either, when the survey goes out
            person = replace(person, id=contact.slack)
    asked = survey if survey is not None and not survey.employees else team.survey_for(source)
    thread_ts, shared = _thread(bot, team, event) if found else ("", False)
    return About(event, team, asked, person, staff, _company(bot, person), thread_ts, shared)


def with_customer(event: Event, known: Interaction | None) -> Event:
    """An event with what is known of its customer: some tools tell once who that is, and later only the state."""
    told = event.customer
    if known is None or event.meaning == "erase" or _is_another(told, known):
        return event
    in_slack = "" if "@" in known.customer or told.email else known.customer  # an address is looked up anew
    address = known.email or (known.customer if "@" in known.customer else "")
    return replace(event, customer=replace(
        told, slack=told.slack or in_slack, email=told.email or address, locale=told.locale or known.locale,
        timezone=told.timezone or known.timezone,
    ))  # fmt: skip


def _is_another(told: Contact, known: Interaction) -> bool:
    """Whether a helpdesk tells of another customer than before: agents may change who asked. Of a thread in Slack it is
    who began it."""
    addresses_told = {names.key(each) for each in (told.slack, told.email) if each}
    before = {names.key(each) for each in (known.customer, known.email) if each}
    return known.source != SLACK and bool(addresses_told and before) and not addresses_told & before


def _is_only_address(event: Event) -> bool:
    """Whether the customer is known by an e-mail address alone, so that it is worth asking Slack who that is."""
    return event.meaning != "erase" and bool(event.customer.email) and not event.customer.slack


def _thread(bot: Bot, team: Team, event: Event) -> tuple[str, bool]:
    """The thread that an event names, and whether its channel is shared; "" unless the customer reads there."""
    thread = linked(event.conversation)
    if thread is None or thread[0] not in team.source_channels:
        return "", False
    try:
        reads = bot.directory.is_in(thread[0], event.customer.slack)
        return (thread[1], bot.directory.is_shared(thread[0])) if reads else ("", False)
    except NotKnownError:
        return "", False


def _company(bot: Bot, person: Person) -> Company:
    """The company as Slack or the address tells it; what Slack can't say now is left out."""
    try:
        return companies.of(bot, person)
    except NotKnownError:
        return company_of("", Company(), person.domain)


def _reachable_by_mail(contact: Contact) -> Person:
    return Person(
        names.key(contact.email), bot=False, gone=False, external=True, guest=False,
        timezone=contact.timezone, locale=contact.locale, domain=domain_of(contact.email),
    )  # fmt: skip


def conversation(hook: str, team: Team, event: Event) -> tuple[str, str, str]:
    """The source of an event's conversation, its id there, and its channel. The link of a thread in a source channel of
    the team names that thread: whatever else ends it, it is the same conversation."""
    thread = linked(event.conversation)
    if thread is not None and thread[0] in team.source_channels:
        return SLACK, place(*thread), thread[0]
    return hook, event.conversation, event.channel


def merged(hook: str, about: About, known: Interaction | None) -> Interaction:
    """What is known about an interaction with what an event adds."""
    event, team = about.event, about.team
    contact = event.customer
    source, source_id, channel = conversation(hook, team, event)
    another = known is not None and _is_another(contact, known)
    in_slack = known.customer if known is not None and not another and "@" not in known.customer else ""
    told = Interaction(
        source, source_id, team.id, team.name,
        customer=contact.slack or in_slack or names.mailbox(contact.email), email=names.mailbox(contact.email),
        contact=_contact(hook, contact),
        company=contact.company,
        agent="" if team.agents == "off" else _first(event.agents),
        agents=() if team.agents == "off" else tuple((_agent(each), each.share) for each in event.agents),
        topic=event.topic, touchpoint=event.touchpoint, channel=channel, tags=event.tags,
        survey=about.survey.name, locale=contact.locale, timezone=contact.timezone, opened_at=event.opened_at,
        handling_seconds=event.handling_seconds,
    )  # fmt: skip
    if known is not None:
        filled = {name: getattr(told, name) or getattr(known, name) for name in FILLED}
        filled |= {name: getattr(told, name) for name in OF_CUSTOMER if another}
        told = replace(known, team_id=told.team_id, team=told.team, survey=told.survey, **filled)
    return told if told.company else replace(told, company=about.company.name)


FILLED = (
    "customer", "email", "contact", "company", "agent", "agents", "topic", "touchpoint", "channel", "tags", "locale",
    "timezone", "opened_at", "handling_seconds",
)  # fmt: skip
OF_CUSTOMER = ("customer", "email", "contact", "company", "locale", "timezone")


def _first(agents: Sequence[Agent]) -> str:
    """The agent who did most."""
    return _agent(max(agents, key=lambda each: each.share)) if agents else ""


def _agent(agent: Agent) -> str:
    return agent.slack or agent.name or names.key(agent.email)


def addresses(hook: str, customer: Contact) -> list[str]:
    """By what a person who is to be forgotten may be known here."""
    return [each for each in (customer.slack, names.key(customer.email), _contact(hook, customer)) if each]


def _contact(hook: str, customer: Contact) -> str:
    return f"{hook}:{customer.id}" if customer.id else ""
