"""The facts of the churn report: when customers started and were lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period, local_date, monday
from cxbot.core.figures.churn import Customers, by_week
from cxbot.core.metrics.operational import CHURN
from cxbot.core.queries.query import Query
from cxbot.core.reports.operation_report import Before, OperationFacts, OperationReport, check, churn_report
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows
from cxbot.store.records import incidents, names

ACTIVE = "started_on < :first AND (lost_on IS NULL OR lost_on >= :first)"
COUNTED = (
    f"SELECT {{by}} AS part, COUNT(CASE WHEN {ACTIVE} THEN 1 END) AS active, "
    f"COUNT(CASE WHEN {ACTIVE} AND lost_on < :until THEN 1 END) AS lost, "
    f"SUM(CASE WHEN {ACTIVE} THEN julianday(MIN(COALESCE(lost_on, :until), :until)) - julianday(:first) END) AS days, "
    "COUNT(CASE WHEN started_on >= :first AND started_on < :until AND (lost_on IS NULL OR lost_on >= :until) "
    "THEN 1 END) AS joined FROM customers WHERE 1 = 1{where} GROUP BY 1"
)

DATES = "SELECT started_on, lost_on, COUNT(*) AS n FROM customers WHERE 1 = 1{where} GROUP BY 1, 2"


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
    where, values = _where(db, query)
    stays = (
        (date.fromisoformat(stay["started_on"]), stay["lost_on"] and date.fromisoformat(stay["lost_on"]), stay["n"])
        for stay in rows(db, DATES.format(where=where), **values)
    )
    return Before(zip(weeks, by_week(stays, [monday(week) for week in weeks]), strict=True), incidents.about(db, ""))


def _dates(period: Period, now: datetime) -> tuple[date, date]:
    """The period's first day and the day after its last one, without days that lie in the future."""
    begun = local_date(now, period.timezone) + timedelta(days=1)
    first = monday(period)
    return first, max(first, min(first + timedelta(days=period.days), begun))


def _counted(db: Connection, query: Query, dates: tuple[date, date], by: str = "") -> dict[str, Customers]:
    where, filters = _where(db, query)
    values = {"first": dates[0].isoformat(), "until": dates[1].isoformat(), **filters}
    counted = rows(db, COUNTED.format(by=by or "''", where=where), **values)
    shown = names.of(db, by, (counts["part"] for counts in counted))
    return {
        shown[counts["part"]] or ("—" if by else ""): Customers(
            counts["active"], counts["lost"], counts["joined"], (counts["days"] or 0.0) / 7
        )
        for counts in counted
    }


def _where(db: Connection, query: Query) -> tuple[str, Mapping[str, int | str]]:
    return "".join(f" AND {name} = :{name}" for name in query.filters), names.filters(db, query.filters)
