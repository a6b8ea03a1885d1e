"""What a change on a day has done to a metric: its level before and after, as far as answers can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.differences import Change
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Kind, Metric
from cxbot.core.signals import control_charts, levels
from cxbot.core.signals.control_charts import Group
from cxbot.core.statistics import student_t

WEEKS = 26
"""Weeks before the day, and after it, that are compared at most."""
LEAST = 10
"""Answers on each side that a comparison needs."""
CONFIDENCE = 0.95
_MANY = 1e9  # degrees of freedom of a normal value


@dataclass(frozen=True, slots=True)
class Side:
    """The answers on one side of the day: the sums of each week without its incidents, and the design effect of all."""

    weeks: Sequence[Group]
    deff: float = 1.0

    @property
    def n(self) -> int:
        """The number of answers."""
        return sum(week.n for week in self.weeks)

    @property
    def weeks_with_answers(self) -> int:
        """The number of weeks that have any."""
        return sum(week.n > 0 for week in self.weeks)


@dataclass(frozen=True, slots=True)
class Step:
    """The level before the day and after it, and the difference; None where there are fewer than 10 answers."""

    before: Side
    after: Side
    level_before: Estimate | None
    level_after: Estimate | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What a change on the day `since` has done to a metric of a team, beside another team if one is named.

    `beyond` is how much more the metric changed here than there. `left_out` are the incidents whose days do not count.
    """

    metric: Metric
    since: date
    name: str
    team: str
    here: Step
    against: str = ""
    there: Step | None = None
    beyond: Change | None = None
    left_out: tuple[Incident, ...] = ()


def weeks_around(day: date, today: date) -> tuple[list[tuple[date, date]], list[tuple[date, date]]]:
    """The weeks before a day and after it, each as its first day and the day after its last one. They begin on the
    weekday of the day, and there are at most 26 on a side. The last one ends before `today`."""
    week = timedelta(days=7)
    before = [(day - n * week, day - (n - 1) * week) for n in range(WEEKS, 0, -1)]
    after = [(day + n * week, min(day + (n + 1) * week, today)) for n in range(WEEKS) if day + n * week < today]
    return before, after


def ordinary(week: tuple[date, date], incidents: Sequence[Incident], tz: str) -> list[Period]:
    """The runs of days of a week that no incident concerns."""
    runs: list[list[date]] = []
    for number in range((week[1] - week[0]).days):
        day = week[0] + timedelta(days=number)
        if any(incident.covers(day) for incident in incidents):
            continue
        if runs and runs[-1][-1] == day - timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [periods.days(run[0], run[-1], tz) for run in runs]


def step(metric: Metric, before: Side, after: Side) -> Step:
    """The levels on both sides and their difference.

    The variance of a level is that of its answers, times the design effect, and that of the weeks' own swing, as in the
    weekly verdict (`levels.spread`). The difference has Student's t with Satterthwaite's degrees of freedom (1946): the
    swing is known from few weeks only.
    """
    if min(before.n, after.n) < LEAST:
        return Step(before, after, None, None, None)
    old = _level(metric, before, None)
    new = _level(metric, after, old)
    return Step(before, after, _estimate(metric, old), _estimate(metric, new), _change(metric, [new], [old]))


def beyond(metric: Metric, here: Step, there: Step) -> Change | None:
    """How much more the metric changed here than there (difference in differences)."""
    if here.change is None or there.change is None:
        return None
    old_here, old_there = _level(metric, here.before, None), _level(metric, there.before, None)
    new_here, new_there = _level(metric, here.after, old_here), _level(metric, there.after, old_there)
    return _change(metric, [new_here, old_there], [old_here, new_there])


@dataclass(frozen=True, slots=True)
class _Level:
    """A mean in points with the variance from chance and that from swing, which was estimated from `df` + 1 groups."""

    spread: levels.Spread
    mean: float
    n: int
    chance: float
    swing: float
    df: int

    @property
    def variance(self) -> float:
        return self.chance + self.swing


def _level(metric: Metric, side: Side, before: _Level | None) -> _Level:
    weeks = [week for week in side.weeks if week.n]
    groups = control_charts.merged(weeks) or [control_charts.added(weeks)]
    spread = levels.spread(metric.headline, groups, None if before is None else before.spread)
    sizes = sum(week.n**2 for week in weeks) / spread.n**2
    return _Level(
        spread, spread.mean, spread.n, side.deff * spread.variance / spread.n, spread.swing * sizes,
        max(spread.groups - 1, 1),
    )  # fmt: skip


def _df(parts: Sequence[_Level]) -> float:
    uncertain = sum(part.swing**2 / part.df for part in parts)
    return sum(part.variance for part in parts) ** 2 / uncertain if uncertain else _MANY


def _estimate(metric: Metric, level: _Level) -> Estimate:
    factor, (least, most) = metric.headline.factor, _range(metric)
    half = student_t.quantile(CONFIDENCE, _df([level])) * math.sqrt(level.variance)
    low, high = max(level.mean - half, least), min(level.mean + half, most)
    return Estimate(factor * level.mean, factor * low, factor * high, level.n)


def _change(metric: Metric, more: Sequence[_Level], less: Sequence[_Level]) -> Change:
    factor, (least, most) = metric.headline.factor, _range(metric)
    parts = [*more, *less]
    value = sum(part.mean for part in more) - sum(part.mean for part in less)
    error, df = math.sqrt(sum(part.variance for part in parts)), _df(parts)
    half, span = student_t.quantile(CONFIDENCE, df) * error, len(more) * (most - least)
    low, high = max(value - half, -span), min(value + half, span)
    return Change(factor * value, factor * low, factor * high, student_t.two_sided(value / error, df))


def _range(metric: Metric) -> tuple[float, float]:
    if metric.headline.kind is Kind.MEAN:
        return metric.low, metric.high
    return (-1.0 if metric.headline.kind is Kind.NET else 0.0), 1.0


def with_other(result: BeforeAfter, against: str, there: Step) -> BeforeAfter:
    """The same beside another team."""
    return replace(result, against=against, there=there, beyond=beyond(result.metric, result.here, there))
