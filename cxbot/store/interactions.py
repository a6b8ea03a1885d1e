"""Interactions that were closed: how long they took, and whether the customer came back about the same topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlite_utils import Database as Connection

from cxbot.core.metrics import FCR
from cxbot.core.operations import OperationReport, Times, handling_report
from cxbot.core.queries import Query
from cxbot.core.resolution import REPEAT_WINDOW, Disagreement, Issue, Observed, disagreement, observed
from cxbot.store.database import moment, rows
from cxbot.store.scope import VISIBLE, Scope, Span, column, known
from cxbot.store.transfers import published

# One interaction can have several rows, one for each question asked about it.
HANDLED = (
    "SELECT {by} AS part, MAX(handling_seconds) AS seconds FROM ratings WHERE closed_at >= :start AND closed_at < :end "
    f"AND handling_seconds IS NOT NULL AND {VISIBLE}{{where}} GROUP BY external_id ORDER BY 2"
)
# A repeat counts whoever takes it: filters are for the interaction, not for what followed.
FOLLOWED = (
    "SELECT id, part, stated, closed, following FROM (SELECT external_id AS id, MIN({by}) AS part, "
    "MAX(CASE WHEN metric = 'fcr' THEN score END) AS stated, MAX(closed_at) AS closed, MAX({chosen}) AS chosen, "
    "LEAD(MIN(COALESCE(opened_at, closed_at))) OVER (PARTITION BY customer, topic "
    "ORDER BY MIN(COALESCE(opened_at, closed_at)), external_id) AS following "
    f"FROM ratings WHERE closed_at >= :start AND customer != '' AND {VISIBLE} GROUP BY external_id, customer, topic) "
    "AS contacts WHERE closed < :end AND chosen = 1"
)


def report(db: Connection, query: Query, now: datetime) -> OperationReport:
    """The report on handling times, with the reopen rate beside them."""
    scope = Scope(FCR, query.filters, published(db), query.unassigned)
    current, previous = (known(period, now) for period in (query.period, query.versus or query.period.previous()))
    groups = None
    if query.by is not None:
        groups = _times(db, scope, current, now, query.by)
    return handling_report(
        query,
        now,
        _times(db, scope, current, now).get("", Times()),
        _times(db, scope, previous, now).get("", Times()),
        groups,
    )


def _times(db: Connection, scope: Scope, span: Span, now: datetime, by: str = "") -> dict[str, Times]:
    """The handling times per part, `""` for all where there is no split."""
    seconds: dict[str, list[float]] = defaultdict(list)
    where, _ = scope.where()
    for found in rows(db, HANDLED.format(by=f"MIN({column(by)})", where=where), **scope.values(span)):
        seconds[_named(found["part"], by)].append(found["seconds"])
    issues: dict[str, list[Issue]] = defaultdict(list)
    for part, issue in _followed(db, scope, span, by):
        issues[_named(part, by)].append(issue)
    parts = seconds.keys() | issues.keys()
    return {part: Times(seconds[part], observed(issues[part], REPEAT_WINDOW, now)) for part in parts}


def _named(part: str, by: str) -> str:
    return part or ("—" if by else "")


def _followed(db: Connection, scope: Scope, span: Span, by: str = "") -> Iterator[tuple[str, Issue]]:
    where, _ = scope.where()
    sql = FOLLOWED.format(by=column(by), chosen=f"CASE WHEN 1 = 1{where} THEN 1 ELSE 0 END")
    for found in rows(db, sql, **scope.values(span)):
        closed = moment(found["closed"])
        assert closed is not None
        yield found["part"], Issue(found["id"], closed, moment(found["following"]), found["stated"])


def resolution(db: Connection, query: Query, now: datetime) -> tuple[Observed, tuple[Disagreement, ...]]:
    """First-contact resolution as observed in a period: no repeat contact by the same customer about the same topic
    within 7 days; and the interactions where the customer said something else."""
    scope = Scope(FCR, query.filters, published(db), query.unassigned)
    issues = [issue for _, issue in _followed(db, scope, known(query.period, now))]
    differing = (disagreement(issue, REPEAT_WINDOW, now) for issue in issues)
    return observed(issues, REPEAT_WINDOW, now), tuple(each for each in differing if each is not None)
