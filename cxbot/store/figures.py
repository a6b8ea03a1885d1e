"""What a report asks of the store: counts of answers by score, in the slices it compares.

Whole UTC days come from the daily counts, the hours at both ends of a period from the answers themselves;
where a filter needs more than the team, all of it comes from the answers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database as Connection

from cxbot.core import clusters, periods
from cxbot.core.metrics import METRICS, Counts, Metric
from cxbot.core.periods import Period
from cxbot.core.queries import Query
from cxbot.core.reports import Facts, Slice
from cxbot.store import cohorts, repeaters
from cxbot.store.database import row, rows, stamp
from cxbot.store.scope import (
    ANSWERED,
    AUTOMATIC,
    CAMPAIGN,
    Kind,
    Kinds,
    Scope,
    Span,
    counts_as,
    headline,
    known,
    whole_days,
)
from cxbot.store.transfers import published

HISTORY_WEEKS = 78


def facts(db: Connection, query: Query, now: datetime, *, unassigned: bool = False) -> Facts:
    """Everything `core.reports.build` needs for a question, read in one consistent view of the file."""
    db.execute("BEGIN")
    try:
        scope = Scope(METRICS[query.metric], query.filters, published(db), unassigned)
        return _facts(db, scope, query, now)
    finally:
        db.execute("ROLLBACK")


def _facts(db: Connection, scope: Scope, query: Query, now: datetime) -> Facts:
    automatic = _automatic_teams(db, scope.metric)
    spans = [known(period, now) for period in (query.period, query.versus or query.period.previous())]
    tallies = [_answers(db, scope, *span) for span in spans]
    kind, counted = headline(tallies[0], automatic)
    current, previous = (_slice(db, scope, span, tally, automatic) for span, tally in zip(spans, tallies, strict=True))
    apart: dict[str, Counter[int]] = defaultdict(Counter)
    for (asked_by, team), counts in tallies[0].items():
        if (asked_by, team) not in counted:
            apart[asked_by].update(counts)
    groups = None
    if query.by is not None:
        groups = _groups(db, scope, spans[0], query.by, counted)
    return Facts(
        current=replace(current, response=cohorts.response(db, scope, spans[0], automatic, now)),
        previous=previous,
        kind=kind,
        groups=groups,
        history=_history(db, scope, query.period, kind, automatic) if query.period.complete(now) else (),
        apart={asked_by: Slice.of(scope.metric, counts) for asked_by, counts in apart.items()},
    )


def by_week(
    db: Connection, metric: Metric, filters: Mapping[str, str], weeks: Sequence[Period], now: datetime
) -> list[Slice]:
    """The slices of several periods, for a trend."""
    db.execute("BEGIN")
    try:
        scope = Scope(metric, filters, published(db))
        automatic = _automatic_teams(db, metric)
        spans = [known(week, now) for week in weeks]
        return [_slice(db, scope, span, _answers(db, scope, *span), automatic) for span in spans]
    finally:
        db.execute("ROLLBACK")


def _history(
    db: Connection, scope: Scope, period: Period, kind: str, automatic: frozenset[str]
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score of the complete weeks before a period, oldest first, without the leading empty weeks.
    They count by the same rule as those of the period, of which `kind` came out: campaigns are never taken for
    answers about interactions, nor the other way round."""
    weeks = periods.last_weeks(HISTORY_WEEKS, period.start, period.timezone)
    tallies = [_answers(db, scope, week.start, week.end) for week in weeks]
    _, counted = headline(dict.fromkeys(each for tally in tallies for each in tally), automatic)
    if kind:
        counted = frozenset(each for tally in tallies for each in tally if counts_as(each, kind, automatic))
    found: list[tuple[Period, Counts]] = []
    for week, tally in zip(weeks, tallies, strict=True):
        counts: Counter[int] = Counter()
        for each in counted & tally.keys():
            counts.update(tally[each])
        if found or counts:
            found.append((week, dict(counts)))
    return tuple(found)


def _automatic_teams(db: Connection, metric: Metric) -> frozenset[str]:
    """The teams that have automatic answers, found by one index seek each."""
    found: set[str] = set()
    least = row(db, AUTOMATIC_TEAM.format(">="), metric=metric.name, kind=AUTOMATIC, after="")
    while least is not None and least["team"] is not None:
        found.add(least["team"])
        least = row(db, AUTOMATIC_TEAM.format(">"), metric=metric.name, kind=AUTOMATIC, after=least["team"])
    return frozenset(found)


