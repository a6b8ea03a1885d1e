"""What a report asks of the store: counts of answers, of surveys sent, and of customers who answered twice.

Whole UTC days come from the daily counts, the hours at both ends of a period from the answers themselves;
where a filter needs more than the team, all of it comes from the answers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlite_utils import Database as Connection

from cxbot.core import intervals, metrics
from cxbot.core.asking import WINDOW
from cxbot.core.metrics import METRICS, Counts, Metric, Statistic
from cxbot.core.periods import Period
from cxbot.core.queries import Query
from cxbot.core.reports import HEADLINE, Facts, Slice
from cxbot.core.response import Response
from cxbot.store.database import Row, row, rows, stamp
from cxbot.store.transfers import published

AUTOMATIC, HAND_PICKED, CAMPAIGN = "automatic", "hand-picked", "campaign"
SAMPLE_ABOVE = 100_000  # answers in a slice from which repeated customers are counted in a sample
SAMPLE_SIZE = 20_000
VISIBLE = "batch <= :published AND until_batch > :published"
ANSWERED = f"metric = :metric AND score IS NOT NULL AND late = 0 AND {VISIBLE}"
TICK = timedelta(microseconds=1)

Kinds = frozenset[tuple[str, str]]  # (asked_by, team)


@dataclass(frozen=True, slots=True)
class Scope:
    """The answers a question is about: a metric and filters; `unassigned` adds those without a team to a
    filter by team."""

    metric: Metric
    filters: Mapping[str, str]
    published: int
    unassigned: bool = False

    def where(self) -> tuple[str, dict[str, str]]:
        """The filters as SQL; names are compared without case."""
        parts, values = [], {}
        for name, value in self.filters.items():
            either = " OR team = ''" if name == "team" and self.unassigned else ""
            parts.append(f" AND ({name} = :f_{name} COLLATE NOCASE{either})")
            values[f"f_{name}"] = value
        return "".join(parts), values

    @property
    def by_team_only(self) -> bool:
        """Whether the daily counts can answer."""
        return set(self.filters) <= {"team"}


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
    spans = [_span(period, now) for period in (query.period, query.versus or query.period.previous())]
    tallies = [_answers(db, scope, *span) for span in spans]
    kind, counted = _headline(tallies[0], automatic)
    slices = [_slice(db, scope, span, tally, automatic, now) for span, tally in zip(spans, tallies, strict=True)]
    apart: dict[str, Counter[int]] = defaultdict(Counter)
    for (asked_by, team), counts in tallies[0].items():
        if (asked_by, team) not in counted:
            apart[asked_by].update(counts)
    groups = None
    if query.by is not None:
        groups = _groups(db, scope, spans[0], query.by, counted)
    return Facts(
        current=slices[0],
        previous=slices[1],
        kind=kind,
        groups=groups,
        apart={asked_by: Slice(counts) for asked_by, counts in apart.items()},
    )


def by_week(
    db: Connection, metric: Metric, filters: Mapping[str, str], weeks: Sequence[Period], now: datetime
) -> list[Slice]:
    """The slices of several periods, for a trend."""
    db.execute("BEGIN")
    try:
        scope = Scope(metric, filters, published(db))
        automatic = _automatic_teams(db, metric)
        spans = [_span(week, now) for week in weeks]
        return [_slice(db, scope, span, _answers(db, scope, *span), automatic, now) for span in spans]
    finally:
        db.execute("ROLLBACK")


def _span(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """The part of a period that is known at `now`, half-open."""
    return period.start, max(period.start, min(period.end, now + TICK))


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


def _headline(tally: Mapping[tuple[str, str], Counts], automatic: frozenset[str]) -> tuple[str, Kinds]:
    """Which answers count: those about interactions, and of a team that has automatic ones only these;
    campaigns where there is nothing else."""
    interactions = {
        (asked_by, team)
        for asked_by, team in tally
        if asked_by == AUTOMATIC or (asked_by == HAND_PICKED and team not in automatic)
    }
    if interactions:
        kinds = {asked_by for asked_by, _ in interactions}
        return (kinds.pop() if len(kinds) == 1 else "mixed"), frozenset(interactions)
    campaigns = frozenset(kind for kind in tally if kind[0] == CAMPAIGN)
    return (CAMPAIGN if campaigns else ""), campaigns


def _days(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The whole UTC days inside a span, as [first midnight, last midnight)."""
    first = datetime.combine(start.astimezone(UTC).date(), time(), UTC)
    if first < start:
        first += timedelta(days=1)
    last = datetime.combine(end.astimezone(UTC).date(), time(), UTC)
    return (first, last) if first < last else (end, end)


