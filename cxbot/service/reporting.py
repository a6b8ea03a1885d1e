"""Reports on demand: which questions a person may ask, and the report they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from cxbot.core.calendar.periods import Kind
from cxbot.core.metrics.operational import CHURN
from cxbot.core.metrics.shipped import NPS
from cxbot.core.queries.query import Query, Request, answered_by_employees, read, resolve
from cxbot.core.queries.vocabulary import QUERY_WORDS, typed_filters
from cxbot.core.reports import disclosure, member_results, survey_report
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.kinds import Measured, View
from cxbot.core.reports.member_results import Shown
from cxbot.core.reports.metric_report import LEAST_FOR_LEADS, Report
from cxbot.core.reports.survey_report import SurveyReport
from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed, Typed, UsageError
from cxbot.language import Language, vocabulary
from cxbot.service import access, named
from cxbot.service.access import Rights
from cxbot.service.bot import Bot
from cxbot.store.counts.scope import TICK
from cxbot.store.engine.connection import Connection
from cxbot.store.records import surveys, teams
from cxbot.store.reports import answer_rows, build, member_facts, survey_facts


@dataclass(frozen=True, slots=True)
class Explained:
    """A report with the details for *How is this counted?*: the number of scores that don't count, by reason, and
    whether leads can get the report's answers as a file."""

    report: Measured
    left_out: Mapping[str, int]
    has_rows: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's question: the time, their rights, and the team that it is about, if any."""

    query: Query
    now: datetime
    rights: Rights
    team: Team | None


def ask(
    bot: Bot, user: str, channel: str, metric: str, words: str, *, as_member: bool = False
) -> tuple[Measured, Language]:
    """The report that a person asked for in a channel, limited to what they may see, and the language for it. With
    `as_member`, to what members see who don't lead. Raises NotAllowed if the person may not ask this, UsageError if the
    words make no question."""
    request = read(words, metric, vocabulary(), bot.catalogue())
    return _answer(bot, question(bot, user, channel, request, as_member=as_member))


def _answer(bot: Bot, asked: Asked) -> tuple[Measured, Language]:
    report = build.report(bot.database.reader, asked.query, asked.now)
    if not asked.rights.leads(asked.team):
        report = _for_member(bot, asked, report)
    _check_enough(report, asked.rights)
    return _visible(report, asked.rights, asked.team), bot.language_for(asked.rights.user, asked.team)


def to_share(bot: Bot, user: str, channel: str, metric: str, words: str) -> tuple[Measured, Language]:
    """The report that a person shares in a channel: outside the leads' channel as members see it who don't lead, since
    they read it there. Raises the same errors as `ask`, and NotAllowed for what is for leads only."""
    asked = question(bot, user, channel, read(words, metric, vocabulary(), bot.catalogue()))
    if asked.team is not None and channel == asked.team.leads_channel:
        return _answer(bot, asked)
    try:
        return ask(bot, user, channel, metric, words, as_member=True)
    except NotAllowed as error:
        raise NotAllowed(
            N_("Members who don't lead read this channel too, so that can't be shared here. Share it in the leads' "
               "channel. %(why)s"), why=error,
        ) from error  # fmt: skip


def _for_member(bot: Bot, asked: Asked, report: Measured) -> Measured:
    """The report as a member sees it who doesn't lead: nothing from which single answers could be worked out (see
    `member_results`)."""
    if isinstance(report, SurveyReport):
        return _survey_for_member(bot, asked, report)
    return _answers_for_member(bot, asked, report) if isinstance(report, Report) else report


def _survey_for_member(bot: Bot, asked: Asked, report: SurveyReport) -> SurveyReport:
    """A survey of several items as a member sees it: up to the end of the last week that is over."""
    if report.survey.employees:
        return report
    query, until = asked.query, member_results.week_after(asked.now, asked.query.period.timezone)
    if query.period.end > until and query.period.kind is not Kind.WEEK:  # a week is shown with its values when it ends
        report = survey_facts.report(bot.database.reader, query, max(until, query.period.start) - TICK)
    user = asked.rights.user
    about = [replace(query, about=item.metric, by=None) for item in report.items]
    own = [replace(each, filters={**each.filters, "agent": user}) for each in about]
    return survey_report.for_member(
        report, [_released(bot, asked, each) for each in about],
        f"agent:{user}", own=query.by == "agent" and all(_released(bot, asked, each).current for each in own),
    )  # fmt: skip


