"""What a helpdesk tells about its conversations: opened, closed, reopened, merged; and whom a close asks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from cxbot.core import names
from cxbot.core.hooks.event import Agent, Contact, Event
from cxbot.core.hooks.strict_json import BodyError
from cxbot.core.invitations.close import Close
from cxbot.core.invitations.companies import Company, company_of, domain_of
from cxbot.core.invitations.eligibility import check_close
from cxbot.core.invitations.outcomes import outcome
from cxbot.core.invitations.rules import Invitation, Person, check_customer, way
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.conditions import Facts
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused
from cxbot.service import access, companies
from cxbot.service.asking import HELPDESK as VIA
from cxbot.service.asking import invitation_of, linked
from cxbot.service.bot import Bot
from cxbot.service.directory import NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.records import (
    answers,
    audit,
    conversations,
    erasures,
    hooks,
    invitations,
    links,
    people,
    teams,
)
from cxbot.store.records.conversations import SLACK, Interaction, place
from cxbot.store.records.hooks import Hook

IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event. `news` is False if it was told before or changes nothing. `link` is the personal link of
    a survey that the helpdesk itself has to send; `until` is the moment at which a survey goes out that waits."""

    interaction: int
    outcome: str
    news: bool
    until: datetime | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class _About:
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


def take(bot: Bot, hook: Hook, events: Sequence[Event], *, strict: bool) -> list[Taken]:
    """Record events and decide about closes, all in one commit.

    With `strict`, an unknown team or survey is an error; tools have groups of their own. Raises BodyError.
    """
    found = [_about(bot, hook.team_id, hook.name, event, strict=strict) for event in events]
    leaving = [who for event in events if event.meaning == "erase" for who in _addresses(hook.name, event.customer)]
    if leaving:
        erasures.note(bot.database.path, people.known_as(bot.database.reader, leaving))
    taken = bot.database.write(lambda db: [_take(db, bot, hook, about) for about in found])
    if leaving:
        bot.database.truncate_wal()
    return taken


def would_take(bot: Bot, hook: Hook, events: Sequence[Event], *, strict: bool) -> list[Taken]:
    """What `take` would return, without anything of it: it is undone."""
    found = [_about(bot, hook.team_id, hook.name, event, strict=strict) for event in events]
    taken: list[Taken] = []

    def work(db: Connection) -> None:
        taken.extend(_take(db, bot, hook, about) for about in found)
        raise _UndoneError

    with suppress(_UndoneError):
        bot.database.write(work)
    return taken


def ask_about(bot: Bot, closes: Sequence[tuple[str, Event]]) -> list[str]:
    """Decide about closes of a file that was imported, by the same rules: each is the id of its row and what is known.
    Returns their outcomes. Closes of teams that are not set up here, and such as were decided before, are left out."""
    teams_here = {names.key(team.name): team for team in bot.teams()}
    outcomes = []
    for row_id, event in closes:
        team = teams_here.get(names.key(event.team))
        if team is None:
            continue
        about = _about(bot, team.id, IMPORT, event, strict=False)
        outcomes += bot.database.write(lambda db, about=about, row_id=row_id: _ask_once(db, bot, about, row_id))  # type: ignore[misc]
    return outcomes


def _ask_once(db: Connection, bot: Bot, about: _About, row_id: str) -> list[str]:
    if conversations.find(db, IMPORT, row_id) is not None:
        return []
    closed_at = about.event.closed_at
    assert closed_at is not None
    told = replace(_merged(IMPORT, about, None), source_id=row_id, closed_at=closed_at)
    kept = conversations.closed(db, told, bot.clock())
    return [outcome_of(db, _decide(db, bot, about, kept, closed_at, IMPORT))]


class _UndoneError(Exception):
    """Nothing of it is to be kept."""


def _about(bot: Bot, team_id: int, source: str, event: Event, *, strict: bool) -> _About:
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
    return _About(event, team, asked, person, staff, _company(bot, person), thread_ts, shared)


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


