"""Inviting the customer of a close to a survey: for which team, and by which rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.companies import Company
from cxbot.core.invitations.eligibility import check_close, is_chosen
from cxbot.core.invitations.rules import (
    AT_ONCE,
    Invitation,
    Person,
    check_customer,
    held_by,
    language_for,
    send_time,
    way,
)
from cxbot.core.queries.vocabulary import typed_filters
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.conditions import Facts
from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed, Refused, UsageError
from cxbot.service import access, companies, shared_closes
from cxbot.service.access import Rights
from cxbot.service.bot import Bot
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.records import choices, conversations, endings, invitations, people, steps, teams, waiting
from cxbot.store.records.choices import Choice
from cxbot.store.records.conversations import Interaction, place
from cxbot.store.records.sources import SLACK

HELPDESK = "hook"
WATCHED = frozenset({HELPDESK, "silence"})  # who tells of a close this way also tells when it is opened again
ONE_DEED = frozenset({"command", "shortcut"})  # their trigger is never told of another deed, as a message's may be
COPIED_WITHIN = timedelta(days=1)
TWICE = N_("This came twice. It was carried out once.")
LINK = re.compile(r"/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?:\?(?:.*&)?thread_ts=(\d{10}\.\d{6}))?")


def team_for(bot: Bot, rights: Rights, channel: str, name: str = "") -> Team:
    """The team for which a person asks: the named one, else the channel's, else the only one the person is in."""
    every = bot.teams()
    if not every:
        raise UsageError(N_("There is no team yet. An admin can set one up with `/cx team`."))
    if name:
        team = access.team_named(rights, every, name)
        if team is None:
            raise UsageError(N_("There is no team “%(name)s”. Teams: %(teams)s."), name=name,
                             teams=", ".join(team.name for team in every))  # fmt: skip
        return team
    here = access.with_customers_in(every, channel)
    if here is not None and rights.belongs(here):
        return here
    at_home = [
        team for team in (every if rights.admin else rights.teams) if channel in (team.channel, team.leads_channel)
    ]
    if len(at_home) == 1:
        return at_home[0]
    own = rights.teams or (tuple(every) if rights.admin else ())
    if len(own) == 1:
        return own[0]
    raise UsageError(
        N_("There are several teams. Say which one: %(teams)s."),
        teams=typed_filters("team", (team.name for team in own)),
    )


def asking_team(bot: Bot, rights: Rights, channel: str, name: str = "") -> Team:
    """The team whose survey it is when a person asks a customer: as in `team_for`. Raises NotAllowed in a channel with
    another team's customers, unless a team is named."""
    here = access.with_customers_in(bot.teams(), channel)
    if here is not None and not name and not rights.belongs(here):
        raise NotAllowed(
            N_("The customers in this channel are asked by %(team)s, and you are not in it."), team=here.name
        )
    return team_for(bot, rights, channel, name)


Also = Callable[[Connection, Invitation | Refused], None]
"""What is written in the same commit as the decision, which is an invitation or a refusal."""


def ask(bot: Bot, team: Team, close: Close, survey: Survey | None = None, also: Also = lambda *_: None) -> Invitation:
    """Invite the customer of a close. The invitation says when and where the survey goes.

    `survey` is the team's for this source by default. Raises Refused if a rule or a budget forbids it; the ledger keeps
    the refusal. The same trigger again returns the waiting invitation; after its survey was sent, the budgets decide
    about a reaction that was put on again, and a copy of a command or shortcut asks nobody.
    If a helpdesk or silence has told of this close, what came of that stands. Raises NotCheckedError, and decides
    nothing, if Slack can't say now who the customer is, or of which company.
    """
    try:
        person = bot.directory.person(close.customer)
    except NotCheckedError:
        raise
    except NotKnownError as error:
        unknown = Refused(N_("Slack does not know this person, so nobody was asked."), code="unknown")
        bot.database.write(lambda db: also(db, unknown))
        raise unknown from error
    company = companies.of(bot, person, close.company)
    close = replace(close, company=company.name)
    asked = survey or team.survey_for(close.via)
    shared = bool(close.thread_ts) and _is_shared(bot, close.channel)
    invitation = invitation_of(team, close, asked, person, way(team, asked, shared, close.thread_ts))
    staff = bot.directory.people((*team.members, *team.leads))

    def decide(db: Connection) -> Invitation | Refused:
        check_customer(person, people.addresses(db, person.id), (close.agent,), staff, asked)
        if (told := _told(db, close)) is not None:
            also(db, told)
            return told
        known = invitations.by_trigger(db, close.channel, close.trigger) if close.trigger else None
        known = shared_closes.also_closed(db, team, close, bot.clock()) or known
        if known is None or known.customer != close.customer or known.state not in ("due", "sending", "rehearsed"):
            if known is not None and _is_copy(close, known):
                twice = Refused(TWICE, code="told")
                also(db, twice)
                return twice
            known_as = companies.with_other_names(db, company)
            check_close(team, close.via, _facts(team, close, known_as), known_as, _place(close), teams.secret(db))
            number = conversations.closed(db, _interaction(team, close), bot.clock()).id
            known = waiting.ask(db, replace(invitation, interaction=number), team, bot.clock())
            waiting.clear_up(db, known)
        also(db, known)
        return known

    def refuse(db: Connection, refusal: Refused) -> None:
        number = conversations.closed(db, _interaction(team, close), bot.clock()).id
        refused = waiting.refuse(db, replace(invitation, interaction=number), refusal, bot.clock())
        waiting.clear_up(db, refused)
        also(db, refusal)

    try:
        decided = bot.database.write(decide)
    except Refused as error:
        refusal = error
        bot.database.write(lambda db: refuse(db, refusal))
        raise
    if isinstance(decided, Refused):
        raise decided
    return decided


