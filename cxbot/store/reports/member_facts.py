"""Which results about customers are shown to members who don't lead (see `core/reports/member_results.py`)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.digests import weekly
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import member_results, metric_report
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.member_results import Piece, Shown, Week
from cxbot.core.reports.metric_report import Facts, Report, Slice
from cxbot.store.counts import by_score, selection
from cxbot.store.counts.scope import ANSWERED, TICK, Scope, decide, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, cached
from cxbot.store.engine.statements import row, tuples
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import digests, names, teams
from cxbot.store.reports import metric_facts


def read(db: Connection, query: Query, user: str, now: datetime, posting: Period | None = None) -> frozenset[Shown]:
    """The results about a question's team, and if it is about a member also about them, that they may be shown.
    `posting` is the week or month of a digest that is being written."""
    timezone = query.period.timezone
    until = member_results.week_after(now, timezone)
    if posting is not None:
        until = max(until, periods.week_of(posting.end - TICK, timezone).end)
    team = replace(query, filters={name: value for name, value in query.filters.items() if name == "team"}, by=None)
    scope = scope_of(db, query.metric, team.filters, unassigned=query.unassigned)
    first = row(
        db, f"SELECT MIN(answered_at) AS first FROM ratings WHERE {ANSWERED}{scope.where()[0]}",
        **scope.values((until, until)),
    )  # fmt: skip
    begun = None if first is None or first["first"] is None else moment(first["first"])
    if begun is None or begun >= until:
        return frozenset()
    weeks = list(member_results.weeks(begun, until, timezone))
    posted = _posted(db, query, posting)

    def find() -> frozenset[Shown]:
        pieces = _pieces(db, scope, weeks, now)
        told = _digests(query.metric, pieces, timezone, posted)
        return member_results.shown(pieces, timezone, lambda ways: decide(query.metric, ways).ways, told)

    def find_own() -> frozenset[Shown]:
        return member_results.own_shown([_week(db, team, week, user, week.end - TICK) for week in weeks], found)

    found = cached(db, Question("members", (*scope.identity, timezone, *posted), begun, until), find)
    if "agent" not in query.filters:
        return found
    return found | cached(db, Question("a member", (*scope.identity, user, timezone, *posted), begun, until), find_own)


def released(db: Connection, query: Query, now: datetime, posting: Period) -> Released:
    """Which results of a report may be in the digest of a week or month, where members read it."""
    found = read(db, query, "", now, posting)
    current, previous = (Shown(period.start, period.end) in found for period in (query.period, query.beside))
    return Released(current, previous)


def _posted(db: Connection, query: Query, posting: Period | None) -> tuple[str, ...]:
    """The keys of the weeks and months whose digests members have got about a question's team and metric."""
    named = names.find(db, "team", query.filters.get("team", ""))
    team = next((each for each in teams.every(db) if names.find(db, "team", each.name) == named), None)
    kept = digests.posted(db, team) if team is not None and team.survey.first.metric == query.metric else []
    return tuple(sorted({*kept, *([posting.key] if posting is not None else [])}))


def _digests(metric: Metric, pieces: Sequence[Piece], timezone: str, posted: Collection[str]) -> list[Shown]:
    """What posted digests were about, if that was more than one week."""
    found = []
    for period in (periods.from_key(key, timezone) for key in posted):
        if period.kind is not Kind.WEEK:
            found.append(Shown(period.start, period.end))
            continue
        weeks = weekly.weeks_before(period)
        within = [[piece for piece in pieces if week.start <= piece.start < week.end] for week in weeks]
        ways = decide(metric, {way for week in within for piece in week for way in piece.answers}).ways
        counts = [sum(piece.answers.get(way, 0) for piece in week for way in ways) for week in within]
        if (span := weekly.span_for(counts)) > 1:
            found.append(Shown(weeks[-span].start, period.end))
    return found


