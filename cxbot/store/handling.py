"""The logarithms of handling times by week: what the verdict on them is made from. Times of 0 have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cxbot.core.control import NOTHING, Group, added
from cxbot.core.periods import Period
from cxbot.store.connection import Connection
from cxbot.store.database import rows, stamp, tables_of
from cxbot.store.scope import VISIBLE, Scope, Span, whole_days

DAILY = (
    "SELECT day, SUM(n) AS n, SUM(total) AS total, SUM(squares) AS squares FROM daily_handled "
    "WHERE day >= SUBSTR(:start, 1, 10) AND day <= SUBSTR(:end, 1, 10) AND batch <= :published{where} GROUP BY day"
)
# One interaction can have several rows, one for each question asked about it.
EACH = (
    "SELECT place, COUNT(*) AS n, SUM(LN(seconds)) AS total, SUM(LN(seconds) * LN(seconds)) AS squares FROM "
    "(SELECT place, MAX(handling_seconds) AS seconds FROM spans CROSS JOIN ratings WHERE closed_at >= since "
    f"AND closed_at < until AND handling_seconds > 0 AND {VISIBLE}{{where}} GROUP BY place, closed_at, external_id) "
    "AS handled GROUP BY place"
)


def by_week(db: Connection, scope: Scope, weeks: Sequence[Period]) -> list[Group]:
    """The sums of consecutive weeks: of whole UTC days from the daily ones, where these know the filters, all else
    from the interactions themselves."""
    spans = [(week.start, week.end) for week in weeks]
    if not scope.by_team_only:
        found = _between(db, scope, spans)
        return [found.get(span, NOTHING) for span in spans]
    in_days = [whole_days(*span) for span in spans]
    hours = _between(db, scope, [(start, end) for _, edges in in_days for start, end, _ in edges])
    daily = _daily(db, scope, (spans[0][0], spans[-1][1]))
    return [
        added(
            [
                *(daily[day] for day in _days(first, last) if day in daily),
                *(hours[start, end].times(sign) for start, end, sign in edges if (start, end) in hours),
            ]
        )
        for (first, last), edges in in_days
    ]


def _daily(db: Connection, scope: Scope, span: Span) -> dict[str, Group]:
    where, _ = scope.where()
    return {each.pop("day"): Group(**each) for each in rows(db, DAILY.format(where=where), **scope.values(span))}


def _days(first: datetime, last: datetime) -> list[str]:
    return [(first + timedelta(days=i)).date().isoformat() for i in range((last - first).days)]


def _between(db: Connection, scope: Scope, spans: Iterable[Span]) -> dict[Span, Group]:
    """The sums of each span that has any."""
    places = list(dict.fromkeys(spans))
    if not places:
        return {}
    where, filters = scope.where()
    listed = [(place, stamp(start), stamp(end)) for place, (start, end) in enumerate(places)]
    tables, slots = tables_of({"spans(place, since, until)": listed})
    found = rows(db, f"{tables} {EACH.format(where=where)}", published=scope.published, **filters, **slots)
    return {places[each.pop("place")]: Group(**each) for each in found}
