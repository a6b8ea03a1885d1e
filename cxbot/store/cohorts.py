"""The surveys sent in a span of time: how many were delivered and answered, and which can still be answered."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlite_utils import Database as Connection

from cxbot.core.asking import WINDOW
from cxbot.core.response import Response
from cxbot.store.database import rows, stamp
from cxbot.store.scope import TICK, VISIBLE, Kind, Scope, Span, headline, whole_days


def response(
    db: Connection, scope: Scope, span: Span, automatic: frozenset[str], now: datetime, looking_back: bool
) -> Response:
    """The cohort of surveys sent in the span: all of it, and the part whose window is still open. `looking_back`
    says whether there are answers from after `now`."""
    start, end = span
    still_open = min(max(start, now - WINDOW + TICK), end)
    whole = _sent(db, scope, start, end, now, looking_back)
    _, counted = headline(whole, automatic)
    recent = whole if still_open == start else _sent(db, scope, still_open, end, now, looking_back)
    sent, delivered, answered = (sum(whole[kind][i] for kind in counted) for i in range(3))
    _, open_delivered, open_answered = (sum(recent[kind][i] for kind in counted if kind in recent) for i in range(3))
    return Response(
        sent=sent,
        delivered=delivered,
        answered=answered,
        open=open_delivered,
        settled_delivered=delivered - open_delivered,
        settled_answered=answered - open_answered,
    )


def _sent(
    db: Connection, scope: Scope, start: datetime, end: datetime, now: datetime, looking_back: bool
) -> dict[Kind, list[int]]:
    """Surveys sent, delivered and answered in time by `now`, per way of asking and team."""
    result: dict[Kind, list[int]] = defaultdict(lambda: [0, 0, 0])
    # The daily counts know no "answered by then": a look back in time goes to the answers themselves.
    first, last = whole_days(start, end) if scope.by_team_only and not looking_back else (end, end)
    answered = "answered_at IS NOT NULL AND late = 0" + (" AND answered_at <= :now" if looking_back else "")
    where, values = scope.where()
    raw = (
        f"SELECT asked_by, team, COUNT(*) AS sent, SUM(delivered) AS delivered, SUM({answered}) AS answered "
        f"FROM ratings WHERE metric = :metric AND sent_at >= :start AND sent_at < :end AND {VISIBLE}{where} "
        "GROUP BY asked_by, team"
    )
    daily = (
        "SELECT asked_by, team, SUM(sent) AS sent, SUM(delivered) AS delivered, SUM(answered) AS answered "
        "FROM daily_sent WHERE metric = :metric AND day >= :start AND day < :end AND batch <= :published "
        f"{where} GROUP BY asked_by, team"
    )
    for sql, a, b in (
        (raw, stamp(start), stamp(first)),
        (daily, stamp(first)[:10], stamp(last)[:10]),
        (raw, stamp(last), stamp(end)),
    ):
        if a < b:
            for found in rows(
                db, sql, metric=scope.metric.name, published=scope.published, start=a, end=b, now=stamp(now), **values
            ):
                sums = result[found["asked_by"], found["team"]]
                for i, name in enumerate(("sent", "delivered", "answered")):
                    sums[i] += found[name] or 0
    return result
