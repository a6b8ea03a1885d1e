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
    added,
    handling_report,
)
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.core.signals.control_charts import Group
from cxbot.store.counts import handling_times
from cxbot.store.counts.scope import Scope, Span, column, known, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view, tuples
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import incidents, names
from cxbot.store.records.closes import ABOUT_IT, CALLED, FOLLOWING, SECONDS
from cxbot.store.records.published import VISIBLE

# Most interactions have no further contact: these are counted together, apart from those that may still get one.
CLOSED = (
    f"WITH closes AS MATERIALIZED (SELECT {{by}} AS part, {SECONDS} AS seconds, {FOLLOWING} AS following, "
    "customer != 0 AS known, closed_at FROM ratings WHERE {closed}) "
    "SELECT part, seconds, following, known, MIN(closed_at), COUNT(*) FROM closes "
    "GROUP BY part, seconds, following, known, CASE WHEN following IS NULL THEN NULL ELSE closed_at END, "
    "closed_at <= :settled"
)


NONE = Observed(0, 0, 0)


def report(db: Connection, query: Query, now: datetime) -> OperationReport:
    """The report on handling times, with the reopen rate."""
    return handling_report(query, facts(db, query, now), now)


def facts(db: Connection, query: Query, now: datetime) -> HandlingFacts:
    """Everything from which the report on handling times is built, read in one consistent view of the file."""
    with one_view(db):
        return _facts(db, query, now)


def _facts(db: Connection, query: Query, now: datetime) -> HandlingFacts:
    scope = scope_of(db, FCR, query.filters, unassigned=query.unassigned)
    current, previous = (known(period, now) for period in (query.period, query.beside))
    groups = None if query.by is None else _times(db, scope, current, now, query.by)
    whole = _times(db, scope, current, now) if groups is None else {"": added(groups.values())}
    return OperationFacts(
        whole.get("", Times()),
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
    sums = handling_times.by_week(db, scope, weeks)
    return Before(zip(weeks, sums, strict=True), incidents.about(db, query.filters.get("team", "")))


def _times(db: Connection, scope: Scope, span: Span, now: datetime, by: str = "") -> dict[str, Times]:
    """The handling times by part; `""` is everything if there is no split."""
    seconds: dict[object, Counter[float]] = defaultdict(Counter)
    followed: dict[object, Observed] = defaultdict(lambda: NONE)
    sql = CLOSED.format(by=column(by), closed=scope.closed())
    for part, time, following, person, closed_at, n in tuples(db, sql, _values(scope, span, now)):
        if time is not None:
            seconds[part][time] += n
        if person:
            followed[part] += observed([_issue("", closed_at, following)], REPEAT_WINDOW, now).times(n)
    shown = names.of(db, by, seconds.keys() | followed.keys())
    return {
        name or ("—" if by else ""): Times(seconds.get(part, {}), followed.get(part, NONE))
        for part, name in shown.items()
        if part in seconds or part in followed
    }


def _values(scope: Scope, span: Span, now: datetime) -> dict[str, object]:
    return {
        **scope.values(span),
        "soon": stamp(span[1] + REPEAT_WINDOW),
        "settled": stamp(now - REPEAT_WINDOW),
    }


def _issue(external_id: str, closed_at: str, following: str | None, stated: int | None = None) -> Issue:
    at = moment(closed_at)
    assert at is not None
    return Issue(external_id, at, moment(following), stated)


def resolution(db: Connection, query: Query, now: datetime) -> tuple[Observed, tuple[Disagreement, ...]]:
    """First-contact resolution as observed in a period (no repeat contact by the same customer about the same topic
    within 7 days), and the interactions for which the customer stated something else."""
    scope = scope_of(db, FCR, query.filters, unassigned=query.unassigned)
    span = known(query.period, now)
    everything = _times(db, scope, span, now).get("", Times())
    stated = tuples(db, STATED.format(closed=scope.closed()), _values(scope, span, now))
    differing = (disagreement(_issue(*issue), REPEAT_WINDOW, now) for issue in stated)
    return everything.followed, tuple(each for each in differing if each is not None)


# The metric is hidden from the planner: by its index every answer of the metric would be read for every close.
SAID = (
    f"SELECT said.score FROM ratings AS said WHERE said.external_id IN {ABOUT_IT} "
    f"AND COALESCE(said.metric, :metric) = :metric AND said.score IS NOT NULL AND {VISIBLE}"
)
STATED = (
    f"SELECT {CALLED} AS id, closed_at, {FOLLOWING} AS following, ({SAID} ORDER BY said.id DESC LIMIT 1) AS stated "
    f"FROM ratings WHERE {{closed}} AND customer != 0 AND EXISTS ({SAID}) ORDER BY id"
)