def _released(bot: Bot, asked: Asked, query: Query) -> Released:
    """Which results of a question's report may be shown to a member: those up to the last week that is over."""
    until = member_results.week_after(asked.now, query.period.timezone)
    found = member_facts.read(bot.database.reader, query, asked.rights.user, asked.now)
    own = "agent" in query.filters
    spans = ((period.start, min(period.end, until)) for period in (query.period, query.beside))
    current, previous = (Shown(*span, own) in found for span in spans)
    return Released(current, previous)


def _answers_for_member(bot: Bot, asked: Asked, report: Report) -> Report:
    if report.metric.employees:
        return disclosure.for_member(report, Released(not report.current.withheld, not report.previous.withheld))
    db, query, now = bot.database.reader, asked.query, asked.now
    until = member_results.week_after(now, query.period.timezone)
    released = _released(bot, asked, query)
    if query.period.end > until and query.period.kind is Kind.WEEK:
        shown = member_facts.running_week(db, query, now)
        released = replace(released, current=shown is not None)
        report = shown or report
    elif query.period.end > until:
        report = build.answers(db, query, max(until, query.period.start) - TICK)
    if query.by == "agent":
        report = _with_own_part(bot, asked, report)
    return disclosure.for_member(report, released)


def _with_own_part(bot: Bot, asked: Asked, report: Report) -> Report:
    """A split by agents, with nothing but the member's own figures, as they see them without the split."""
    filters = {**asked.query.filters, "agent": asked.rights.user}
    query = replace(asked.query, by=None, filters=filters)
    own = _answers_for_member(bot, replace(asked, query=query), build.answers(bot.database.reader, query, asked.now))
    parts = tuple(
        part if part.estimate == own.estimate else replace(part.hidden(), n=own.n, estimate=own.estimate)
        for part in report.segments or ()
        if part.key == f"agent:{asked.rights.user}"
    )
    return replace(report, segments=parts)


def question(bot: Bot, user: str, channel: str, request: Request, *, as_member: bool = False) -> Asked:
    """The question that a person asked in a channel, about their team if they name none; with `as_member`, as a member
    asks it who doesn't lead. Raises NotAllowed if the person may not ask this, UsageError for a period or team that
    does not exist."""
    rights = bot.rights(user)
    teams = bot.teams()
    implied = "team" not in request.filters
    team = None
    if not implied:
        team = access.team_named(rights, teams, request.filters["team"])
    elif not rights.admin and request.about != CHURN:  # the file of customers knows no teams
        team = _own_team(rights, channel)
    if team is not None:
        request = replace(request, filters={**request.filters, "team": team.name})
    if as_member:
        rights = rights.without_leading()
    request = named.in_words_of_file(request, bot.database.reader, bot.catalogue())
    request = named.with_agent(
        request, bot.database.reader, bot.directory, user, teams if team is None else [team],
        alone=not rights.leads(team),
    )  # fmt: skip
    now = bot.clock()
    # Employees' periods are the same for everybody: hours between two zones would tell of those who answered then.
    zone = bot.timezone if answered_by_employees(request.about) else bot.zone(team)
    query = _query(request, team, now, zone)
    _check_agents(query, rights, team)
    if not rights.leads(team):
        disclosure.check_member(query)
    # Members see the same answers whether they name the team or not: they could subtract one from the other.
    alone = team is not None and len(teams) == 1
    named.check(bot.database.reader, query, None if rights.admin or alone else team)
    query = replace(query, unassigned=alone and (implied or not rights.leads(team)))
    return Asked(query, now, rights, team)


def ask_as_admin(db: Connection, metric: str, words: str, now: datetime, timezone: str) -> Measured:
    """The report as an admin sees it. `timezone` applies if no team is named. Raises UsageError if the words make no
    question."""
    request = read(words, metric, vocabulary(), surveys.catalogue(db))
    return build.report(db, question_of_admin(db, request, now, timezone), now)


def question_of_admin(db: Connection, request: Request, now: datetime, timezone: str) -> Query:
    """The question that an admin asks. Raises UsageError for a period or team that does not exist."""
    request = named.in_words_of_file(request, db, surveys.catalogue(db))
    name = request.filters.get("team")
    team = None if name is None else access.with_name(teams.every(db), name)
    own = team is not None and not answered_by_employees(request.about)
    query = _query(request, team, now, team.timezone if team and own else timezone)
    named.check(db, query)
    return query


