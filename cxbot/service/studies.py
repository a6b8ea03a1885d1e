"""Studies: how many answers it takes to see a change, and what a change on a day has done."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from cxbot.core.calendar import periods
from cxbot.core.figures import planning
from cxbot.core.figures.before_after import BeforeAfter
from cxbot.core.figures.planning import Plan
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries import comparison
from cxbot.core.queries import planning as words
from cxbot.core.queries.comparison import Wanted
from cxbot.core.queries.query import Query, read
from cxbot.errors import N_, UsageError
from cxbot.language import Language, vocabulary
from cxbot.service import access, reporting
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import surveys
from cxbot.store.reports import before_after_facts, metric_facts

WEEKS = 12  # complete ones, whose answers show the spread, together with the running one
PACE = 4  # complete weeks that show how many answers there are in a week


def plan(bot: Bot, user: str, channel: str, text: str) -> tuple[Plan, Language]:
    """The plan that a person asked for in a channel, and the language for it. Raises the errors of `reporting.ask`."""
    wanted = words.read(text)
    request = read(wanted.filters, wanted.metric, vocabulary(), bot.catalogue())
    asked = reporting.question(bot, user, channel, request)
    access.require_lead(asked.rights, asked.team)
    return _plan(bot.database.reader, asked.query, wanted.points, None, asked.now), bot.language_for(user, asked.team)


def plan_as_admin(db: Connection, text: str, per_week: float | None, now: datetime, timezone: str) -> Plan:
    """The plan as an admin sees it. `per_week` is the number of answers a week; None for that of the last weeks."""
    wanted = words.read(text)
    request = read(wanted.filters, wanted.metric, vocabulary(), surveys.catalogue(db))
    query = reporting.question_of_admin(db, request, now, timezone)
    return _plan(db, query, wanted.points, per_week, now)


def _plan(db: Connection, query: Query, points: float, per_week: float | None, now: datetime) -> Plan:
    metric = _metric(query)
    tz = query.period.timezone
    weeks = [*periods.last_weeks(WEEKS, now, tz), periods.week_of(now, tz)]
    slices = metric_facts.by_week(db, metric, query.filters, weeks, now, unassigned=query.unassigned)
    counts: Counter[int] = Counter()
    for part in slices:
        counts.update(part.counts)
    *complete, running = slices
    pace = sum(part.n for part in complete[-PACE:]) / PACE or running.n
    return planning.plan(metric, points, counts, pace if per_week is None else per_week)


def compare(bot: Bot, user: str, channel: str, text: str) -> tuple[BeforeAfter, Language]:
    """The comparison before and after a day that a person asked for, and the language for it. Raises the errors of
    `reporting.ask`."""
    wanted = comparison.read(text, vocabulary(), bot.catalogue())
    asked = reporting.question(bot, user, channel, wanted.request)
    access.require_lead(asked.rights, asked.team)
    if wanted.against:
        access.team_named(asked.rights, bot.teams(), wanted.against)  # raises if the person may not see it
    return _compare(bot.database.reader, asked.query, wanted, asked.now), bot.language_for(user, asked.team)


def compare_as_admin(db: Connection, text: str, now: datetime, timezone: str) -> BeforeAfter:
    """The comparison as an admin sees it."""
    wanted = comparison.read(text, vocabulary(), surveys.catalogue(db))
    query = reporting.question_of_admin(db, wanted.request, now, timezone)
    return _compare(db, query, wanted, now)


def _compare(db: Connection, query: Query, wanted: Wanted, now: datetime) -> BeforeAfter:
    _metric(query)
    since = comparison.day_of(wanted, now, query.period.timezone)
    return before_after_facts.compare(db, query, since, wanted.name, wanted.against, now)


def _metric(query: Query) -> Metric:
    """The metric of a question. Raises UsageError if it is about something else."""
    if not isinstance(query.about, Metric) or query.about.employees or query.by or query.versus:
        raise UsageError(
            N_("This takes a metric that customers answer, such as nps, csat or ces, and filters such as `team:`; "
               "nothing else.")
        )  # fmt: skip
    return query.about
