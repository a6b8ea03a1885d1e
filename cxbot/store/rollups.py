"""What the monthly roll-up over teams asks of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cxbot.core import rollups
from cxbot.core.measure import Metric
from cxbot.core.periods import Period
from cxbot.core.queries import Query
from cxbot.core.rollups import Line, RollUp
from cxbot.core.teams import Team
from cxbot.store import figures, teams
from cxbot.store.connection import Connection


def gather(db: Connection, team: Team, month: Period, now: datetime) -> RollUp:
    """Everything that the roll-up which a team reads says about a month: of every team, by the metric of its survey,
    and of all answers to the metrics of several teams."""
    every = [_line(db, each.name, each.survey.first.metric, month, now) for each in teams.every(db)]
    lines = rollups.listed(team, every)
    together = [_line(db, "", metric, month, now) for metric in rollups.shared(lines)]
    return rollups.build(team, month, lines, together)


def _line(db: Connection, team: str, metric: Metric, month: Period, now: datetime) -> Line:
    filters: Mapping[str, str] = {"team": team} if team else {}
    query = Query(about=metric, period=month, filters=filters, by=None, versus=None)
    facts = figures.facts(db, query, now)
    weeks = figures.weeks_until(db, metric, filters, month, facts.kind, now)
    return rollups.line(team, query, facts, weeks, now)
