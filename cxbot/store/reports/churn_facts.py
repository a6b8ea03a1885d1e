"""The facts of the churn report: when customers started and were lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period, local_date, monday
from cxbot.core.figures.churn import Customers, by_week, within
from cxbot.core.metrics.operational import CHURN
from cxbot.core.queries.query import Query
from cxbot.core.reports.operation_report import Before, OperationFacts, OperationReport, check, churn_report
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows
from cxbot.store.records import incidents, names

STAYS = (
    "SELECT {by} AS part, started_on, lost_on, COUNT(*) AS n FROM customers "
    "WHERE (lost_on IS NULL OR lost_on >= :first){where} GROUP BY 1, 2, 3"
)


def report(db: Connection, query: Query, now: datetime) -> OperationReport:
    """The report on churn. Raises UsageError for a filter that is not about customers."""
    check(CHURN, query)
    current, previous = (_dates(period, now) for period in (query.period, query.beside))
    facts = OperationFacts(
        _counted(db, query, current).get("", Customers()),
        _counted(db, query, previous).get("", Customers()),
        None if query.by is None else _counted(db, query, current, query.by),
        _before(db, query) if query.period.complete(now) else Before(),
    )
    return churn_report(query, facts, now)


def _before(db: Connection, query: Query) -> Before[Customers]:
    """The weeks by which a complete period is judged."""
    weeks = periods.last_weeks(HISTORY_WEEKS, query.period.start, query.period.timezone)
    mondays = [monday(week) for week in weeks]
    stays = _stays(db, query, mondays[0]).get("", [])
    return Before(zip(weeks, by_week(stays, mondays), strict=True), incidents.about(db, ""))


def _dates(period: Period, now: datetime) -> tuple[date, date]:
    """The period's first day and the day after its last one, without days that lie in the future."""
    begun = local_date(now, period.timezone) + timedelta(days=1)
    first = monday(period)
    return first, max(first, min(first + timedelta(days=period.days), begun))


def _counted(db: Connection, query: Query, dates: tuple[date, date], by: str = "") -> dict[str, Customers]:
    return {
        name or ("—" if by else ""): within(stays, *dates) for name, stays in _stays(db, query, dates[0], by).items()
    }


def _stays(db: Connection, query: Query, first: date, by: str = "") -> dict[str, list[tuple[date, date | None, int]]]:
    """For each part: how many customers began and were lost on which days, but for those who were lost before a day."""
    where, filters = _where(db, query)
    found: dict[object, list[tuple[date, date | None, int]]] = defaultdict(list)
    for stay in rows(db, STAYS.format(by=by or "''", where=where), first=first.isoformat(), **filters):
        left = None if stay["lost_on"] is None else date.fromisoformat(stay["lost_on"])
        found[stay["part"]].append((date.fromisoformat(stay["started_on"]), left, stay["n"]))
    shown = names.of(db, by, found)
    return {shown[part]: stays for part, stays in found.items()}


def _where(db: Connection, query: Query) -> tuple[str, Mapping[str, int | str]]:
    return "".join(f" AND {name} = :{name}" for name in query.filters), names.filters(db, query.filters)