def _take(db: Connection, bot: Bot, hook: Hook, about: _About) -> Taken:
    event, now = about.event, bot.clock()
    repeated = hooks.seen(db, hook.name, event.key, now)
    if event.meaning == "erase":
        if not repeated:
            leaving = _addresses(hook.name, event.customer)
            people.erase(db, leaving, now)
            audit.note(db, f"hook:{hook.name}", audit.PERSON_ERASED, people.in_audit(db, leaving[0]), now)
        return Taken(0, "erased", not repeated)
    source, source_id, _ = _conversation(hook.name, about)
    known = conversations.find(db, source, source_id)
    at = min(event.at or event.closed_at or now, now)
    if repeated or (known is not None and _is_old(known, event, at)):
        if known is not None and not repeated and known.source != SLACK and event.meaning in ("closed", "reopened"):
            conversations.told(db, known.id, at)
        return _as_it_is(db, bot, known)
    if event.meaning == "closed":
        return _closed(db, bot, hook, about, known, at)
    kept = conversations.keep(db, _changed(_merged(hook.name, about, known), event.meaning, at), now)
    if event.meaning in ("reopened", "merged"):
        for invitation in invitations.of_interaction(db, kept.id):
            invitations.withdraw(db, invitation.key, event.meaning, now)
    return Taken(kept.id, {"opened": "open", "reopened": "open"}.get(event.meaning, event.meaning), True)


def _is_old(known: Interaction, event: Event, at: datetime) -> bool:
    """Whether an event is no news: its state is known, something newer has been told, or the conversation goes on in
    another one for good."""
    if known.state == "merged":
        return True
    if event.meaning in ("closed", "reopened"):
        since = known.reopened_at if event.meaning == "closed" else known.closed_at
        # Newer states count, too, that were no news. A thread's last moment is that of a message.
        moments = (since, known.last_at if known.source != SLACK else None)
        outrun = any(moment is not None and at < moment for moment in moments)
        return outrun or (known.state == "closed") == (event.meaning == "closed")
    if event.meaning == "merged":
        return False
    return known.opened_at is not None or known.closes > 0


def _as_it_is(db: Connection, bot: Bot, known: Interaction | None) -> Taken:
    """What there is about a conversation. A tool that missed the first answer gets the same link again."""
    if known is None:
        return Taken(0, "ignored", False)
    about = invitations.of_interaction(db, known.id)
    if known.state != "closed" or not about:
        return Taken(known.id, known.state, False)
    return Taken(known.id, outcome_of(db, about[-1]), False, _until(about[-1]), _link(db, bot, about[-1]))


def _link(db: Connection, bot: Bot, invitation: Invitation) -> str:
    """The personal link that the helpdesk has to send, as long as its customer is awaited; "" if there is none."""
    if invitation.delivery != "link" or not invitations.awaited(db, invitation):
        return ""
    return f"{bot.public_url}/s/{links.of(db, invitation, bot.clock())}"


def outcome_of(db: Connection, invitation: Invitation) -> str:
    """The current outcome of the close that an invitation is about."""
    reply = answers.current(db, invitation)
    return outcome(
        invitation.state, invitation.reason,
        answered=bool(reply.given(invitation.survey)), commented=bool(reply.comment),
        paused=invitations.held(db, invitation),
    )  # fmt: skip


def _until(invitation: Invitation) -> datetime | None:
    return invitation.send_at if invitation.state == "due" else None


def _changed(interaction: Interaction, meaning: str, at: datetime) -> Interaction:
    if meaning == "opened":
        return replace(interaction, opened_at=interaction.opened_at or at)
    if meaning == "reopened":
        return replace(interaction, state="open", reopened_at=at, last_at=_last_at(interaction, at))
    return replace(interaction, state="merged")


def _last_at(interaction: Interaction, at: datetime) -> datetime | None:
    """The last moment of an interaction of which a state is told: of a thread that is followed, silence begins anew."""
    if interaction.source == SLACK:
        return interaction.last_at and max(interaction.last_at, at)
    return max(interaction.last_at or at, at)


def _conversation(hook: str, about: _About) -> tuple[str, str, str]:
    """The source of an event's conversation, its id there, and its channel. The link of a thread in a source channel of
    the team names that thread: whatever else ends it, it is the same conversation."""
    event = about.event
    thread = linked(event.conversation)
    if thread is not None and thread[0] in about.team.source_channels:
        return SLACK, place(*thread), thread[0]
    return hook, event.conversation, event.channel


def _merged(hook: str, about: _About, known: Interaction | None) -> Interaction:
    """What is known about an interaction with what an event adds."""
    event, team = about.event, about.team
    contact = event.customer
    source, source_id, channel = _conversation(hook, about)
    in_slack = known.customer if known is not None and "@" not in known.customer else ""
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
        told = replace(known, team_id=told.team_id, team=told.team, survey=told.survey, **filled)
    return told if told.company else replace(told, company=about.company.name)