def _is_copy(close: Close, known: Invitation) -> bool:
    """Whether a close is told again that has led to an invitation before."""
    same = close.via in ONE_DEED and known.customer == close.customer
    return same and close.at - known.closed_at < COPIED_WITHIN


def ask_who(db: Connection, team: Team, choice: Choice, now: datetime) -> None:
    """Keep the question to an agent who of two people was helped. Until it is answered, the ledger says that this is
    unclear, unless it tells of this close already."""
    choices.ask(db, choice)
    close = Close(
        "", choice.agent, choice.closed_at, choice.via, channel=choice.channel, thread_ts=choice.thread_ts,
        trigger=choice.close,
    )  # fmt: skip
    known = conversations.find(db, SLACK, _place(close))
    decided = [] if known is None or known.state != "closed" else invitations.of_interaction(db, known.id)
    if any(each.state != "withdrawn" for each in decided):
        return
    told = replace(_interaction(team, close), customer="" if known is None else known.customer)
    number = conversations.closed(db, told, now).id
    nobody = Person("", bot=False, gone=False, external=False, guest=False, timezone=team.timezone)
    invitation = invitation_of(team, close, team.survey_for(close.via), nobody, "dm")
    unclear = Refused(N_("It is unclear who of two people was helped."), code=invitations.UNCLEAR)
    waiting.refuse(db, replace(invitation, interaction=number), unclear, now)


def _told(db: Connection, close: Close) -> Invitation | Refused | None:
    """What became of a close of which a helpdesk, by the link of the thread, or silence has told before the team's
    reaction; None if it is news, or if somebody wants to ask now all the same."""
    thread = conversations.find(db, SLACK, _place(close)) if close.via == "reaction" else None
    about = invitations.of_interaction(db, thread.id) if thread is not None and thread.state == "closed" else []
    if not about or about[-1].asked_via not in WATCHED:
        return None
    if about[-1].state in ("due", "sending", "sent", "rehearsed"):
        return about[-1]
    return Refused(
        N_("It was known before that this conversation is over. `/cx why` with its link says what became of it."),
        code="told",
    )  # fmt: skip


def invitation_of(team: Team, close: Close, survey: Survey, person: Person, delivery: str) -> Invitation:
    """The invitation of a close, before any rule was asked."""
    earliest = close.at + survey.after + timedelta(minutes=team.delay_minutes)
    return Invitation(
        key=invitations.new_key(), state="due", survey=survey,
        reason="" if close.via in AT_ONCE else held_by(team, person, earliest),
        team_id=team.id, team=team.name, agent="" if team.agents == "off" else close.agent, customer=close.customer,
        channel=close.channel, thread_ts=close.thread_ts, trigger_ts=close.trigger, delivery=delivery,
        topic=close.topic, touchpoint=close.touchpoint, company=close.company, interaction=close.interaction,
        asked_by="hand-picked" if is_chosen(team, close.via) else "automatic", asked_via=close.via,
        timezone=team.timezone, locale=language_for(person, team, survey),
        closed_at=close.at, send_at=send_time(team, survey, person, close.via, close.at),
    )  # fmt: skip


def linked(text: str) -> tuple[str, str] | None:
    """The channel and the thread of a message whose link is in a text; None if there is none."""
    link = LINK.search(text)
    return None if link is None else (link[1], link[4] or f"{link[2]}.{link[3]}")


def _place(close: Close) -> str:
    """The id of a close's conversation: its thread, or else what ended it."""
    if close.via == steps.VIA:
        return close.trigger
    return place(close.channel, close.thread_ts or close.trigger)


def _facts(team: Team, close: Close, company: Company) -> Facts:
    """What conditions can be about a conversation in Slack."""
    return Facts(
        source=close.via, channel=close.channel, topic=close.topic, touchpoint=close.touchpoint,
        companies=company.names, agents=(close.agent,) if close.agent and team.agents != "off" else (),
    )  # fmt: skip


def _interaction(team: Team, close: Close) -> Interaction:
    source = steps.VIA if close.via == steps.VIA else SLACK
    return Interaction(
        source, _place(close), team.id, team.name, close.customer, company=close.company,
        agent="" if team.agents == "off" else close.agent, agents=shared_closes.first(team, close),
        topic=close.topic, touchpoint=close.touchpoint, channel=close.channel, closed_at=close.at,
        last_at=None if close.via == "silence" else close.at,
    )  # fmt: skip


def withdraw(bot: Bot, user: str, key: str) -> tuple[bool, Team | None]:
    """Withdraw an invitation that has no answer yet. Returns whether that was still possible, and the team. Raises
    NotAllowed for people who may not act for the team."""
    invitation = invitations.by_key(bot.database.reader, key)
    rights = bot.rights(user)
    team = None if invitation is None else bot.team(invitation.team_id)
    if invitation is None or not (rights.admin or (team is not None and rights.belongs(team))):
        raise NotAllowed(N_("Only people of the team can cancel this survey."))
    done = bot.database.write(lambda db: endings.withdraw(db, key, f"{people.CANCELLED} by {user}", bot.clock()))
    return done, team


def _is_shared(bot: Bot, channel: str) -> bool:
    try:
        return bot.directory.is_shared(channel)
    except NotCheckedError:
        raise
    except NotKnownError:
        return False