def _query(request: Request, team: Team | None, now: datetime, timezone: str) -> Query:
    """The question of a request. If it names no metric, it is about the team's survey, or about NPS."""
    if request.about is None:
        request = replace(request, about=team.survey.first.metric if team else NPS)
    return resolve(request, now, timezone)


def explain(bot: Bot, user: str, channel: str, metric: str, words: str) -> tuple[Explained, Language]:
    """A report with the details of how it is counted, and the language for it. Raises the same errors as `ask`."""
    report, language = ask(bot, user, channel, metric, words)
    has_rows = _has_rows(report) and report.n > 0 and _leads(bot, user, report)
    return Explained(report, left_out(bot.database.reader, report, bot.clock()), has_rows), language


def left_out(db: Connection, report: Measured, now: datetime) -> Mapping[str, int]:
    """The number of scores in a report's period that don't count, by reason. Empty unless the report is about a
    metric."""
    return answer_rows.left_out(db, report, now) if isinstance(report, Report) else {}


def rows(bot: Bot, user: str, channel: str, metric: str, words: str) -> str:
    """The answers of a report as CSV, for leads; "" if there are none to list. Raises NotAllowed for everybody else. A
    customer is named only if they asked to be contacted."""
    report, _ = ask(bot, user, channel, metric, words)
    if not _leads(bot, user, report):
        raise NotAllowed(N_("Only the team's leads see single answers."))
    if not _has_rows(report) or not report.n:
        return ""
    return answer_rows.as_csv(answer_rows.answers(bot.database.reader, report, bot.clock()))


def _has_rows(report: Measured) -> TypeGuard[Report]:
    """Whether the report is about answers that can be listed."""
    return isinstance(report, Report) and not report.metric.employees


def _leads(bot: Bot, user: str, report: Measured) -> bool:
    """Whether a person leads the team that a report is about."""
    team = next((team for team in bot.teams() if team.name == report.query.filters.get("team")), None)
    return bot.rights(user).leads(team)


def _own_team(rights: Rights, channel: str) -> Team:
    """The team that a person means if they name none: the channel's, or else their only one."""
    here = [team for team in rights.teams if channel in (team.channel, team.leads_channel, *team.source_channels)]
    if len(here) == 1 or len(rights.teams) == 1:
        return (here or list(rights.teams))[0]
    raise UsageError(
        N_("There are several teams. Say which one: %(teams)s."),
        teams=typed_filters("team", (team.name for team in rights.teams)),
    )


def _check_agents(query: Query, rights: Rights, team: Team | None) -> None:
    """Agents see their own figures. Leads see every agent's, and nobody does if agents are not stored."""
    about_agents = query.by == "agent" or "agent" in query.filters
    about_people = query.by == "customer" or "customer" in query.filters
    if rights.leads(team):
        return
    if about_people:
        raise NotAllowed(N_("Only the team's leads see single customers' answers."))
    if not about_agents:
        return
    if team is not None and team.agents != "own":
        raise NotAllowed(N_("In this team only the leads see agents' figures."))
    if query.filters.get("agent", rights.user) != rights.user:
        raise NotAllowed(
            N_("You can see your own figures: `%(agent)s:%(me)s`."),
            agent=Typed("agent", QUERY_WORDS), me=Typed(named.ME, QUERY_WORDS),
        )  # fmt: skip


def _check_enough(report: Measured, rights: Rights) -> None:
    """A report on an agent needs enough answers to be fair."""
    agent = report.query.filters.get("agent")
    if agent not in (None, rights.user) and report.n < LEAST_FOR_LEADS:
        raise NotAllowed(
            N_("An agent's figures are shown from %(least)s answers on; in this period there are %(n)s."),
            least=LEAST_FOR_LEADS, n=report.n,
        )  # fmt: skip


def _visible(report: Measured, rights: Rights, team: Team | None) -> Measured:
    """The report without what the person may not see. Leads see an agent's figures if there are at least 10 answers."""
    if isinstance(report, View) or report.segments is None or report.query.by != "agent":
        return report
    if rights.leads(team):
        return report.showing(least=LEAST_FOR_LEADS)
    return report.showing(only=frozenset({f"agent:{rights.user}"}))
