"""What is behind the answers of a report: who gave them, who was asked and did not, and what came in between."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median

from cxbot.core.invitations.rules import WINDOW
from cxbot.core.reports.cautions import Background, Share
from cxbot.core.reports.metric_report import Report
from cxbot.store.counts import by_score, by_sending, repeat_customers
from cxbot.store.counts.scope import VISIBLE, Scope, Span, counts_people, headline, known, looking_back
from cxbot.store.counts.selection import Selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, row, rows
from cxbot.store.engine.times import stamp
from cxbot.store.records.published import published

LARGEST = 5000  # answers or surveys; to look at each of more would keep a person waiting


def gather(db: Connection, report: Report, now: datetime) -> Background | None:
    """The background of a report's answers; None where there are too many to look at each."""
    if max(report.n, report.current.response.sent) > LARGEST:
        return None
    query, visible = report.query, published(db)
    span = known(query.period, now)
    chosen = Selection(query, report.kind, span, visible)
    automatic, back = by_score.automatic_teams(db, chosen.scope), looking_back(db, chosen.scope, now)
    before = by_sending.response(db, chosen.scope, known(report.previous_period, now), automatic, now, back)
    return Background(
        several=_several(db, chosen.scope, span, automatic, now),
        answered=_answered(rows(db, SETTLED.format(chosen.sent), settled=stamp(now - WINDOW), **chosen.values)),
        asked=_asked(db, chosen),
        changed=_changed(db, chosen, report.n),
        settled=Share(report.current.response.settled_answered, report.current.response.settled_delivered),
        settled_before=Share(before.settled_answered, before.settled_delivered),
    )


# Delivered surveys whose window is over.
SETTLED = (
    "SELECT channel, topic, handling_seconds, score IS NOT NULL AND late = 0 AS answered FROM ratings "
    f"WHERE {{}} AND sent_at <= :settled AND delivered = 1 AND {VISIBLE}"
)


def _several(db: Connection, scope: Scope, span: Span, automatic: frozenset[str], now: datetime) -> tuple[int, ...]:
    """The answers of each customer who gave several; nobody gives several where people are counted."""
    _, counted = headline(by_score.whole(db, scope, [span], now)[0], automatic)
    if any(counts_people(scope.metric, asked_by) for asked_by, _ in counted):
        return ()
    return repeat_customers.several(db, scope, span, counted, now)


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


def _asked(db: Connection, chosen: Selection) -> dict[str, Share]:
    """Of each agent's interactions that were closed in the period, how many were asked about, in any survey."""
    found = rows(
        db,
        "SELECT agent, COUNT(*) AS n, SUM(asked) AS asked FROM (SELECT MIN(agent) AS agent, "
        f"MAX(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) AS asked FROM ratings WHERE closed_at >= :start "
        f"AND closed_at < :end AND {VISIBLE}{chosen.scope.where()[0]} GROUP BY external_id LIMIT {LARGEST}) "
        "AS interactions WHERE agent != '' GROUP BY agent",
        **chosen.values,
    )
    return {each["agent"]: Share(each["asked"], each["n"]) for each in found}


def _changed(db: Connection, chosen: Selection, n: int) -> Share:
    """Answers whose score was changed after somebody had taken on the case they led to."""
    # A case is taken after the answer it is about. CROSS JOIN: the few changes first, then the answers they are of.
    found = row(
        db,
        "SELECT COUNT(*) AS n FROM (SELECT DISTINCT e.invitation FROM cases c JOIN answer_events e ON e.invitation = "
        "c.invitation AND e.kind = 'score' AND e.outcome = 'counted' AND e.received_at > c.taken_at WHERE c.taken_at "
        f">= :start) AS changes CROSS JOIN ratings WHERE external_id = changes.invitation AND {chosen.answered}",
        **chosen.values,
    )
    return Share(found["n"] if found else 0, n)
