"""Correcting who helped a customer: the answers about a conversation count for another agent from then on."""

from __future__ import annotations

from collections.abc import Iterable

from cxbot.core import names
from cxbot.core.invitations.rules import Invitation
from cxbot.core.queries.tokens import echo
from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed, UsageError
from cxbot.service import access, ledger
from cxbot.service.access import Rights
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import attributions, audit, conversations, invitations
from cxbot.store.records.attributions import Correction

LONGEST_WHY = 300  # characters


def attribute(bot: Bot, rights: Rights, what: str, agent: str, why: str) -> tuple[str, list[Correction]]:
    """Say which agent helped in a conversation: every close of it is theirs, and so are its answers.

    `what` is the link of a message, the id of a conversation or a survey's key; `agent` a Slack id, or a name as a
    helpdesk or a file tells it. Returns the agent as they are on file, and what has changed: nothing if it was said
    before. Raises NotAllowed for people who don't lead the team, and UsageError for what is unknown.
    """
    closes = _closes(bot, rights, what.strip())
    team = _team(bot, closes)
    closes = [each for each in closes if each.team_id == team.id]
    known = _agent(bot, team, closes, agent)
    if any(names.key(each.customer) == names.key(known) for each in closes):
        raise UsageError(N_("`%(agent)s` is the customer of that conversation."), agent=echo(known))
    said = " ".join(why.split())[:LONGEST_WHY]
    return known, bot.database.write(lambda db: _correct(db, bot, rights.user, closes, known, said))


def _correct(
    db: Connection, bot: Bot, who: str, closes: list[Invitation], agent: str, why: str
) -> list[Correction]:  # fmt: skip
    now = bot.clock()
    made = []
    for close in closes:
        latest = invitations.by_key(db, close.key)
        if latest is not None and names.key(latest.agent) != names.key(agent):
            made.append(Correction(now, who, latest.agent, agent, why))
            attributions.correct(db, latest, made[-1])
            audit.note(db, who, audit.ATTRIBUTED, latest.key, now)
    return made


def _closes(bot: Bot, rights: Rights, what: str) -> list[Invitation]:
    """The closes of one conversation of a team that the person leads: those of other teams are not known here. Surveys
    of colleagues are nobody's work."""
    db = bot.database.reader
    if not rights.lead_of:
        for unsure in rights.unchecked:
            rights.require_checked(unsure)
        access.require_lead(rights, None)
    found = [
        each
        for each in ledger.closes_of(db, what)
        if not each.survey.employees and rights.leads(bot.team(each.team_id))
    ]
    if not found:
        near = conversations.near_ids(db, what, [team.id for team in bot.teams() if rights.leads(team)])
        if near:
            raise UsageError(
                N_("No conversation `%(what)s` was closed. Near it: %(near)s."), what=echo(what), near=_quoted(near)
            )
        raise UsageError(
            N_("No conversation `%(what)s` was closed. Give the link of a message in it, or its id at the helpdesk."),
            what=echo(what),
        )
    told = {each.interaction: conversations.by_number(db, each.interaction) for each in found}
    if len(told) > 1:
        raise UsageError(
            N_("`%(what)s` is the id of several conversations. Say which: %(all)s."),
            what=echo(what), all=_quoted(f"{each.source}:{each.source_id}" for each in told.values() if each),
        )  # fmt: skip
    return found


def _team(bot: Bot, closes: list[Invitation]) -> Team:
    """The team of a conversation, which stores agents; of several, the latest."""
    teams = {each.team_id: bot.team(each.team_id) for each in reversed(closes)}  # it may have gone to another team
    led = [team for team in teams.values() if team is not None]
    if not led:
        raise NotAllowed(N_("The team of that conversation was removed."))
    if led[0].agents == "off":
        raise UsageError(
            N_("%(team)s stores no agents. Its setting `agents` decides that: `cxbot team set`."), team=led[0].name
        )
    return led[0]


def _agent(bot: Bot, team: Team, closes: list[Invitation], text: str) -> str:
    """An agent of a team as they are on file: somebody who is in it, or about whom its conversations were."""
    db = bot.database.reader
    people = bot.directory.people((*team.members, *team.leads))
    groups = {each for each in people if each.startswith("S")}  # where Slack is not asked who is in them
    told = conversations.by_number(db, closes[-1].interaction)
    worked = (*attributions.agents_of(db, team.id), *(who for who, _ in (told.agents if told else ())))
    known = {names.key(each): each for each in (*(people - groups), *worked)}
    if (found := known.get(names.key(text))) is not None:
        return found
    if groups and names.MEMBER.fullmatch(text):
        return text
    near = [known[each] for each in names.nearest(text, known)]
    if near:
        raise UsageError(
            N_("`%(agent)s` is no agent of %(team)s. Near it: %(near)s."),
            agent=echo(text), team=team.name, near=_quoted(near),
        )  # fmt: skip
    raise UsageError(
        N_("`%(agent)s` is no agent of %(team)s: neither in the team, nor in a conversation of it."),
        agent=echo(text), team=team.name,
    )  # fmt: skip


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"`{echo(text)}`" for text in texts)
