"""The facts of the report on a metric: answers by score in the slices that it compares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.metric import Counts, Metric
from cxbot.core.metrics.shipped import FCR
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
    scope_of,
)
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import cached_if_settled
from cxbot.store.engine.statements import one_view
from cxbot.store.records import incidents, names
from cxbot.store.reports import caution_facts, operation_facts


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
            counted = replace(counted, background=caution_facts.read(db, query, counted, now))
        if query.metric != FCR:
            return counted
        observed, disagreements = operation_facts.resolution(db, query, now)
        return replace(counted, observed=observed, disagreements=disagreements)


def _facts(db: Connection, scope: Scope, query: Query, now: datetime) -> Facts:
    automatic = by_score.automatic_teams(db, scope)
    back = looking_back(db, scope, now)
    spans = [
        known(period, now) if back else (period.start, period.end)
        for period in (query.period, query.versus or query.period.previous())
    ]
    tallies = by_score.whole(db, scope, spans, now)
    kind, counted = headline(tallies[0], automatic)
    current, previous = (
        _slice(db, scope, span, tally, automatic, now) for span, tally in zip(spans, tallies, strict=True)
    )
    apart: dict[str, Counter[int]] = defaultdict(Counter)
    for (asked_by, team), counts in tallies[0].items():
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
        return slices(db, scope_of(db, metric, filters), [known(week, now) for week in weeks], now)


def weeks_until(
    db: Connection, metric: Metric, filters: Mapping[str, str], period: Period, kind: str, now: datetime
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score in the complete weeks up to the end of a period, oldest first. Only answers that belong to
    the headline `kind` are included (see `scope.counts_as`)."""
    with one_view(db):
        scope = scope_of(db, metric, filters)
        return _history(db, scope, period.end, period.timezone, kind, by_score.automatic_teams(db, scope), now)


def slices(db: Connection, scope: Scope, spans: Sequence[Span], now: datetime) -> list[Slice]:
    """The slices of several spans. The caller has opened a view of the file."""
    automatic = by_score.automatic_teams(db, scope)
    return [
        _slice(db, scope, span, tally, automatic, now)
        for span, tally in zip(spans, by_score.whole(db, scope, spans, now), strict=True)
    ]


def _history(
    db: Connection, scope: Scope, until: datetime, tz: str, kind: str, automatic: frozenset[int], now: datetime
) -> tuple[tuple[Period, Counts], ...]:
    """The answers per score in the complete weeks before a moment, oldest first, without empty weeks at the start.

    The answers count by the same rule as the answers of the period, whose headline is `kind`. So campaigns are never
    compared with answers about interactions.
    """
    question = ("history", scope.identity, until, tz, bool(kind), kind == CAMPAIGN, automatic)

    def find() -> tuple[tuple[Period, Counts], ...]:
        weeks = periods.last_weeks(HISTORY_WEEKS, until, tz)
        by_week = by_score.whole(db, scope, [(week.start, week.end) for week in weeks], now)
        kinds = dict.fromkeys(asked for tally in by_week for asked in tally)
        _, counted = headline(kinds, automatic)
        if kind:
            counted = frozenset(asked for asked in kinds if counts_as(asked, kind, automatic))
        history = [
            (week, scope.metric.on_scale(_counted(tally, counted))) for week, tally in zip(weeks, by_week, strict=True)
        ]
        return tuple(dropwhile(lambda entry: not entry[1], history))

    return cached_if_settled(db, question, until, now, find)


def _counted(tally: Tally, counted: Kinds) -> Counts:
    counts: Counter[int] = Counter()
    for kind in counted & tally.keys():
        for score, n in tally[kind].items():
            counts[score] += n
    return {score: n for score, n in counts.items() if n}


def _slice(db: Connection, scope: Scope, span: Span, tally: Tally, automatic: frozenset[int], now: datetime) -> Slice:
    """The answers of a span that count, with their design effects."""
    _, counted = headline(tally, automatic)
    counts = _counted(tally, counted)
    per_person = any(counts_people(scope.metric, asked_by) for asked_by, _ in counted)
    if per_person:  # people are counted, so nobody can answer several times
        return Slice.of(scope.metric, counts)
    effects, several = repeat_customers.repetition(db, scope, span, counts, counted, now)
    return Slice.of(scope.metric, counts, effects, several)


def _groups(db: Connection, scope: Scope, span: Span, by: str, counted: Kinds, now: datetime) -> dict[str, Slice]:
    """The parts of a `by:` report. Answers without a value are the part `—`."""

    def find() -> dict[object, Slice]:
        parts: dict[object, Counter[int]] = defaultdict(Counter)
        [tally] = by_score.by_part(db, scope, [span], now, by)
        for (part, *kind), counts in tally.items():
            if tuple(kind) in counted:
                parts[part].update(counts)
        per_person = any(counts_people(scope.metric, asked_by) for asked_by, _ in counted)
        deffs = {} if per_person else repeat_customers.by_part(db, scope, span, parts, counted, now, by)
        return {part: Slice.of(scope.metric, counts, deffs.get(part)) for part, counts in parts.items()}

    question = ("groups", scope.identity, span, by, counted)
    found = cached_if_settled(db, question, span[1], now, find)
    shown = names.of(db, by, found)
    return {shown[part] or "—": slice_ for part, slice_ in found.items()}
