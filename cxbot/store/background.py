"""What is behind the answers of a report: who gave them, who was asked and did not, and what came in between."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median

from sqlite_utils import Database as Connection

from cxbot.core.asking import WINDOW
from cxbot.core.cautions import Background, Share
from cxbot.core.metrics import METRICS
from cxbot.core.queries import Query
from cxbot.core.reports import Report
from cxbot.store.database import Row, row, rows, stamp
from cxbot.store.scope import ANSWERED, AUTOMATIC, HAND_PICKED, VISIBLE, Scope, Span, known
from cxbot.store.transfers import published

LARGEST = 5000  # answers or surveys; to look at each of more would keep a person waiting
WAYS = {"mixed": (AUTOMATIC, HAND_PICKED)}


def gather(db: Connection, report: Report, now: datetime, *, unassigned: bool = False) -> Background | None:
    """The background of a report's answers; None where there are too many to look at each."""
    if max(report.n, report.current.response.sent) > LARGEST:
        return None
    query = report.query
    scope = Scope(METRICS[query.metric], query.filters, published(db), unassigned)
    ways = WAYS.get(report.kind, (report.kind,))
    where = f" AND asked_by IN ({', '.join(f':way{i}' for i in range(len(ways)))}){scope.where()[0]}"
    values = scope.values(known(query.period, now)) | {f"way{i}": way for i, way in enumerate(ways)}
    values["settled"] = stamp(now - WINDOW)
    customers = rows(
        db,
        f"SELECT COUNT(*) AS n FROM ratings WHERE {ANSWERED} AND answered_at >= :start AND answered_at < :end{where} "
        "AND customer != '' GROUP BY customer ORDER BY 1 DESC LIMIT 10",
        **values,
    )
    asked = rows(
        db,
        "SELECT channel, topic, handling_seconds, score IS NOT NULL AND late = 0 AS answered FROM ratings "
        f"WHERE metric = :metric AND sent_at >= :start AND sent_at < :end AND sent_at <= :settled AND delivered = 1 "
        f"AND {VISIBLE}{where}",
        **values,
    )
    return Background(
        per_customer=tuple(found["n"] for found in customers),
        answered=_answered(asked),
        asked=_asked(db, scope, query, now),
        changed=_changed(db, values, where, report.n),
        settled=Share(report.current.response.settled_answered, report.current.response.settled_delivered),
        settled_before=_settled(db, scope, known(report.previous_period, now), values, where),
    )


def _answered(asked: list[Row]) -> dict[str, Mapping[str, Share]]:
    times = [each["handling_seconds"] for each in asked if each["handling_seconds"] is not None]
    middle = median(times) if times else 0.0
    halves = (
        ("long" if each["handling_seconds"] > middle else "short", each["answered"])
        for each in asked
        if each["handling_seconds"] is not None
    )
    return {
        "channel": _shares((each["channel"], each["answered"]) for each in asked if each["channel"]),
        "topic": _shares((each["topic"], each["answered"]) for each in asked if each["topic"]),
        "handling time": _shares(halves),
    }


def _shares(found: Iterable[tuple[str, int]]) -> dict[str, Share]:
    whole: Counter[str] = Counter()
    part: dict[str, int] = defaultdict(int)
    for value, counts in found:
        whole[value] += 1
        part[value] += counts
    return {value: Share(part[value], n) for value, n in whole.items()}


def _asked(db: Connection, scope: Scope, query: Query, now: datetime) -> dict[str, Share]:
    """Of each agent's interactions that were closed in the period, how many were asked about, in any survey."""
    found = rows(
        db,
        "SELECT agent, COUNT(*) AS n, SUM(asked) AS asked FROM (SELECT MIN(agent) AS agent, "
        f"MAX(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) AS asked FROM ratings WHERE closed_at >= :start "
        f"AND closed_at < :end AND {VISIBLE}{scope.where()[0]} GROUP BY external_id LIMIT {LARGEST}) AS interactions "
        "WHERE agent != '' GROUP BY agent",
        **scope.values(known(query.period, now)),
    )
    return {each["agent"]: Share(each["asked"], each["n"]) for each in found}


def _settled(db: Connection, scope: Scope, span: Span, values: dict[str, object], where: str) -> Share:
    found = row(
        db,
        "SELECT COUNT(*) AS n, COUNT(CASE WHEN score IS NOT NULL AND late = 0 THEN 1 END) AS answered FROM ratings "
        f"WHERE metric = :metric AND sent_at >= :start AND sent_at < :end AND sent_at <= :settled AND delivered = 1 "
        f"AND {VISIBLE}{where}",
        **{**values, **scope.values(span)},
    )
    return Share(found["answered"], found["n"]) if found else Share(0, 0)


def _changed(db: Connection, values: dict[str, object], where: str, n: int) -> Share:
    """Answers whose score was changed after somebody had taken on the case they led to."""
    found = row(
        db,
        "SELECT COUNT(*) AS n FROM ratings WHERE external_id IN (SELECT e.invitation FROM cases c JOIN answer_events e "
        "ON e.invitation = c.invitation AND e.kind = 'score' AND e.outcome = 'counted' AND e.received_at > c.taken_at) "
        f"AND {ANSWERED} AND answered_at >= :start AND answered_at < :end{where}",
        **values,
    )
    return Share(found["n"] if found else 0, n)
