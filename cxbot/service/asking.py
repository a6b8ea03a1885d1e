"""Inviting the customer of a close to a survey: for which team, and by which rules."""

from __future__ import annotations

from collections.abc import Callable

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.rules import Invitation, check_customer, language_for, send_time, way
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed, Refused, UsageError
from cxbot.service import access
from cxbot.service.access import Rights
from cxbot.service.bot import Bot
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.records import invitations


def team_for(bot: Bot, rights: Rights, channel: str, name: str = "") -> Team:
    """The team for which a person asks: the named one, else the channel's, else the only one the person is in."""
    teams = bot.teams()
    if name:
        team = access.team_named(rights, teams, name)
        if team is None:
            raise UsageError(N_("There is no team “%(name)s”. Teams: %(teams)s."), name=name,
                             teams=", ".join(team.name for team in teams) or "–")  # fmt: skip
        return team
    here = next((team for team in teams if channel in team.source_channels), None)
    if here is not None and rights.belongs(here):
        return here
    own = rights.teams or (tuple(teams) if rights.admin else ())
    if len(own) == 1:
        return own[0]
    if not own:
        raise UsageError(N_("There is no team yet. An admin can set one up with `/cx team`."))
    raise UsageError(
        N_("You are in several teams. Name the one that asks: %(teams)s."),
        teams=", ".join(f'`team:"{team.name}"`' for team in own),
    )


Also = Callable[[Connection, Invitation | Refused], None]
"""What is written in the same commit as the decision, which is an invitation or a refusal."""


def ask(bot: Bot, team: Team, close: Close, survey: Survey | None = None, also: Also = lambda *_: None) -> Invitation:
    """Invite the customer of a close. The invitation says when and where the survey goes.

    `survey` is the team's by default. Raises Refused if a rule or a budget forbids it; the ledger keeps the refusal.
    The same trigger again returns the waiting invitation; after its survey was sent, the budgets decide. Raises
    NotCheckedError, and decides nothing, if Slack can't say now who the customer is.
    """
    try:
        person = bot.directory.person(close.customer)
    except NotCheckedError:
        raise
    except NotKnownError as error:
        unknown = Refused(N_("Slack does not know this person, so nobody was asked."), code="unknown")
        bot.database.write(lambda db: also(db, unknown))
        raise unknown from error
    asked = survey or team.survey
    shared = bool(close.thread_ts) and _is_shared(bot, close.channel)
    invitation = Invitation(
        key=invitations.new_key(), state="due", reason="", survey=asked,
        team_id=team.id, team=team.name, agent="" if team.agents == "off" else close.agent, customer=close.customer,
        channel=close.channel, thread_ts=close.thread_ts, trigger_ts=close.trigger,
        delivery=way(team, asked, shared, close.thread_ts),
        topic=close.topic, touchpoint=close.touchpoint, asked_by="hand-picked", asked_via=close.via,
        timezone=team.timezone, locale=language_for(person, team, asked),
        closed_at=close.at, send_at=send_time(team, asked, person, close.via, close.at),
    )  # fmt: skip
    people = bot.directory.people((*team.members, *team.leads))

    def decide(db: Connection) -> Invitation:
        known = invitations.by_trigger(db, close.channel, close.trigger) if close.trigger else None
        if known is None or known.customer != close.customer or known.state not in ("due", "sending", "rehearsed"):
            known = invitations.ask(db, invitation, team, bot.clock())
        also(db, known)
        return known

    def refuse(db: Connection, refusal: Refused) -> None:
        invitations.refuse(db, invitation, str(refusal.values.get("code", "")))
        also(db, refusal)

    try:
        check_customer(person, close.agent, people, asked)
        return bot.database.write(decide)
    except Refused as error:
        refusal = error
        bot.database.write(lambda db: refuse(db, refusal))
        raise


def withdraw(bot: Bot, user: str, key: str) -> tuple[bool, Team | None]:
    """Withdraw an invitation that has no answer yet. Returns whether that was still possible, and the team. Raises
    NotAllowed for people who may not act for the team."""
    invitation = invitations.by_key(bot.database.reader, key)
    rights = bot.rights(user)
    team = None if invitation is None else bot.team(invitation.team_id)
    if invitation is None or not (rights.admin or (team is not None and rights.belongs(team))):
        raise NotAllowed(N_("Only people of the team can cancel this survey."))
    done = bot.database.write(lambda db: invitations.withdraw(db, key, f"cancelled by {user}", bot.clock()))
    return done, team


def _is_shared(bot: Bot, channel: str) -> bool:
    try:
        return bot.directory.is_shared(channel)
    except NotCheckedError:
        raise
    except NotKnownError:
        return False
