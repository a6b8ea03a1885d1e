"""Counts answers by part, way of asking and score, in several spans of time at once.

Whole UTC days come from the daily counts; the hours at both ends of a span are counted from the answers. If a filter
or a split is about more than the team, everything is counted from the answers. Counts that can't change any more are
cached.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from cxbot.core.metrics.metric import Counts, added
from cxbot.store.counts.scope import ANSWERED, Correction, Scope, Span, Ways, counts_people, whole_days
from cxbot.store.counts.scope import column as split_by
from cxbot.store.engine import result_cache
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, settled_before, settled_days_before
from cxbot.store.engine.statements import tables_of, tuples
from cxbot.store.engine.times import day, stamp
from cxbot.store.records.ways import CAMPAIGN, WORDS

Key = tuple[object, int]  # the part (an id, or a word) and the way of asking
Tally = Mapping[int, Counts]  # by way of asking
Hours = Mapping[tuple[int, int], Counts]  # by way of asking and team
Piece = tuple[int, str, str]  # place of the span, from, until


def whole(db: Connection, scope: Scope, spans: Sequence[Span], now: datetime) -> list[Tally]:
    """The answers in each span by way of asking."""
    return [{way: counts for (_, way), counts in tally.items()} for tally in by_part(db, scope, spans, now, "")]


def counting(tally: Tally, ways: Ways) -> Counts:
    """The answers that were asked for in one of these ways."""
    counts: Counter[int] = Counter()
    for way in ways & tally.keys():
        counts.update(tally[way])
    return {score: n for score, n in counts.items() if n}


def by_part(
    db: Connection, scope: Scope, spans: Sequence[Span], now: datetime, column: str
) -> list[Mapping[Key, Counts]]:
    """The answers in each span by value of a column (`""`: one part) and way of asking. If the metric counts people
    instead of answers, only each person's latest answer is included."""
    cut = (settled_days_before if _in_days(scope, column) else settled_before)(now)
    known = _settled(db, scope, [(start, min(end, cut)) for start, end in spans], column, cut)
    fresh = _count(db, scope, [(max(start, cut), end) for start, end in spans], column, cut)
    return [
        _per_person(db, scope, span, column, span[1] <= cut, _sum(*both))
        for span, both in zip(spans, zip(known, fresh, strict=True), strict=True)
    ]


def _in_days(scope: Scope, column: str) -> bool:
    """Whether the daily counts are enough."""
    return scope.by_team_only and column in ("", "team")


def _settled(
    db: Connection, scope: Scope, spans: Sequence[Span], column: str, cut: datetime
) -> list[Mapping[Key, Counts]]:
    """The answers in spans that can't change any more. Spans that are not cached are counted together, in one query."""
    kept = result_cache.of(db)
    questions = [Question("tally", scope.identity, *span, column) for span in spans]
    tallies = {question: kept.get(question) for question in questions}
    missing = [question for question, tally in tallies.items() if tally is None]
    for question, tally in zip(
        missing, _count(db, scope, [(question.start, question.end) for question in missing], column, cut), strict=True
    ):
        kept.keep(question, tally)
        tallies[question] = tally
    return [tallies[question] or {} for question in questions]


def _sum(one: Mapping[Key, Counts], other: Mapping[Key, Counts]) -> Mapping[Key, Counts]:
    if not (one and other):
        return one or other
    return {**one, **{key: added(one[key], more) if key in one else more for key, more in other.items()}}


def _count(
    db: Connection, scope: Scope, spans: Sequence[Span], column: str, cut: datetime
) -> list[Mapping[Key, Counts]]:
    """The answers in each span, counted now."""
    result: list[dict[Key, Counter[int]]] = [defaultdict(Counter) for _ in spans]
    from_days: list[Piece] = []
    from_answers: list[Piece] = []
    corrections: list[tuple[int, Correction]] = []
    for place, (start, end) in enumerate(spans):
        if start >= end:
            continue
        if not _in_days(scope, column):
            from_answers.append((place, stamp(start), stamp(end)))
            continue
        (first, last), edges = whole_days(start, end)
        from_days += [(place, day(stamp(first)), day(stamp(last)))] if first < last else []
        corrections += [(place, edge) for edge in edges]
    where, filters = scope.where()
    values = {**filters, "metric": scope.metric.name, "published": scope.published}
    part = split_by(column)
    raw = (
        f"SELECT place, {part}, {scope.way('answered_at')}, score, COUNT(*) FROM pieces CROSS JOIN ratings "
        f"WHERE {ANSWERED} AND answered_at >= since AND answered_at < until{where} GROUP BY 1, 2, 3, 4"
    )
    daily = (
        f"SELECT place, {part}, {scope.way('day')}, score, SUM(n) FROM kinds CROSS JOIN pieces CROSS JOIN "
        "daily_answers WHERE metric = :metric AND asked_by = way_asked AND team = of_team AND day >= since "
        "AND day < until AND batch <= :published GROUP BY 1, 2, 3, 4"
    )
    ways_and_teams = _ways_and_teams(db, scope) if from_days or corrections else ()
    for sql, pieces, kinds in ((daily, from_days, ways_and_teams), (raw, from_answers, None)):
        if not pieces or kinds == ():
            continue
        tables, slots = tables_of({"pieces(place, since, until)": pieces, "kinds(way_asked, of_team)": kinds or ()})
        for place, name, way, score, n in tuples(db, f"{tables} {sql}", {**values, **slots}):
            result[place][name, way][score] += n
    hours = _hours(db, scope, {edge[:2] for _, edge in corrections}, cut)
    teams = {team for _, team in ways_and_teams}
    for place, (start, end, sign) in corrections:
        for (way, team), counts in hours[start, end].items():
            if team in teams:
                kept = result[place][team if column else "", way]
                for score, n in counts.items():
                    kept[score] += sign * n
    return [{key: counts for key, scores in tally.items() if (counts := +scores)} for tally in result]


