"""The facts of a comparison before and after a day: answers by week, without the days of incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period, local_date
from cxbot.core.figures import before_after
from cxbot.core.figures.before_after import BeforeAfter, Side, Step
from cxbot.core.metrics.design_effects import HEADLINE
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.signals.control_charts import added, group
from cxbot.store.counts import by_score, repeat_customers
from cxbot.store.counts.scope import decide, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view
from cxbot.store.records import incidents


def compare(db: Connection, query: Query, since: date, name: str, against: str, now: datetime) -> BeforeAfter:
    """The levels of a question's answers before and after the day `since`, and those of the team `against`, if any."""
    team = query.filters.get("team", "")
    with one_view(db):
        known = incidents.about(db, team)
        here = _step(db, query.metric, query.filters, query, since, known, now)
        result = BeforeAfter(query.metric, since, name, team, here, left_out=_within(known, since, query, now))
        if not against:
            return result
        there = _step(
            db, query.metric, {**query.filters, "team": against}, query, since, incidents.about(db, against), now
        )
        return before_after.with_other(result, against, there)


def _within(known: tuple[Incident, ...], since: date, query: Query, now: datetime) -> tuple[Incident, ...]:
    before, after = before_after.weeks_around(since, local_date(now, query.period.timezone))
    first, last = before[0][0], (after or before)[-1][1]
    return tuple(incident for incident in known if incident.first < last and incident.last >= first)


def _step(
    db: Connection,
    metric: Metric,
    filters: Mapping[str, str],
    query: Query,
    since: date,
    known: tuple[Incident, ...],
    now: datetime,
) -> Step:
    tz = query.period.timezone
    scope = scope_of(db, metric, filters, unassigned=query.unassigned)
    sides = before_after.weeks_around(since, local_date(now, tz))
    runs: list[list[list[Period]]] = [[before_after.ordinary(week, known, tz) for week in side] for side in sides]
    spans = [(run.start, run.end) for side in runs for week in side for run in week]
    tallies = dict(zip(spans, by_score.whole(db, scope, spans, now), strict=True))
    counted = decide(metric, *reversed(tallies.values())).ways

    def side_of(weeks: list[list[Period]]) -> Side:
        days = [run for week in weeks for run in week]
        if not days:
            return Side([])
        scores = {run: metric.on_scale(by_score.counting(tallies[run.start, run.end], counted)) for run in days}
        whole: Counter[int] = Counter()
        for counts in scores.values():
            whole.update(counts)
        span = (days[0].start, days[-1].end)
        repeated = repeat_customers.repetition(db, scope, span, whole, counted, now)
        return Side(
            [added(group(metric.headline, scores[run]) for run in week) for week in weeks],
            repeated.effects.get(HEADLINE, 1.0),
        )

    before, after = map(side_of, runs)
    return before_after.step(metric, before, after)
