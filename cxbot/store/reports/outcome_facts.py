"""The facts of the outcome report: what became of customers, beside their latest answers."""

from __future__ import annotations

from datetime import date, datetime

from cxbot.core.calendar.periods import local_date
from cxbot.core.queries.query import Query
from cxbot.core.reports import outcome_report
from cxbot.core.reports.outcome_report import Outcomes, Respondents
from cxbot.errors import N_, UsageError
from cxbot.store.counts import selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, rows
from cxbot.store.engine.times import moment

# The day of the answer only matters for customers who were lost.
LATEST = (
    "SELECT score, known, lost_on, repeat_purchases, money, at, COUNT(*) AS n FROM (SELECT a.score, "
    "CASE WHEN c.customer IS NULL THEN 0 ELSE 1 END AS known, c.lost_on, c.repeat_purchases, c.money, "
    "CASE WHEN c.lost_on IS NULL THEN NULL ELSE a.answered_at END AS at FROM (SELECT customer, score, answered_at, "
    "ROW_NUMBER() OVER (PARTITION BY customer ORDER BY answered_at DESC, id DESC) AS place FROM ratings "
    "WHERE {answered} AND customer != 0) AS a LEFT JOIN customers c ON c.customer = a.customer "
    "WHERE a.place = 1) AS latest GROUP BY 1, 2, 3, 4, 5, 6"
)


def report(db: Connection, query: Query, now: datetime) -> Outcomes:
    """The outcomes of the customers who answered in a period, by their latest answer in it."""
    if "customer" in query.filters:
        raise UsageError(N_("Outcomes are about groups of customers, not about one: leave `customer:` out."))
    chosen = selection.of(db, query, now)
    latest = rows(db, LATEST.format(answered=chosen.answered), **chosen.values)
    zone = query.period.timezone
    respondents = [_respondents(group, zone) for group in latest if group["known"]]
    unknown = sum(group["n"] for group in latest if not group["known"])
    return outcome_report.build(query, now, local_date(now, zone), respondents, unknown)


def _respondents(group: Row, zone: str) -> Respondents:
    at = moment(group["at"])
    return Respondents(
        score=group["score"],
        answered_on=None if at is None else local_date(at, zone),
        lost_on=None if group["lost_on"] is None else date.fromisoformat(group["lost_on"]),
        repeat_purchases=group["repeat_purchases"],
        money=group["money"],
        n=group["n"],
    )