def _hours(db: Connection, scope: Scope, spans: Collection[Span], cut: datetime) -> dict[Span, Hours]:
    """The answers of all teams in some short spans.

    Spans before `cut` are cached: the hours around a time zone's midnights are the same for every team and for
    neighbouring weeks.
    """
    kept = result_cache.of(db)
    about = (scope.metric.name, scope.shown, scope.begun)
    questions = {span: Question("hours", about, *span) for span in spans}
    tallies = {span: kept.get(question) for span, question in questions.items()}
    missing = [span for span, tally in tallies.items() if tally is None]
    if missing:
        counted: dict[Span, dict[tuple[int, int], Counter[int]]] = {span: defaultdict(Counter) for span in missing}
        tables, slots = tables_of(
            {"pieces(place, since, until)": [(i, stamp(start), stamp(end)) for i, (start, end) in enumerate(missing)]}
        )
        each_hour = (
            f"{tables} SELECT place, {scope.way('answered_at')}, team, score, COUNT(*) FROM pieces CROSS JOIN ratings "
            f"WHERE {ANSWERED} AND answered_at >= since AND answered_at < until GROUP BY 1, 2, 3, 4"
        )
        values = {"metric": scope.metric.name, "published": scope.published, **slots}
        for place, way, team, score, n in tuples(db, each_hour, values):
            counted[missing[place]][way, team][score] = n
        for span, tally in counted.items():
            tallies[span] = tally
            if span[1] <= cut:
                kept.keep(questions[span], tally)
    return {span: tally or {} for span, tally in tallies.items()}


def _ways_and_teams(db: Connection, scope: Scope) -> tuple[tuple[int, int], ...]:
    """Every stored way of asking and team with answers in the scope, found with one index look-up each."""
    where, values = scope.where()
    kinds = tuples(
        db,
        f"SELECT way, team FROM ({KINDS}) AS every_kind WHERE team IS NOT NULL{where}",
        {"metric": scope.metric.name, **values},
    )
    return tuple((way, team) for way, team in kinds)


_NEXT = "SELECT MIN(d.team) FROM daily_answers AS d WHERE d.metric = :metric AND d.asked_by = "
# One step per way of asking and team; otherwise SQLite would read every day.
KINDS = (
    f"WITH RECURSIVE every(way, team) AS (SELECT way, ({_NEXT} way) FROM ("
    f"{' UNION ALL '.join(f'SELECT {way} AS way' for way, _ in enumerate(WORDS))}) AS ways UNION ALL "
    f"SELECT way, ({_NEXT} way AND d.team > every.team) FROM every WHERE team IS NOT NULL) SELECT way, team FROM every"
)


def _per_person(
    db: Connection, scope: Scope, span: Span, column: str, settled: bool, tally: Mapping[Key, Counts]
) -> Mapping[Key, Counts]:
    """The tally with only each person's latest answer, if the metric counts people."""
    if not any(counts_people(scope.metric, way) for _, way in tally):
        return tally
    others = {key: counts for key, counts in tally.items() if not counts_people(scope.metric, key[1])}
    question = Question("latest", scope.identity, *span, column)

    def latest() -> Mapping[Key, Counts]:
        return _latest_per_person(db, scope, span, column)

    return others | dict(result_cache.cached(db, question, latest) if settled else latest())


def _latest_per_person(db: Connection, scope: Scope, span: Span, column: str) -> Mapping[Key, Counts]:
    result: dict[Key, Counter[int]] = defaultdict(Counter)
    part = split_by(column)
    # All of an employee's answers count as one survey, as in a campaign, however they were asked.
    asked = "" if scope.metric.employees else f"AND asked_by = {CAMPAIGN} "
    latest = tuples(
        db,
        f"SELECT part, score, COUNT(*) FROM (SELECT {part} AS part, score, customer, ROW_NUMBER() OVER "
        f"(PARTITION BY customer ORDER BY answered_at DESC, id DESC) AS place FROM ratings WHERE {ANSWERED} "
        f"{asked}AND answered_at >= :start AND answered_at < :end{scope.where()[0]}) AS latest "
        "WHERE place = 1 OR customer = 0 GROUP BY part, score",
        scope.values(span),
    )
    for name, score, n in latest:
        result[name, CAMPAIGN][score] += n
    return result
