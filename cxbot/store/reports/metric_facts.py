"""The facts of the report on a metric: answers by score in the slices that it compares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.figures import mix
from cxbot.core.metrics.design_effects import ALONE, Effect
from cxbot.core.metrics.metric import Counts, Metric
from cxbot.core.metrics.shipped import FCR
from cxbot.core.queries.query import Query
from cxbot.core.reports.metric_report import Facts, Parts, Slice
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.store.counts import by_score, by_sending, repeat_customers
from cxbot.store.counts.by_score import Tally
from cxbot.store.counts.scope import (
    PUT_ASIDE,
    Counted,
    Scope,
    Span,
    Ways,
    counts_people,
    decide,
    known,
    looking_back,
    scope_of,
)
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view
from cxbot.store.records import incidents, names, ways
from cxbot.store.reports import caution_facts, operation_facts

MIXED = 2_000  # answers in a period; with more, reading them would make a report slow: `by:` shows the parts


def facts(db: Connection, query: Query, now: datetime, *, background: bool = False) -> Facts:
    """Everything from which a question's report is built, read in one consistent view of the file.

    With `background`, also the facts for warnings and, if the metric is first-contact resolution, the observed rate.
    """
    with one_view(db):
        scope = scope_of(db, query.metric, query.filters, unassigned=query.unassigned)
        counted = _facts(db, scope, query, now)
        if not background:
            return counted
        if counted.current.n:
            counted = replace(
                counted,
                background=caution_facts.read(db, query, counted, now),
                mixes=_mixes(db, scope, query, counted, now),
            )
        if query.metric != FCR:
            return counted
        observed, disagreements = operation_facts.resolution(db, query, now)
        return replace(counted, observed=observed, disagreements=disagreements)


def _facts(db: Connection, scope: Scope, query: Query, now: datetime) -> Facts:
    back = looking_back(db, scope, now)
    spans = [known(period, now) if back else (period.start, period.end) for period in (query.period, query.beside)]
    tallies = by_score.whole(db, scope, spans, now)
    first = [] if query.like is None else by_score.whole(db, scope, [known(query.like, now)], now)
    counted = decide(scope.metric, *first, *tallies)
    current, previous = slices(db, scope, spans, tallies, counted, now)
    return Facts(
        current=replace(current, response=by_sending.response(db, scope, spans[0], counted, now, back)),
        previous=previous,
        kind=counted.kind if tallies[0] else "",
        groups=None if query.by is None else _groups(db, scope, spans[0], query.by, counted.ways, now),
        history=(
            _history(db, scope, query.period.start, query.period.timezone, counted, now)
            if query.period.complete(now)
            else ()
        ),
        apart={kind: Slice.of(scope.metric, counts) for kind, counts in _apart(tallies[0], counted).items()},
        incidents=incidents.about(db, query.filters.get("team", "")),
    )


def _apart(tally: Tally, counted: Counted) -> Mapping[str, Counts]:
    """The answers that don't count, by way of asking."""
    apart: dict[str, Counter[int]] = defaultdict(Counter)
    for way, counts in tally.items():
        if way not in counted.ways:
            apart[ways.WORDS[ways.HAND_PICKED if way == PUT_ASIDE else way]].update(counts)
    return apart


def _mixes(
    db: Connection, scope: Scope, query: Query, facts: Facts, now: datetime
) -> Mapping[str, tuple[Parts, Parts]]:
    """The answers of each topic, channel and touchpoint in the period before and in this one."""
    if min(facts.current.n, facts.previous.n) < mix.LEAST or max(facts.current.n, facts.previous.n) > MIXED:
        return {}
    spans = [known(period, now) for period in (query.beside, query.period)]
    ways = decide(scope.metric, *reversed(by_score.whole(db, scope, spans, now))).ways
    mixes: dict[str, tuple[Parts, Parts]] = {}
    for dimension in mix.DIMENSIONS:
        tallies = by_score.by_part(db, scope, spans, now, dimension)
        if any(part for tally in tallies for part, _ in tally):  # not if nothing is recorded
            before, after = (_parts(db, scope, dimension, tally, ways) for tally in tallies)
            mixes[dimension] = (before, after)
    return mixes