AUTOMATIC_TEAM = (
    "SELECT MIN(team) AS team FROM daily_answers WHERE metric = :metric AND asked_by = :kind AND team {} :after"
)


def _answers(db: Connection, scope: Scope, start: datetime, end: datetime) -> dict[Kind, Counter[int]]:
    """Answers per way of asking, team and score."""
    result: dict[Kind, Counter[int]] = defaultdict(Counter)
    first, last = whole_days(start, end) if scope.by_team_only else (end, end)
    where, values = scope.where()
    raw = (
        f"SELECT asked_by, team, score, COUNT(*) AS n FROM ratings WHERE {ANSWERED} "
        f"AND answered_at >= :start AND answered_at < :end{where} GROUP BY asked_by, team, score"
    )
    daily = (
        "SELECT asked_by, team, score, SUM(n) AS n FROM daily_answers WHERE metric = :metric "
        f"AND day >= :start AND day < :end AND batch <= :published{where} GROUP BY asked_by, team, score"
    )
    for sql, a, b in (
        (raw, stamp(start), stamp(first)),
        (daily, stamp(first)[:10], stamp(last)[:10]),
        (raw, stamp(last), stamp(end)),
    ):
        if a < b:
            for found in rows(db, sql, metric=scope.metric.name, published=scope.published, start=a, end=b, **values):
                if found["n"]:
                    result[found["asked_by"], found["team"]][found["score"]] += found["n"]
    if any(asked_by == CAMPAIGN for asked_by, _ in result) and scope.metric.name == "nps":
        result = {kind: counts for kind, counts in result.items() if kind[0] != CAMPAIGN}
        result |= _latest_per_person(db, scope, start, end)
    return result


def _latest_per_person(db: Connection, scope: Scope, start: datetime, end: datetime) -> dict[Kind, Counter[int]]:
    """Campaign answers, the latest one per customer: relationship NPS counts people, not answers."""
    where, values = scope.where()
    result: dict[Kind, Counter[int]] = defaultdict(Counter)
    for found in rows(
        db,
        "SELECT team, score, COUNT(*) AS n FROM (SELECT team, score, customer, ROW_NUMBER() OVER "
        f"(PARTITION BY customer ORDER BY answered_at DESC, id DESC) AS place FROM ratings WHERE {ANSWERED} "
        f"AND asked_by = :kind AND answered_at >= :start AND answered_at < :end{where}) AS latest "
        "WHERE place = 1 OR customer = '' GROUP BY team, score",
        metric=scope.metric.name,
        published=scope.published,
        kind=CAMPAIGN,
        start=stamp(start),
        end=stamp(end),
        **values,
    ):
        result[CAMPAIGN, found["team"]][found["score"]] += found["n"]
    return result


def _slice(
    db: Connection,
    scope: Scope,
    span: Span,
    tally: Mapping[Kind, Counts],
    automatic: frozenset[str],
) -> Slice:
    """The answers of a span that count, with their design effects."""
    _, counted = headline(tally, automatic)
    counts: Counter[int] = Counter()
    for kind in counted:
        counts.update(tally.get(kind, {}))
    per_person = any(asked_by == CAMPAIGN for asked_by, _ in counted)
    return Slice.of(
        scope.metric,
        {score: n for score, n in counts.items() if n},
        {} if per_person else repeaters.design_effects(db, scope, span, counts, counted),
    )


def _groups(db: Connection, scope: Scope, span: Span, by: str, counted: Kinds) -> dict[str, Slice]:
    """The parts of a `by:` report; answers without a value for it are the part `—`."""
    where, values = scope.where()
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for found in rows(
        db,
        f"SELECT {by} AS part, asked_by, team, score, COUNT(*) AS n FROM ratings WHERE {ANSWERED} "
        f"AND answered_at >= :start AND answered_at < :end{where} GROUP BY 1, 2, 3, 4",
        metric=scope.metric.name,
        published=scope.published,
        start=stamp(span[0]),
        end=stamp(span[1]),
        **values,
    ):
        if (found["asked_by"], found["team"]) in counted:
            counts[found["part"]][found["score"]] += found["n"]
    repeated = repeaters.by_part(db, scope, span, counted, column=by)
    metric = scope.metric
    return {
        part or "—": Slice.of(metric, found, clusters.effects(metric, found, repeated.get(part, {}).values()))
        for part, found in counts.items()
    }
