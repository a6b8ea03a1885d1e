"""Which results about customers are shown to members who don't lead (see `core/reports/member_results.py`)."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from cxbot.core.calendar.periods import Period
from cxbot.core.queries.query import Query
from cxbot.core.reports import member_results
from cxbot.core.reports.member_results import Piece, Shown
from cxbot.store.counts import by_score, selection
from cxbot.store.counts.scope import ANSWERED, TICK, Scope, decide, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, cached
from cxbot.store.engine.statements import row
from cxbot.store.engine.times import moment


def read(db: Connection, query: Query, user: str, now: datetime) -> frozenset[Shown]:
    """The results about a question's team, and about a member of it, that the member may be shown at `now`."""
    timezone = query.period.timezone
    until = member_results.week_after(now, timezone)
    team = {name: value for name, value in query.filters.items() if name == "team"}
    everyone = scope_of(db, query.metric, team, unassigned=query.unassigned)
    own = scope_of(db, query.metric, {**team, "agent": user}, unassigned=query.unassigned)
    first = row(
        db, f"SELECT MIN(answered_at) AS first FROM ratings WHERE {ANSWERED}{everyone.where()[0]}",
        **everyone.values((until, until)),
    )  # fmt: skip
    begun = None if first is None or first["first"] is None else moment(first["first"])
    if begun is None or begun >= until:
        return frozenset()

    def find() -> frozenset[Shown]:
        weeks = list(member_results.weeks(begun, until, timezone))
        pieces = _pieces(db, everyone, own, weeks, now)
        return member_results.shown(pieces, timezone, lambda ways: decide(query.metric, ways).ways)

    return cached(db, Question("members", (*everyone.identity, user, timezone), begun, until), find)


def step_of(db: Connection, query: Query, now: datetime) -> datetime | None:
    """The moment up to which a running week is shown; None if it is not shown yet. A member's own answers are shown
    beside none of colleagues, or at least five."""
    number = member_results.stepped(selection.of(db, query, now).count(db), _before_the_month(db, query, now))
    at = selection.moment_of(db, query, now, number) if number else None
    if at is None or "agent" not in query.filters:
        return at
    team = {name: value for name, value in query.filters.items() if name != "agent"}
    rest = selection.of(db, replace(query, filters=team), at).count(db) - number
    return at if rest == 0 or rest >= member_results.LEAST else None


def _before_the_month(db: Connection, query: Query, now: datetime) -> int | None:
    """The answers of a running week that were given before a month began in it; None if none has begun."""
    begins = member_results.month_begins(query.period)
    return None if begins is None or now < begins else selection.of(db, query, begins - TICK).count(db)


def _pieces(db: Connection, everyone: Scope, own: Scope, weeks: Collection[Period], now: datetime) -> list[Piece]:
    """The weeks, cut where a month begins."""
    cuts: set[datetime] = set()
    for week in weeks:
        cuts |= {week.start, week.end, member_results.month_begins(week) or week.start}
    spans = list(itertools.pairwise(sorted(cuts)))
    counted = (
        [
            {way: sum(counts.values()) for way, counts in tally.items()}
            for tally in by_score.whole(db, scope, spans, now)
        ]
        for scope in (everyone, own)
    )
    return [Piece(start, end, *both) for (start, end), *both in zip(spans, *counted, strict=True)]
