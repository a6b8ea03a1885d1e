"""The facts of the driver report: answers by score and tags, and ratings by the same people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cxbot.core.metrics.design_effects import Effect
from cxbot.core.metrics.metric import Counts
from cxbot.core.queries.query import Query
from cxbot.core.reports import driver_report
from cxbot.core.reports.driver_report import RATED, DriverReport, Ratings, Tag, Tagged
from cxbot.core.surveys.survey import REASONS, Reason
from cxbot.store.counts import repeat_customers, selection
from cxbot.store.counts.selection import Selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, one_view, rows
from cxbot.store.records import names, surveys
from cxbot.store.records.published import VISIBLE

TAGS = ("topic", "channel", "touchpoint")


def report(db: Connection, query: Query, now: datetime) -> DriverReport:
    """The driver report of a metric and period."""
    with one_view(db):
        chosen = selection.of(db, query, now)
        groups = _groups(db, chosen)
        shown = {kind: names.of(db, kind, (group[kind] for group in groups)) for kind in TAGS}
        survey = surveys.catalogue(db).asked_in.get(query.metric.name)
        known = REASONS if survey is None else survey.known_reasons
        whole, having = driver_report.counted(query.metric, _tagged(groups, shown, known))
        effects = _effects(db, chosen, shown, whole, having, now)
        return driver_report.build(query, now, whole, having, effects, _ratings(db, chosen), known)


def _groups(db: Connection, chosen: Selection) -> list[Row]:
    """The number of answers with each combination of score and tags."""
    return rows(
        db,
        f"SELECT score, reasons, topic, channel, touchpoint, COUNT(*) AS n FROM ratings WHERE {chosen.answered} "
        "GROUP BY score, reasons, topic, channel, touchpoint",
        **chosen.values,
    )


def _tagged(
    groups: Iterable[Row], shown: Mapping[str, Mapping[Any, str]], known: Mapping[str, Reason]
) -> Iterator[Tagged]:
    for group in groups:
        tags = [(kind, shown[kind][group[kind]]) for kind in TAGS if group[kind]]
        yield Tagged(group["score"], frozenset([*tags, *driver_report.reasons(group["reasons"], known)]), group["n"])


def _effects(
    db: Connection,
    chosen: Selection,
    shown: Mapping[str, Mapping[Any, str]],
    whole: Counts,
    having: Mapping[Tag, Counts],
    now: datetime,
) -> dict[Tag, Effect]:
    """The design effects of every tag, the same as those of a report that is split by it."""
    if chosen.per_person:
        return {}
    effects: dict[Tag, Effect] = {}
    for kind, column in {**{kind: kind for kind in TAGS}, "reason": repeat_customers.REASONS}.items():
        names_of = shown.get(kind) or {value: value for of_kind, value in having if of_kind == kind}
        parts = {part: having[kind, name] for part, name in names_of.items() if (kind, name) in having}
        found = repeat_customers.by_part(db, chosen.scope, chosen.span, whole, parts, chosen.counted.ways, now, column)
        effects |= {(kind, names_of[part]): effect for part, effect in found.items()}
    return effects


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
