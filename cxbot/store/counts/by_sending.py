"""Counts the surveys sent in a span of time: delivered, answered, and still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from cxbot.core.figures.response_rate import Response
from cxbot.core.invitations.rules import WINDOW
from cxbot.store.counts.scope import TICK, Counted, Scope, Span, counts_people, whole_days
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, cached, settled_before, settled_days_before
from cxbot.store.engine.statements import row, tuples
from cxbot.store.engine.times import day, stamp
from cxbot.store.records.published import VISIBLE

Sums = Mapping[int, Sequence[int]]  # by way of asking: sent, delivered, answered in time
IN_TIME = "answered_at IS NOT NULL AND late = 0"


def response(db: Connection, scope: Scope, span: Span, counted: Counted, now: datetime, looking_back: bool) -> Response:
    """The cohort of surveys sent in the span, and the part that can still be answered. `looking_back` says whether
    there are answers from after `now`."""
    start, end = span
    still_open = min(max(start, now - WINDOW + TICK), end)
    if any(counts_people(scope.metric, way) for way in counted.ways):
        return _of_people(db, scope, span, counted, still_open, now)
    whole = _sent(db, scope, start, end, now, looking_back)
    recent = whole if still_open == start else _sent(db, scope, still_open, end, now, looking_back)
    sent, delivered, answered = (sum(whole[way][i] for way in counted.ways & whole.keys()) for i in range(3))
    _, open_delivered, open_answered = (sum(recent[way][i] for way in counted.ways & recent.keys()) for i in range(3))
    return Response(
        sent=sent,
        delivered=delivered,
        answered=answered,
        open=open_delivered,
        settled_delivered=delivered - open_delivered,
        settled_answered=answered - open_answered,
    )


def _of_people(
    db: Connection, scope: Scope, span: Span, counted: Counted, still_open: datetime, now: datetime
) -> Response:
    """The same where people count, each of them once: by the surveys they got in the span. A person whose last survey
    can still be answered is open."""
    people = row(
        db,
        "SELECT COUNT(*) AS sent, COALESCE(SUM(delivered), 0) AS delivered, COALESCE(SUM(answered), 0) AS answered, "
        "COALESCE(SUM(CASE WHEN is_open = 1 THEN delivered ELSE 0 END), 0) AS open, "
        "COALESCE(SUM(CASE WHEN is_open = 1 THEN answered ELSE 0 END), 0) AS open_answered FROM (SELECT "
        f"MAX(delivered) AS delivered, MAX(CASE WHEN {IN_TIME} AND answered_at <= :by THEN 1 ELSE 0 END) AS answered, "
        "MAX(CASE WHEN sent_at >= :still_open THEN 1 ELSE 0 END) AS is_open FROM ratings WHERE metric = :metric "
        f"AND sent_at >= :start AND sent_at < :end AND {VISIBLE}{scope.where()[0]} "
        f"AND {scope.counting(counted.ways, 'sent_at')} "
        "GROUP BY CASE customer WHEN 0 THEN -id ELSE customer END) AS people",
        still_open=stamp(still_open),
        by=stamp(now),
        **scope.values(span),
    )
    assert people is not None
    return Response(
        sent=people["sent"],
        delivered=people["delivered"],
        answered=people["answered"],
        open=people["open"],
        settled_delivered=people["delivered"] - people["open"],
        settled_answered=people["answered"] - people["open_answered"],
    )


def _sent(db: Connection, scope: Scope, start: datetime, end: datetime, now: datetime, looking_back: bool) -> Sums:
    """Surveys sent, delivered and answered in time by `now`, per way of asking."""
    if looking_back:
        return _count(db, scope, start, end, now)
    # An answer counts as in time within the survey's window.
    cut = (settled_days_before if scope.by_team_only else settled_before)(now - WINDOW)
    split = min(max(start, cut), end)
    settled = cached(db, Question("sent", scope.identity, start, split), lambda: _count(db, scope, start, split, None))
    result: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part in (settled, _count(db, scope, split, end, None)):
        for way, sums in part.items():
            result[way] = [a + b for a, b in zip(result[way], sums, strict=True)]
    return result


def _count(db: Connection, scope: Scope, start: datetime, end: datetime, by: datetime | None) -> Sums:
    """How many surveys were sent in the span, and how many of them were delivered and answered. Only answers by the
    moment `by` count; None means until today."""
    result: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    # The daily counts don't know "answered by then", so a look back in time reads the answers.
    days, edges = whole_days(start, end) if scope.by_team_only and by is None else ((end, end), [(start, end, 1)])
    answered = IN_TIME + ("" if by is None else " AND answered_at <= :by")
    where, filters = scope.where()
    raw = (
        f"SELECT {scope.way('sent_at')}, COUNT(*), SUM(delivered), SUM(CASE WHEN {answered} THEN 1 ELSE 0 END) "
        f"FROM ratings WHERE metric = :metric AND sent_at >= :start AND sent_at < :end AND {VISIBLE}{where} "
        "GROUP BY 1"
    )
    daily = (
        f"SELECT {scope.way('day')}, SUM(sent), SUM(delivered), SUM(answered) "
        "FROM daily_sent WHERE metric = :metric AND day >= :start AND day < :end AND batch <= :published "
        f"{where} GROUP BY 1"
    )
    values = {**filters, "metric": scope.metric.name, "published": scope.published, "by": stamp(by) if by else ""}
    parts = [(raw, stamp(a), stamp(b), sign) for a, b, sign in edges]
    parts.append((daily, day(stamp(days[0])), day(stamp(days[1])), 1))
    for sql, a, b, sign in parts:
        if a < b:
            for way, *sums in tuples(db, sql, {**values, "start": a, "end": b}):
                before = result[way]
                result[way] = [n + sign * (more or 0) for n, more in zip(before, sums, strict=True)]
    return {way: sums for way, sums in result.items() if any(sums)}