FILLED = (
    "customer", "email", "contact", "company", "agent", "agents", "topic", "touchpoint", "channel", "tags", "locale",
    "timezone", "opened_at", "handling_seconds",
)  # fmt: skip


def _first(agents: Sequence[Agent]) -> str:
    """The agent who did most."""
    return _agent(max(agents, key=lambda each: each.share)) if agents else ""


def _agent(agent: Agent) -> str:
    return agent.slack or agent.name or names.key(agent.email)


def _addresses(hook: str, customer: Contact) -> list[str]:
    """By what a person who is to be forgotten may be known here."""
    return [each for each in (customer.slack, names.key(customer.email), _contact(hook, customer)) if each]


def _contact(hook: str, customer: Contact) -> str:
    return f"{hook}:{customer.id}" if customer.id else ""


def _closed(db: Connection, bot: Bot, hook: Hook, about: _About, known: Interaction | None, at: datetime) -> Taken:
    now = bot.clock()
    closed_at = _closed_at(about.event, known, at, now)
    told = replace(_merged(hook.name, about, known), closed_at=closed_at, state="open")
    told = told if told.source == SLACK else replace(told, last_at=_last_at(told, at))
    kept = conversations.closed(db, told, now)
    invitation = _decide(db, bot, about, kept, closed_at, VIA)
    return Taken(kept.id, outcome_of(db, invitation), True, _until(invitation), _link(db, bot, invitation))


def _closed_at(event: Event, known: Interaction | None, at: datetime, now: datetime) -> datetime:
    """When a conversation was closed. Some tools tell when that was first, but no close is before the reopening."""
    told = min(event.closed_at or at, now)
    return at if known is not None and known.reopened_at is not None and told < known.reopened_at else told


def _decide(
    db: Connection, bot: Bot, about: _About, interaction: Interaction, closed_at: datetime, via: str
) -> Invitation:
    """The invitation about a close, or the refusal, in the ledger either way."""
    team, now = about.team, bot.clock()
    delivery = _delivery(bot, about, interaction)
    close = Close(
        interaction.customer, interaction.agent, closed_at, via, channel=interaction.channel,
        thread_ts=about.thread_ts if delivery == "thread" else "", topic=interaction.topic,
        touchpoint=interaction.touchpoint, company=interaction.company, interaction=interaction.id,
    )  # fmt: skip
    invitation = invitation_of(team, close, about.survey, about.person, delivery)
    if delivery == "link":  # the helpdesk sends it, so it goes into the answer
        invitation = replace(invitation, send_at=now, reason="")
    try:
        _check_address(bot, interaction, delivery)
        if interaction.customer:
            check_customer(about.person, interaction.agent, about.staff, about.survey)
        name = f"{interaction.source}:{interaction.source_id}"  # of each close, too: nobody draws again
        known_as = replace(about.company, name=interaction.company)
        check_close(team, via, _facts(interaction), known_as, name, teams.secret(db))
        return invitations.ask(db, invitation, team, now)
    except Refused as refusal:
        return invitations.refuse(db, invitation, refusal, now)


def _facts(interaction: Interaction) -> Facts:
    """What conditions can be about an interaction."""
    return Facts(
        source=interaction.source, channel=interaction.channel, topic=interaction.topic,
        touchpoint=interaction.touchpoint, company=interaction.company, tags=interaction.tags,
        agents=tuple(dict.fromkeys((*filter(None, [interaction.agent]), *(name for name, _ in interaction.agents)))),
        handling_seconds=interaction.handling_seconds,
    )  # fmt: skip


def _delivery(bot: Bot, about: _About, interaction: Interaction) -> str:
    """How the customer is asked: in Slack as the team's `delivery` says, else by e-mail, or by a link to hand out."""
    if interaction.customer and "@" in interaction.customer:
        return "email" if bot.mails else "link"
    return way(about.team, about.survey, about.shared, about.thread_ts)


def _check_address(bot: Bot, interaction: Interaction, delivery: str) -> None:
    if not interaction.customer:
        raise Refused(N_("The helpdesk told no address of this customer."), code="no_address")
    if delivery == "link" and not bot.public_url:
        raise Refused(
            N_("There is no way to reach this customer: set CXBOT_PUBLIC_URL, and CXBOT_SMTP_URL for e-mail."),
            code="no_way",
        )
