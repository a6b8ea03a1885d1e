"""Customers who answered more than once, and how much that widens the intervals of a slice."""

from __future__ import annotations

from collections import Counter, defaultdict
from weakref import WeakKeyDictionary

from sqlite_utils import Database as Connection

from cxbot.core import clusters
from cxbot.core.metrics import Counts
from cxbot.store.scope import ANSWERED, Kinds, Scope, Span

SAMPLE_ABOVE = 100_000  # answers in a slice from which repeaters are looked for in a sample of customers
SAMPLE_SIZE = 20_000
REMEMBERED = 200  # spans for each connection


def design_effects(db: Connection, scope: Scope, span: Span, counts: Counts, counted: Kinds) -> dict[str, float]:
    """The design effect of each statistic in a slice with these counts; above 100,000 answers that of a fixed
    sample of whole customers."""
    if sum(counts.values()) < 2:
        return {}
    # A span with the same counts after the same imports has the same repeaters: a past week is looked up once.
    question = (scope.identity, span, counted, tuple(sorted(counts.items())))
    known = _known.setdefault(db, {})
    if question not in known:
        if len(known) >= REMEMBERED:
            known.clear()
        known[question] = _design_effects(db, scope, span, counts, counted)
    return known[question]


_known: WeakKeyDictionary[Connection, dict[object, dict[str, float]]] = WeakKeyDictionary()


def _design_effects(db: Connection, scope: Scope, span: Span, counts: Counts, counted: Kinds) -> dict[str, float]:
    n = sum(counts.values())
    limit = 1000
    if n > SAMPLE_ABOVE:
        limit = max(1, 1000 * SAMPLE_SIZE // n)
        counts = _sampled(db, scope, span, counted, limit)
    found = by_part(db, scope, span, counted, limit=limit).get("", {})
    return clusters.effects(scope.metric, counts, found.values())


def by_part(
    db: Connection, scope: Scope, span: Span, counted: Kinds, *, limit: int = 1000, column: str = "''"
) -> dict[str, dict[str, list[int]]]:
    """The scores of every customer with more than one answer in the span, by the value of a column."""
    # CROSS JOIN keeps SQLite from going through the whole span: the few customers come first.
    found = db.execute(
        f"SELECT {column}, customer, asked_by, team, score FROM (SELECT DISTINCT customer AS who FROM ratings "
        "WHERE metric = :metric AND previous_at >= :start AND previous_at < :end AND answered_at < :end "
        f"AND sample < :limit) AS repeaters CROSS JOIN ratings WHERE customer = who AND customer != '' AND {ANSWERED} "
        f"AND answered_at >= :start AND answered_at < :end{scope.where()[0]}",
        {**scope.values(span), "limit": limit},
    )
    parts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for part, customer, asked_by, team, score in found.fetchall():
        if (asked_by, team) in counted:
            parts[part][customer].append(score)
    return parts


def _sampled(db: Connection, scope: Scope, span: Span, counted: Kinds, limit: int) -> Counter[int]:
    """The answers of the sampled customers, by score."""
    found = db.execute(
        f"SELECT asked_by, team, score, COUNT(*) FROM ratings WHERE {ANSWERED} AND answered_at >= :start "
        f"AND answered_at < :end AND sample < :limit{scope.where()[0]} GROUP BY asked_by, team, score",
        {**scope.values(span), "limit": limit},
    )
    counts: Counter[int] = Counter()
    for asked_by, team, score, n in found.fetchall():
        if (asked_by, team) in counted:
            counts[score] += n
    return counts
