"""How many answers it takes to see a change, and what change can be seen with what there is."""

import math
from dataclasses import dataclass

from cxbot.core.metrics import estimates
from cxbot.core.metrics.metric import Counts, Kind, Metric
from cxbot.core.statistics import intervals
from cxbot.errors import N_, UsageError

CONFIDENCE, POWER = 0.95, 0.80
WEEKS = (1, 4, 13, 26)
"""Numbers of weeks, before and after a change, for which a plan says what can be seen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What it takes to see a change of `points` (display units) in a metric.

    `answers` are needed before the change, and as many after it. `basis` is the number of answers from whose spread
    this was reckoned; 0 if there are none, and the widest spread is assumed. With `per_week` answers a week it takes
    `weeks` weeks before and after, and `visible` has the change that can be seen with so many weeks on each side; None
    and empty without an answer a week.
    """

    metric: Metric
    points: float
    answers: int
    basis: int
    per_week: float
    weeks: int | None
    visible: dict[int, float]


def plan(metric: Metric, points: float, counts: Counts, per_week: float) -> Plan:
    """What it takes to see a change of the headline by `points`.

    n = (z₀.₉₇₅ + z₀.₈₀)²·(v + v)/δ² answers in each of two periods, with the variance v of one answer: a change of δ is
    then found in 4 of 5 cases, and a change that is none in 1 of 20 (normal approximation). Raises UsageError for a
    change of 0, or one that is larger than the scale.
    """
    factor, span = metric.headline.factor, _span(metric)
    if not 0 < abs(points) <= span:
        raise UsageError(
            N_("A change of %(name)s is larger than 0 and at most %(most)s. Try `plan %(metric)s %(example)s`."),
            name=metric.title, most=f"{span:g}", metric=metric.name, example="10" if factor > 1 else "0.5",
        )  # fmt: skip
    variance = _variance(metric, counts)
    z = intervals.quantile(CONFIDENCE) + intervals.quantile(2 * POWER - 1)
    answers = math.ceil(2 * variance * (z * factor / points) ** 2)
    some = per_week > 0
    visible = {weeks: factor * z * math.sqrt(2 * variance / (weeks * per_week)) for weeks in WEEKS} if some else {}
    weeks = math.ceil(answers / per_week) if some else None
    return Plan(metric, abs(points), answers, sum(counts.values()), per_week, weeks, visible)


def _span(metric: Metric) -> float:
    """The difference between the best and the worst value, in display units."""
    if metric.headline.kind is Kind.MEAN:
        return metric.high - metric.low
    return 200 if metric.headline.kind is Kind.NET else 100


def _variance(metric: Metric, counts: Counts) -> float:
    """The variance of one answer, in squared points; the largest possible one without answers.

    It is at least as large as if one more answer were at the other end of the scale: answers that are all alike don't
    prove that every answer is.
    """
    n, span = sum(counts.values()), _span(metric) / metric.headline.factor
    if n == 0:
        return (span / 2) ** 2
    points = {score: estimates.value_of(metric.headline, score) for score in counts}
    mean = sum(points[score] * count for score, count in counts.items()) / n
    seen = sum((points[score] - mean) ** 2 * count for score, count in counts.items()) / n
    return max(seen, n * (span / (n + 1)) ** 2)
