"""Counts the surveys sent in a span of time: delivered, answered, and still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from cxbot.core.figures.response_rate import Response
from cxbot.core.invitations.rules import WINDOW
from cxbot.store.counts.scope import TICK, Kind, Scope, Span, headline, whole_days
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import cached, settled_before, settled_days_before
from cxbot.store.engine.statements import tuples
from cxbot.store.engine.times import stamp
from cxbot.store.records.published import VISIBLE

Sums = Mapping[Kind, Sequence[int]]  # sent, delivered, answered in time


def response(
    db: Connection, scope: Scope, span: Span, automatic: frozenset[int], now: datetime, looking_back: bool
) -> Response:
    """The cohort of surveys sent in the span, and the part that can still be answered. `looking_back` says whether
    there are answers from after `now`."""
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


def _sent(db: Connection, scope: Scope, start: datetime, end: datetime, now: datetime, looking_back: bool) -> Sums:
    """Surveys sent, delivered and answered in time by `now`, per way of asking and team."""
    if looking_back:
        return _count(db, scope, start, end, now)
    # An answer counts as in time within the survey's window.
    cut = (settled_days_before if scope.by_team_only else settled_before)(now - WINDOW)
    split = min(max(start, cut), end)
    settled = cached(db, ("sent", scope.identity, start, split), lambda: _count(db, scope, start, split, None))
    result: dict[Kind, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part in (settled, _count(db, scope, split, end, None)):
        for kind, sums in part.items():
            result[kind] = [a + b for a, b in zip(result[kind], sums, strict=True)]
    return result


def _count(db: Connection, scope: Scope, start: datetime, end: datetime, by: datetime | None) -> Sums:
    """How many surveys were sent in the span, and how many of them were delivered and answered. Only answers by the
    moment `by` count; None means until today."""
    result: dict[Kind, list[int]] = defaultdict(lambda: [0, 0, 0])
    # The daily counts don't know "answered by then", so a look back in time reads the answers.
    days, edges = whole_days(start, end) if scope.by_team_only and by is None else ((end, end), [(start, end, 1)])
    answered = "answered_at IS NOT NULL AND late = 0" + ("" if by is None else " AND answered_at <= :by")
    where, filters = scope.where()
    raw = (
        f"SELECT asked_by, team, COUNT(*), SUM(delivered), SUM({answered}) "
        f"FROM ratings WHERE metric = :metric AND sent_at >= :start AND sent_at < :end AND {VISIBLE}{where} "
        "GROUP BY asked_by, team"
    )
    daily = (
        "SELECT asked_by, team, SUM(sent), SUM(delivered), SUM(answered) "
        "FROM daily_sent WHERE metric = :metric AND day >= :start AND day < :end AND batch <= :published "
        f"{where} GROUP BY asked_by, team"
    )
    values = {**filters, "metric": scope.metric.name, "published": scope.published, "by": stamp(by) if by else ""}
    parts = [(raw, stamp(a), stamp(b), sign) for a, b, sign in edges]
    parts.append((daily, stamp(days[0])[:10], stamp(days[1])[:10], 1))
    for sql, a, b, sign in parts:
        if a < b:
            for asked_by, team, *sums in tuples(db, sql, {**values, "start": a, "end": b}):
                before = result[asked_by, team]
                result[asked_by, team] = [n + sign * (more or 0) for n, more in zip(before, sums, strict=True)]
    return {kind: sums for kind, sums in result.items() if any(sums)}