def running_week(db: Connection, query: Query, now: datetime) -> Report | None:
    """The report on a running week up to its latest step, of the team or of the agent that a question names; None if
    there is none yet. It is the one with which the step was reached: a score that is changed later would be told by the
    difference."""
    agent = query.filters.get("agent")
    team = replace(query, filters={name: value for name, value in query.filters.items() if name != "agent"})
    if agent is not None:
        number = member_results.own_step(_week(db, team, query.period, agent, now))
    else:
        number = member_results.stepped(selection.of(db, team, now).count(db), _before_the_month(db, team, now))
    until = selection.moment_of(db, team, now, number) if number else None
    reached = selection.moment_of(db, team, now, number + member_results.LEAST)
    if until is None or reached is None:
        return None
    facts = metric_facts.facts(db, query, until, background=True)
    current = _as_of(db, query, facts.current, until, reached)
    return metric_report.build(query, replace(facts, current=current), until)


def as_they_ended(db: Connection, query: Query, facts: Facts) -> Facts:
    """The facts with every score as it was when its period ended. A month may end within a week, and scores of its last
    day can still be changed then: two digests, or a digest and its preview, would tell what one customer changed."""
    current, previous = (
        _as_of(db, replace(query, period=period, versus=None), part, end := period.end - TICK, end)
        for period, part in ((query.period, facts.current), (query.beside, facts.previous))
    )
    return replace(facts, current=current, previous=previous)


def _as_of(db: Connection, query: Query, part: Slice, until: datetime, reached: datetime) -> Slice:
    """The answers up to a moment with the scores that they had when another one was reached."""
    counts = Counter(part.counts)
    for score, then in _changed(db, query, until, reached):
        counts[score] -= 1
        counts[then] += 1
    return replace(part, counts={score: n for score, n in sorted(counts.items()) if n})


def _changed(db: Connection, query: Query, until: datetime, reached: datetime) -> list[tuple[int, int]]:
    """The scores, up to a moment, that were changed after another one: what they are, and what they were by then."""
    chosen = selection.of(db, query, until)
    then = (
        "(SELECT e.value FROM answer_events AS e WHERE e.invitation = r.external_id AND e.metric = r.metric "
        "AND e.kind = 'score' AND e.outcome = 'counted' ORDER BY e.received_at > :reached, "
        "CASE WHEN e.received_at > :reached THEN e.action_ts END, e.action_ts DESC LIMIT 1)"
    )
    found = tuples(
        db,
        f"SELECT r.score, {then} FROM ratings AS r WHERE {chosen.answered} AND r.changed_at > :reached",
        {**chosen.values, "reached": stamp(reached)},
    )
    return [(score, int(value)) for score, value in found if value is not None]


def _week(db: Connection, team: Query, week: Period, agent: str, now: datetime) -> Week:
    """The answers of a week up to `now`, and which of them are about an agent."""
    in_week = replace(team, period=week, versus=None, like=None)
    chosen = selection.of(db, in_week, now)
    found = tuples(
        db,
        f"SELECT agent = :own FROM ratings WHERE {chosen.answered} ORDER BY answered_at, id",
        {**chosen.values, "own": names.find(db, "agent", agent)},
    )
    return Week(week, [bool(own) for (own,) in found], _before_the_month(db, in_week, now))


def _before_the_month(db: Connection, query: Query, now: datetime) -> int | None:
    """The answers of a week that were given before a month began in it; None if none has begun."""
    begins = member_results.month_begins(query.period)
    return None if begins is None or now < begins else selection.of(db, query, begins - TICK).count(db)


def _pieces(db: Connection, scope: Scope, weeks: Collection[Period], now: datetime) -> list[Piece]:
    """The weeks, cut where a month begins."""
    cuts: set[datetime] = set()
    for week in weeks:
        cuts |= {week.start, week.end, member_results.month_begins(week) or week.start}
    spans = list(itertools.pairwise(sorted(cuts)))
    tallies = by_score.whole(db, scope, spans, now)
    return [
        Piece(start, end, {way: sum(counts.values()) for way, counts in tally.items()})
        for (start, end), tally in zip(spans, tallies, strict=True)
    ]