def _parts(db: Connection, scope: Scope, dimension: str, tally: Mapping[by_score.Key, Counts], counted: Ways) -> Parts:
    parts: dict[object, Counter[int]] = defaultdict(Counter)
    for (part, way), counts in tally.items():
        if way in counted:
            parts[part].update(counts)
    shown = names.of(db, dimension, parts)
    return {shown[part]: scope.metric.on_scale(counts) for part, counts in parts.items()}


def by_week(
    db: Connection,
    metric: Metric,
    filters: Mapping[str, str],
    weeks: Sequence[Period],
    now: datetime,
    *,
    unassigned: bool = False,
) -> list[Slice]:
    """The slices of several periods, newest last, for a trend. All count as the newest that has answers."""
    with one_view(db):
        scope = scope_of(db, metric, filters, unassigned=unassigned)
        spans = [known(week, now) for week in weeks]
        tallies = by_score.whole(db, scope, spans, now)
        return slices(db, scope, spans, tallies, decide(metric, *reversed(tallies)), now)


def weeks_until(
    db: Connection, metric: Metric, filters: Mapping[str, str], period: Period, now: datetime
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score in the complete weeks up to the end of a period, oldest first. They count by the same rule
    as the answers of the period."""
    with one_view(db):
        scope = scope_of(db, metric, filters)
        counted = decide(metric, *by_score.whole(db, scope, [known(period, now)], now))
        return _history(db, scope, period.end, period.timezone, counted, now)


def slices(
    db: Connection, scope: Scope, spans: Sequence[Span], tallies: Sequence[Tally], counted: Counted, now: datetime
) -> list[Slice]:
    """The slices of several spans with these answers. The caller has opened a view of the file."""
    return [_slice(db, scope, span, tally, counted.ways, now) for span, tally in zip(spans, tallies, strict=True)]


def _history(
    db: Connection, scope: Scope, until: datetime, tz: str, counted: Counted, now: datetime
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score in the complete weeks before a moment, oldest first, without empty weeks at the start.
    They count by the same rule as the answers of the period."""
    weeks = periods.last_weeks(HISTORY_WEEKS, until, tz)
    by_week = by_score.whole(db, scope, [(week.start, week.end) for week in weeks], now)
    ways = counted.ways if counted.kind else decide(scope.metric, *reversed(by_week)).ways
    history = [
        (week, scope.metric.on_scale(by_score.counting(tally, ways)))
        for week, tally in zip(weeks, by_week, strict=True)
    ]
    return tuple(dropwhile(lambda entry: not entry[1], history))


def _slice(db: Connection, scope: Scope, span: Span, tally: Tally, counted: Ways, now: datetime) -> Slice:
    """The answers of a span that count, with their design effects."""
    counts = by_score.counting(tally, counted)
    if any(counts_people(scope.metric, way) for way in counted & tally.keys()):  # nobody can answer several times
        return Slice.of(scope.metric, counts)
    effects, several = repeat_customers.repetition(db, scope, span, counts, counted, now)
    return Slice.of(scope.metric, counts, Effect(effects, {}), several)


def _groups(db: Connection, scope: Scope, span: Span, by: str, counted: Ways, now: datetime) -> dict[str, Slice]:
    """The parts of a `by:` report. Answers without a value are the part `—`."""

    parts: dict[object, Counter[int]] = defaultdict(Counter)
    [tally] = by_score.by_part(db, scope, [span], now, by)
    for (part, way), counts in tally.items():
        if way in counted:
            parts[part].update(counts)
    per_person = any(counts_people(scope.metric, way) for _, way in tally if way in counted)
    whole = sum(parts.values(), Counter())
    deffs = {} if per_person else repeat_customers.by_part(db, scope, span, whole, parts, counted, now, by)
    shown = names.of(db, by, parts)
    return {
        shown[part] or "—": Slice.of(scope.metric, counts, deffs.get(part, ALONE)) for part, counts in parts.items()
    }
