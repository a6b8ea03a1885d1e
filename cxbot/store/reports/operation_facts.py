"""The facts of the handling-time report: closed interactions, their duration, and whether the customer came back."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from cxbot.core.calendar import periods
from cxbot.core.figures.first_contact import REPEAT_WINDOW, Disagreement, Issue, Observed, disagreement, observed
from cxbot.core.metrics.shipped import FCR
from cxbot.core.queries.query import Query
from cxbot.core.reports.operation_report import (
    Before,
    HandlingFacts,
    OperationFacts,
    OperationReport,
    Times,
    handling_report,
)
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.core.signals.control_charts import Group
from cxbot.store.counts import handling_times
from cxbot.store.counts.interactions import NEWEST, SECONDS, closed
from cxbot.store.counts.scope import Scope, Span, column, known, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import cached_if_settled
from cxbot.store.engine.statements import one_view, tuples
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import incidents, names
from cxbot.store.records.published import VISIBLE

ROW = "id, customer, topic, COALESCE(opened_at, closed_at) AS began, external_id, closed_at"
# Each chosen interaction with the next contact of its customer about the same topic, if any. It counts, no matter which
# agent or team takes it: filters are about the interaction, not about the contacts that follow. What begins after
# `soon` can't be a repeat contact of anything closed in the span. Among the later contacts of a customer are those of
# the span only if a filter may have left them out.
FOLLOWED = (
    f"WITH mine AS MATERIALIZED (SELECT {ROW}, {{by}} AS part FROM ratings WHERE {{closed}} AND customer != 0), "
    f"others AS (SELECT {ROW} FROM (SELECT DISTINCT customer AS who FROM mine) AS concerned CROSS JOIN ratings "
    "WHERE customer = who AND customer != 0 AND closed_at >= {since} AND COALESCE(opened_at, closed_at) < :soon "
    f"AND {VISIBLE} AND {NEWEST} AND id NOT IN (SELECT id FROM mine)), "
    "contacts AS (SELECT *, 1 AS chosen FROM mine UNION ALL SELECT *, '' AS part, 0 AS chosen FROM others), "
    "followed AS (SELECT part, chosen, external_id, closed_at, LEAD(began) OVER (PARTITION BY customer, topic "
    "ORDER BY began, external_id) AS following FROM contacts) "
)


def report(db: Connection, query: Query, now: datetime) -> OperationReport:
    """The report on handling times, with the reopen rate."""
    return handling_report(query, facts(db, query, now), now)


def facts(db: Connection, query: Query, now: datetime) -> HandlingFacts:
    """Everything from which the report on handling times is built, read in one consistent view of the file."""
    with one_view(db):
        return _facts(db, query, now)


def _facts(db: Connection, query: Query, now: datetime) -> HandlingFacts:
    scope = scope_of(db, FCR, query.filters, unassigned=query.unassigned)
    current, previous = (known(period, now) for period in (query.period, query.versus or query.period.previous()))
    groups = None
    if query.by is not None:
        groups = _times(db, scope, current, now, query.by)
    return OperationFacts(
        _times(db, scope, current, now).get("", Times()),
        _times(db, scope, previous, now).get("", Times()),
        groups,
        _before(db, scope, query, now),
    )


def _before(db: Connection, scope: Scope, query: Query, now: datetime) -> Before[Group]:
    """The weeks by which a complete period is judged."""
    period = query.period
    if not period.complete(now):
        return Before()
    weeks = periods.last_weeks(HISTORY_WEEKS, period.start, period.timezone)
    question = ("handling", scope.identity, period.start, period.timezone)

    def find() -> list[Group]:
        return handling_times.by_week(db, scope, weeks)

    sums = cached_if_settled(db, question, period.start, now, find)
    return Before(zip(weeks, sums, strict=True), incidents.about(db, query.filters.get("team", "")))


def _times(db: Connection, scope: Scope, span: Span, now: datetime, by: str = "") -> dict[str, Times]:
    """The handling times by part; `""` is everything if there is no split."""
    seconds: dict[object, Counter[float]] = defaultdict(Counter)
    for part, time, n in tuples(db, HANDLED.format(by=column(by), closed=closed(scope)), scope.values(span)):
        seconds[part][time] = n
    followed = _followed(db, scope, span, now, by)
    shown = names.of(db, by, seconds.keys() | followed.keys())
    return {
        name or ("—" if by else ""): Times(seconds[part], followed.get(part, Observed(0, 0, 0)))
        for part, name in shown.items()
        if part in seconds or part in followed
    }


HANDLED = (
    f"SELECT part, seconds, COUNT(*) FROM (SELECT {{by}} AS part, {SECONDS} AS seconds FROM ratings WHERE {{closed}}) "
    "AS handled WHERE seconds IS NOT NULL GROUP BY 1, 2"
)


def _followed(db: Connection, scope: Scope, span: Span, now: datetime, by: str = "") -> dict[object, Observed]:
    """By part: how many of the interactions closed in the span had a repeat contact. SQL counts those without any
    further contact, which are most."""
    result: dict[object, Observed] = defaultdict(lambda: Observed(0, 0, 0))
    sql = (
        f"{_contacts(scope, by)} SELECT part, following, MIN(closed_at), COUNT(*) FROM followed WHERE chosen = 1 "
        "GROUP BY part, following, CASE WHEN following IS NULL THEN NULL ELSE closed_at END, closed_at <= :settled"
    )
    values = {**scope.values(span), "soon": stamp(span[1] + REPEAT_WINDOW), "settled": stamp(now - REPEAT_WINDOW)}
    for part, following, closed_at, n in tuples(db, sql, values):
        at = moment(closed_at)
        assert at is not None
        result[part] += observed([Issue("", at, moment(following))], REPEAT_WINDOW, now).times(n)
    return result


def _contacts(scope: Scope, by: str) -> str:
    since = ":start" if scope.filters else ":end"
    return FOLLOWED.format(by=column(by), closed=closed(scope), since=since)


def resolution(db: Connection, query: Query, now: datetime) -> tuple[Observed, tuple[Disagreement, ...]]:
    """First-contact resolution as observed in a period (no repeat contact by the same customer about the same topic
    within 7 days), and the interactions for which the customer stated something else."""
    scope = scope_of(db, FCR, query.filters, unassigned=query.unassigned)
    span = known(query.period, now)
    seen = _followed(db, scope, span, now)
    sql = (
        f"{_contacts(scope, '')} SELECT followed.external_id, followed.closed_at, following, score FROM followed "
        "JOIN ratings ON ratings.external_id = followed.external_id AND metric = :metric AND score IS NOT NULL "
        f"AND {VISIBLE} WHERE chosen = 1 ORDER BY followed.external_id"
    )
    differing = []
    for external_id, closed_at, following, stated in tuples(
        db, sql, {**scope.values(span), "soon": stamp(span[1] + REPEAT_WINDOW)}
    ):
        at = moment(closed_at)
        assert at is not None
        differing.append(disagreement(Issue(external_id, at, moment(following), stated), REPEAT_WINDOW, now))
    return sum(seen.values(), Observed(0, 0, 0)), tuple(each for each in differing if each is not None)
