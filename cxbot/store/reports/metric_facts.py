"""What a report asks of the store: counts of answers by score, in the slices it compares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.metric import Counts, Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports.metric_report import Facts, Slice
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.store.counts import by_score, by_sending, repeat_customers
from cxbot.store.counts.by_score import Tally
from cxbot.store.counts.scope import (
    CAMPAIGN,
    Kinds,
    Scope,
    Span,
    counts_as,
    counts_people,
    headline,
    known,
    looking_back,
)
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import remembered, settled_before
from cxbot.store.engine.statements import one_view
from cxbot.store.records import incidents
from cxbot.store.records.published import published


def facts(db: Connection, query: Query, now: datetime) -> Facts:
    """Everything `core.reports.build` needs for a question, read in one consistent view of the file."""
    with one_view(db):
        scope = Scope(query.metric, query.filters, published(db), query.unassigned)
        return _facts(db, scope, query, now)


def _facts(db: Connection, scope: Scope, query: Query, now: datetime) -> Facts:
    automatic = by_score.automatic_teams(db, scope)
    back = looking_back(db, scope, now)
    spans = [
        known(period, now) if back else (period.start, period.end)
        for period in (query.period, query.versus or query.period.previous())
    ]
    found = by_score.whole(db, scope, spans, now)
    kind, counted = headline(found[0], automatic)
    current, previous = (
        _slice(db, scope, span, tally, automatic, now) for span, tally in zip(spans, found, strict=True)
    )
    apart: dict[str, Counter[int]] = defaultdict(Counter)
    for (asked_by, team), counts in found[0].items():
        if (asked_by, team) not in counted:
            apart[asked_by].update(counts)
    return Facts(
        current=replace(current, response=by_sending.response(db, scope, spans[0], automatic, now, back)),
        previous=previous,
        kind=kind,
        groups=None if query.by is None else _groups(db, scope, spans[0], query.by, counted, now),
        history=(
            _history(db, scope, query.period.start, query.period.timezone, kind, automatic, now)
            if query.period.complete(now)
            else ()
        ),
        apart={asked_by: Slice.of(scope.metric, counts) for asked_by, counts in apart.items()},
        incidents=incidents.about(db, query.filters.get("team", "")),
    )


def by_week(
    db: Connection, metric: Metric, filters: Mapping[str, str], weeks: Sequence[Period], now: datetime
) -> list[Slice]:
    """The slices of several periods, for a trend."""
    with one_view(db):
        return slices(db, Scope(metric, filters, published(db)), [known(week, now) for week in weeks], now)


def weeks_until(
    db: Connection, metric: Metric, filters: Mapping[str, str], period: Period, kind: str, now: datetime
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score of the complete weeks up to the end of a period, in which `kind` counts, oldest first."""
    with one_view(db):
        scope = Scope(metric, filters, published(db))
        return _history(db, scope, period.end, period.timezone, kind, by_score.automatic_teams(db, scope), now)


def slices(db: Connection, scope: Scope, spans: Sequence[Span], now: datetime) -> list[Slice]:
    """The slices of several spans, in a view of the file that the caller has opened."""
    automatic = by_score.automatic_teams(db, scope)
    return [
        _slice(db, scope, span, tally, automatic, now)
        for span, tally in zip(spans, by_score.whole(db, scope, spans, now), strict=True)
    ]


def _history(
    db: Connection, scope: Scope, until: datetime, tz: str, kind: str, automatic: frozenset[str], now: datetime
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score of the complete weeks before a moment, oldest first, without the leading empty weeks.
    They count by the same rule as those of a period, of which `kind` came out: campaigns are never taken for
    answers about interactions, nor the other way round."""
    question = ("history", scope.identity, until, tz, bool(kind), kind == CAMPAIGN, automatic)

    def find() -> tuple[tuple[Period, Counts], ...]:
        weeks = periods.last_weeks(HISTORY_WEEKS, until, tz)
        by_week = by_score.whole(db, scope, [(week.start, week.end) for week in weeks], now)
        every = dict.fromkeys(each for tally in by_week for each in tally)
        _, counted = headline(every, automatic)
        if kind:
            counted = frozenset(each for each in every if counts_as(each, kind, automatic))
        found = [
            (week, scope.metric.on_scale(_counted(tally, counted))) for week, tally in zip(weeks, by_week, strict=True)
        ]
        return tuple(dropwhile(lambda each: not each[1], found))

    return remembered(db, question, find) if until <= settled_before(now) else find()


def _counted(tally: Tally, counted: Kinds) -> Counts:
    counts: Counter[int] = Counter()
    for kind in counted & tally.keys():
        for score, n in tally[kind].items():
            counts[score] += n
    return {score: n for score, n in counts.items() if n}


def _slice(db: Connection, scope: Scope, span: Span, tally: Tally, automatic: frozenset[str], now: datetime) -> Slice:
    """The answers of a span that count, with their design effects."""
    _, counted = headline(tally, automatic)
    counts = _counted(tally, counted)
    per_person = any(counts_people(scope.metric, asked_by) for asked_by, _ in counted)
    deffs = {} if per_person else repeat_customers.design_effects(db, scope, span, counts, counted, now)
    return Slice.of(scope.metric, counts, deffs)


def _groups(db: Connection, scope: Scope, span: Span, by: str, counted: Kinds, now: datetime) -> dict[str, Slice]:
    """The parts of a `by:` report; answers without a value for it are the part `—`."""

    def find() -> dict[str, Slice]:
        parts: dict[str, Counter[int]] = defaultdict(Counter)
        [tally] = by_score.by_part(db, scope, [span], now, by)
        for (part, *kind), counts in tally.items():
            if tuple(kind) in counted:
                parts[part].update(counts)
        per_person = any(counts_people(scope.metric, asked_by) for asked_by, _ in counted)
        deffs = {} if per_person else repeat_customers.by_part(db, scope, span, parts, counted, now, by)
        return {part or "—": Slice.of(scope.metric, found, deffs.get(part)) for part, found in parts.items()}

    question = ("groups", scope.identity, span, by, counted)
    return remembered(db, question, find) if span[1] <= settled_before(now) else find()
