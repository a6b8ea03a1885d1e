"""Sums of handling times in seconds by week, for the verdict."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from cxbot.core.calendar.periods import Period
from cxbot.core.signals.control_charts import NOTHING, Group, added
from cxbot.store.counts.scope import Scope, Span, whole_days
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows, tables_of, tuples
from cxbot.store.engine.times import day, stamp
from cxbot.store.records.closes import SECONDS

DAILY = (
    "SELECT day, SUM(n), SUM(total), SUM(squares) FROM daily_handled "
    "WHERE day >= :since AND day < :until AND batch <= :published{where} GROUP BY day"
)
EACH = (
    "SELECT place, COUNT(*) AS n, SUM(seconds) AS total, SUM(seconds * seconds) AS squares FROM "
    f"(SELECT place, {SECONDS} AS seconds FROM spans CROSS JOIN ratings WHERE {{closed}}) AS handled "
    "WHERE seconds IS NOT NULL GROUP BY place"
)


def by_week(db: Connection, scope: Scope, weeks: Sequence[Period]) -> list[Group]:
    """The sums of consecutive weeks. Whole UTC days come from the daily sums if the only filter is the team.
    Everything else is read from the interactions."""
    spans = [(week.start, week.end) for week in weeks]
    if not scope.by_team_only:
        sums = _between(db, scope, spans)
        return [sums.get(span, NOTHING) for span in spans]
    in_days = [whole_days(*span) for span in spans]
    hours = _between(db, scope, [(start, end) for _, edges in in_days for start, end, _ in edges])
    daily = _daily(db, scope, [days for days, _ in in_days])
    return [
        added([days, *(hours[start, end].times(sign) for start, end, sign in edges if (start, end) in hours)])
        for days, (_, edges) in zip(daily, in_days, strict=True)
    ]


def _daily(db: Connection, scope: Scope, weeks: Sequence[Span]) -> list[Group]:
    """The sums of consecutive weeks of whole days."""
    where, filters = scope.where()
    starts = [day(stamp(start)) for start, _ in weeks]
    values = {**filters, "published": scope.published, "since": starts[0], "until": day(stamp(weeks[-1][1]))}
    sums = [[0, 0.0, 0.0] for _ in weeks]
    for on, *more in tuples(db, DAILY.format(where=where), values):
        place = bisect_right(starts, on) - 1
        sums[place] = [one + other for one, other in zip(sums[place], more, strict=True)]
    return [Group(int(n), total, squares) for n, total, squares in sums]


def _between(db: Connection, scope: Scope, spans: Iterable[Span]) -> dict[Span, Group]:
    """The sums of each span that has any."""
    places = list(dict.fromkeys(spans))
    if not places:
        return {}
    _, filters = scope.where()
    closed = scope.closed("since", "until")
    listed = [(place, stamp(start), stamp(end)) for place, (start, end) in enumerate(places)]
    tables, slots = tables_of({"spans(place, since, until)": listed})
    sums = rows(db, f"{tables} {EACH.format(closed=closed)}", published=scope.published, **filters, **slots)
    return {places[sum_.pop("place")]: Group(**sum_) for sum_ in sums}
