"""The facts of the driver report: answers by score and tags, and ratings by the same people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cxbot.core.queries.query import Query
from cxbot.core.reports import driver_report
from cxbot.core.reports.driver_report import RATED, DriverReport, Ratings, Tagged
from cxbot.store.counts import selection
from cxbot.store.counts.selection import Selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows
from cxbot.store.records import names
from cxbot.store.records.published import VISIBLE

TAGS = ("topic", "channel", "touchpoint")


def report(db: Connection, query: Query, now: datetime) -> DriverReport:
    """The driver report of a metric and period."""
    chosen = selection.of(db, query, now)
    return driver_report.build(query, now, _tagged(db, chosen), _ratings(db, chosen))


def _tagged(db: Connection, chosen: Selection) -> Iterator[Tagged]:
    groups = rows(
        db,
        f"SELECT score, reasons, topic, channel, touchpoint, COUNT(*) AS n FROM ratings WHERE {chosen.answered} "
        "GROUP BY score, reasons, topic, channel, touchpoint",
        **chosen.values,
    )
    shown = {kind: names.of(db, kind, (group[kind] for group in groups)) for kind in TAGS}
    for group in groups:
        tags = [(kind, shown[kind][group[kind]]) for kind in TAGS if group[kind]]
        yield Tagged(group["score"], frozenset([*tags, *driver_report.reasons(group["reasons"])]), group["n"])


def _ratings(db: Connection, chosen: Selection) -> Ratings:
    """The ratings of goal, ease and emotion by people who gave all of them in the same survey or about the same
    interaction."""
    names = [name for name in RATED if name != chosen.scope.metric.name]
    joins = " ".join(
        f"JOIN (SELECT external_id, score FROM ratings WHERE metric = '{name}' AND score IS NOT NULL AND late = 0 "
        f"AND {VISIBLE}) AS {name} ON {name}.external_id = main.external_id"
        for name in names
    )
    ratings = rows(
        db,
        f"SELECT main.score AS score, {', '.join(f'{name}.score AS {name}' for name in names)} FROM "
        f"(SELECT external_id, score FROM ratings WHERE {chosen.answered}) AS main {joins}",
        **chosen.values,
    )
    if not ratings:
        return Ratings()
    scores = [rating["score"] for rating in ratings]
    return Ratings(scores, {name: [rating[name] for rating in ratings] for name in names})