def _answers(db: Connection, scope: Scope, start: datetime, end: datetime) -> dict[tuple[str, str], Counter[int]]:
    """Answers per way of asking, team and score."""
    result: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    first, last = _days(start, end) if scope.by_team_only else (end, end)
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


def _latest_per_person(
    db: Connection, scope: Scope, start: datetime, end: datetime
) -> dict[tuple[str, str], Counter[int]]:
    """Campaign answers, the latest one per customer: relationship NPS counts people, not answers."""
    where, values = scope.where()
    result: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
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
    span: tuple[datetime, datetime],
    tally: Mapping[tuple[str, str], Counts],
    automatic: frozenset[str],
    now: datetime,
) -> Slice:
    _, counted = _headline(tally, automatic)
    counts: Counter[int] = Counter()
    for kind in counted:
        counts.update(tally.get(kind, {}))
    per_person = any(asked_by == CAMPAIGN for asked_by, _ in counted)
    return Slice(
        counts={score: n for score, n in counts.items() if n},
        deffs={} if per_person else _design_effects(db, scope, span, counts, counted),
        response=_response(db, scope, span, automatic, now),
    )


def _statistics(metric: Metric) -> dict[str, Statistic]:
    return {HEADLINE: metric.headline, **metric.beside}


def _design_effects(
    db: Connection, scope: Scope, span: tuple[datetime, datetime], counts: Counts, counted: Kinds
) -> dict[str, float]:
    """How much several answers per customer widen the intervals, for each statistic."""
    n = sum(counts.values())
    if n < 2:
        return {}
    limit = 1000
    if n > SAMPLE_ABOVE:
        limit = max(1, 1000 * SAMPLE_SIZE // n)
        counts = Counter()
        for found in _sampled(db, scope, span, limit):
            if (found["asked_by"], found["team"]) in counted:
                counts[found["score"]] += found["n"]
    clusters = _clusters(_repeated(db, scope, span, limit), counted)
    return effects(scope.metric, counts, clusters)


def effects(metric: Metric, counts: Counts, clusters: Iterable[Counts]) -> dict[str, float]:
    """The design effects of a slice with these counts, where `clusters` are the answers of each customer who
    may have given several; everybody else gave one."""
    clusters = [cluster for cluster in clusters if sum(cluster.values()) > 1]
    if not clusters:
        return {}
    return {name: _effect(statistic, counts, clusters) for name, statistic in _statistics(metric).items()}


def _effect(statistic: Statistic, counts: Counts, clusters: list[Counts]) -> float:
    value = {score: metrics.value_of(statistic, score) for score in counts}
    n = sum(counts.values())
    total = sum(value[score] * k for score, k in counts.items())
    squares = sum(value[score] ** 2 * k for score, k in counts.items())
    single = Counter(counts)
    for cluster in clusters:
        single.subtract(cluster)
    sums = [(sum(value[s] * k for s, k in each.items()), sum(each.values())) for each in clusters]
    singles = sum(single.values())
    return intervals.design_effect_from_sums(
        n=n,
        total=total,
        squares=squares,
        customers=singles + len(sums),
        cluster_squares=sum(value[s] ** 2 * k for s, k in single.items()) + sum(s * s for s, _ in sums),
        cluster_products=sum(value[s] * k for s, k in single.items()) + sum(s * k for s, k in sums),
        cluster_sizes=singles + sum(k * k for _, k in sums),
    )


def _repeated(
    db: Connection, scope: Scope, span: tuple[datetime, datetime], limit: int = 1000, column: str = "''"
) -> list[Row]:
    """All answers in the span of the customers who gave more than one in it (perhaps under other filters)."""
    where, values = scope.where()
    return rows(
        db,
        f"SELECT customer, asked_by, team, score, {column} AS part FROM ratings WHERE {ANSWERED} "
        f"AND answered_at >= :start AND answered_at < :end{where} AND customer IN (SELECT customer FROM ratings "
        "WHERE metric = :metric AND previous_at >= :start AND previous_at < :end AND answered_at < :end "
        "AND sample < :limit)",
        metric=scope.metric.name,
        published=scope.published,
        start=stamp(span[0]),
        end=stamp(span[1]),
        limit=limit,
        **values,
    )


def _sampled(db: Connection, scope: Scope, span: tuple[datetime, datetime], limit: int) -> list[Row]:
    where, values = scope.where()
    return rows(
        db,
        f"SELECT asked_by, team, score, COUNT(*) AS n FROM ratings WHERE {ANSWERED} "
        f"AND answered_at >= :start AND answered_at < :end AND sample < :limit{where} GROUP BY asked_by, team, score",
        metric=scope.metric.name,
        published=scope.published,
        start=stamp(span[0]),
        end=stamp(span[1]),
        limit=limit,
        **values,
    )


def _clusters(found: Iterable[Row], counted: Kinds) -> Iterable[Counter[int]]:
    clusters: dict[object, Counter[int]] = defaultdict(Counter)
    for each in found:
        if (each["asked_by"], each["team"]) in counted:
            clusters[each["customer"]][each["score"]] += 1
    return clusters.values()


def _groups(db: Connection, scope: Scope, span: tuple[datetime, datetime], by: str, counted: Kinds) -> dict[str, Slice]:
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
    repeated: dict[str, list[Row]] = defaultdict(list)
    for each in _repeated(db, scope, span, column=by):
        repeated[each["part"]].append(each)
    return {
        part or "—": Slice(found, effects(scope.metric, found, _clusters(repeated[part], counted)))
        for part, found in counts.items()
    }


def _response(
    db: Connection, scope: Scope, span: tuple[datetime, datetime], automatic: frozenset[str], now: datetime
) -> Response:
    """The cohort of surveys sent in the span: all of it, and the part whose window is still open."""
    start, end = span
    still_open = min(max(start, now - WINDOW + TICK), end)
    whole = _sent(db, scope, start, end, now)
    _, counted = _headline({kind: {} for kind in whole}, automatic)
    recent = _sent(db, scope, still_open, end, now)
    sent, delivered, answered = (sum(whole[kind][i] for kind in counted) for i in range(3))
    _, open_delivered, open_answered = (sum(recent[kind][i] for kind in counted if kind in recent) for i in range(3))
    return Response(
        sent=sent,
        delivered=delivered,
        answered=answered,
        open=open_delivered,
        settled_delivered=delivered - open_delivered,
        settled_answered=answered - open_answered,
    )


def _sent(
    db: Connection, scope: Scope, start: datetime, end: datetime, now: datetime
) -> dict[tuple[str, str], list[int]]:
    """Surveys sent, delivered and answered in time by `now`, per way of asking and team."""
    result: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    ahead = row(
        db,
        f"SELECT 1 AS one FROM ratings WHERE {ANSWERED} AND answered_at > :now LIMIT 1",
        metric=scope.metric.name,
        published=scope.published,
        now=stamp(now),
    )
    # The daily counts know no "answered by then": a look back in time goes to the answers themselves.
    first, last = _days(start, end) if scope.by_team_only and ahead is None else (end, end)
    where, values = scope.where()
    raw = (
        "SELECT asked_by, team, COUNT(*) AS sent, SUM(delivered) AS delivered, "
        "SUM(answered_at IS NOT NULL AND answered_at <= :now AND late = 0) AS answered FROM ratings "
        f"WHERE metric = :metric AND sent_at >= :start AND sent_at < :end AND {VISIBLE}{where} "
        "GROUP BY asked_by, team"
    )
    daily = (
        "SELECT asked_by, team, SUM(sent) AS sent, SUM(delivered) AS delivered, SUM(answered) AS answered "
        "FROM daily_sent WHERE metric = :metric AND day >= :start AND day < :end AND batch <= :published "
        f"{where} GROUP BY asked_by, team"
    )
    for sql, a, b in (
        (raw, stamp(start), stamp(first)),
        (daily, stamp(first)[:10], stamp(last)[:10]),
        (raw, stamp(last), stamp(end)),
    ):
        if a < b:
            for found in rows(
                db, sql, metric=scope.metric.name, published=scope.published, start=a, end=b, now=stamp(now), **values
            ):
                sums = result[found["asked_by"], found["team"]]
                for i, name in enumerate(("sent", "delivered", "answered")):
                    sums[i] += found[name] or 0
    return result
