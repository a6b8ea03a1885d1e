"""Reports on demand: which question a person may ask, and the answer."""

from __future__ import annotations

from dataclasses import replace

from cxbot.core.metrics.operational import CHURN
from cxbot.core.metrics.shipped import NPS
from cxbot.core.queries.query import Query, read, resolve
from cxbot.core.reports.kinds import Measured, View
from cxbot.core.reports.metric_report import LEAST_FOR_LEADS, Report
from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed, UsageError
from cxbot.language import Language, vocabulary
from cxbot.slack import access
from cxbot.slack.access import Rights
from cxbot.slack.bot import Bot
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.messages.reports import explained as messages
from cxbot.store.reports import answer_rows, build


def ask(bot: Bot, user: str, channel: str, metric: str, words: str) -> tuple[Measured, Language]:
    """The report that a person asked for in a channel, as far as they may see it, and the language for it.

    Raises NotAllowed for people and questions out of bounds, UsageError for words that make no question.
    """
    teams = bot.teams()
    rights = bot.rights(user)
    request = read(words, metric, vocabulary(), bot.catalogue())
    implied = "team" not in request.filters
    team = None
    if "team" in request.filters:
        team = access.team_named(rights, teams, request.filters["team"])
    elif not rights.admin and request.about != CHURN:  # customers belong to no team
        team = _own_team(rights, channel)
        request = replace(request, filters={"team": team.name, **request.filters})
    if team is not None:
        request = replace(request, filters={**request.filters, "team": team.name})
    if request.about is None:
        request = replace(request, about=team.survey.first.metric if team else NPS)
    query = resolve(request, bot.clock(), bot.zone(team))
    _check_agents(query, rights, team)
    query = replace(query, unassigned=implied and team is not None and len(teams) == 1)
    report = build.report(bot.database.reader, query, bot.clock())
    _check_enough(report, rights)
    return _visible(report, rights, team), bot.language(team)


def explain(bot: Bot, user: str, channel: str, metric: str, words: str) -> Message:
    """How the figures of a report come about, for a person who may see it."""
    found, speech = ask(bot, user, channel, metric, words)
    left_out = answer_rows.left_out(bot.database.reader, found, bot.clock()) if isinstance(found, Report) else {}
    return messages.explained(found, speech, left_out)


def rows(bot: Bot, user: str, channel: str, metric: str, words: str) -> str:
    """The answers of a report as CSV, for leads; "" where there are none to give.

    Raises NotAllowed for everybody else. Customers are named only where they asked to be contacted.
    """
    found, _ = ask(bot, user, channel, metric, words)
    team = next((team for team in bot.teams() if team.name == found.query.filters.get("team")), None)
    if not bot.rights(user).leads(team):
        raise NotAllowed(N_("Single answers are for the leads of the team."))
    if not isinstance(found, Report) or found.metric.employees:
        return ""
    return answer_rows.as_csv(answer_rows.answers(bot.database.reader, found, bot.clock())) if found.n else ""


def _own_team(rights: Rights, channel: str) -> Team:
    """The team a person means without naming it: that of the channel, else their only one."""
    here = [team for team in rights.teams if channel in (team.channel, team.leads_channel, *team.source_channels)]
    if len(here) == 1 or len(rights.teams) == 1:
        return (here or list(rights.teams))[0]
    raise UsageError(
        N_("You are in several teams. Say which one: %(teams)s."),
        teams=", ".join(f'`team:"{team.name}"`' for team in rights.teams),
    )


def _check_agents(query: Query, rights: Rights, team: Team | None) -> None:
    """Agents see their own figures; others' are for leads, and for nobody where agents are not stored."""
    about_agents = query.by == "agent" or "agent" in query.filters
    about_people = query.by == "customer" or "customer" in query.filters
    if rights.leads(team):
        return
    if about_people:
        raise NotAllowed(N_("Single customers' answers are for the leads of the team."))
    if not about_agents:
        return
    if team is not None and team.agents != "own":
        raise NotAllowed(N_("In this team, agents' figures are for the leads."))
    if query.filters.get("agent", rights.user) != rights.user:
        raise NotAllowed(N_("You can see your own figures: `agent:<@%(user)s>`."), user=rights.user)


def _check_enough(report: Measured, rights: Rights) -> None:
    """Few answers say nothing fair about another person."""
    agent = report.query.filters.get("agent")
    if agent not in (None, rights.user) and report.n < LEAST_FOR_LEADS:
        raise NotAllowed(
            N_("An agent's figures are shown from %(least)s answers on; in this period there are %(n)s."),
            least=LEAST_FOR_LEADS, n=report.n,
        )  # fmt: skip


def _visible(report: Measured, rights: Rights, team: Team | None) -> Measured:
    """The report without what the person may not see; leads see agents' figures from 10 answers on."""
    if isinstance(report, Report) and not rights.leads(team):
        kept = tuple(each for each in report.cautions if each.values.get("dimension") != "agent")
        report = replace(report, cautions=kept)
    if isinstance(report, View) or report.segments is None or report.query.by != "agent":
        return report
    if rights.leads(team):
        return report.showing(least=LEAST_FOR_LEADS)
    return report.showing(only=frozenset({f"agent:{rights.user}"}))
