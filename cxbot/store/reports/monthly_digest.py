"""The facts of the monthly roll-up over teams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cxbot.core.calendar.periods import Period
from cxbot.core.digests import monthly
from cxbot.core.digests.monthly import Line, RollUp
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.teams.team import Team
from cxbot.store.engine.connection import Connection
from cxbot.store.records import teams
from cxbot.store.reports import member_facts, metric_facts


def gather(db: Connection, team: Team, month: Period, now: datetime, *, for_members: bool = False) -> RollUp:
    """The roll-up of a month for a team: every team by the metric of its survey, and all answers to metrics of
    several teams. With `for_members`, with the scores as the months ended (see `member_facts.as_they_ended`)."""
    of_teams = [(each.name, each.survey.first.metric) for each in teams.every(db)]
    every = [_line(db, name, metric, month, now, for_members) for name, metric in of_teams]
    lines = monthly.listed(team, every)
    together = [_line(db, "", metric, month, now, for_members) for metric in monthly.shared(lines)]
    return monthly.build(team, month, lines, together)


def _line(db: Connection, team: str, metric: Metric, month: Period, now: datetime, for_members: bool) -> Line:
    filters: Mapping[str, str] = {"team": team} if team else {}
    query = Query(about=metric, period=month, filters=filters, by=None, versus=None)
    facts = metric_facts.facts(db, query, now)
    if for_members:
        facts = member_facts.as_they_ended(db, query, facts)
    weeks = metric_facts.weeks_until(db, metric, filters, month, now)
    return monthly.line(team, query, facts, weeks, now)
