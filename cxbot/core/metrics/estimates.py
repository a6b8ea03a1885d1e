"""The value of a metric with its interval, computed from counted answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cxbot.core.metrics.metric import Counts, Kind, Metric, Statistic
from cxbot.core.statistics import intervals
from cxbot.core.statistics.intervals import Interval
from cxbot.errors import N_, UsageError


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, in display units (points, percent or scale units).

    `n` is the number of answers. `deff` is the design effect; for the interval, the counts were divided by it.
    """

    value: float
    low: float
    high: float
    n: int
    deff: float = 1.0


def estimate(metric: Metric, counts: Counts, deff: float = 1.0, confidence: float = 0.95) -> Estimate | None:
    """The headline with its interval; None without answers.

    NPS: points −100…100 with the score interval of Tango (1998). CSAT: percent of 4 and 5 with Wilson's. CES: mean
    1…7 with the interval of `intervals.bounded_mean`. `deff` ≥ 1 divides the counts. Raises ValueError for a score
    outside the scale, a negative count or a `deff` below 1.
    """
    return estimate_of(metric, metric.headline, counts, deff, confidence)


def also(
    metric: Metric, counts: Counts, deffs: Mapping[str, float] | None = None, confidence: float = 0.95
) -> dict[str, Estimate]:
    """The figures shown beside the headline, by name; empty without answers.

    For example, CSAT has `mean` (1…5) and CES has `share` (percent of 5–7). `deffs` has a design effect for each name;
    1 if missing.
    """
    estimates = {
        name: estimate_of(metric, statistic, counts, (deffs or {}).get(name, 1.0), confidence)
        for name, statistic in metric.beside.items()
    }
    return {name: estimate for name, estimate in estimates.items() if estimate is not None}


def estimate_of(
    metric: Metric, statistic: Statistic, counts: Counts, deff: float = 1.0, confidence: float = 0.95
) -> Estimate | None:
    """One statistic of a metric's answers with its interval; otherwise the same as `estimate`."""
    weights = effective(metric, counts, deff)
    exact = statistic.exact(counts)
    if exact is None:
        return None
    value, factor = float(exact), statistic.factor
    limits = _interval(metric, statistic, weights, confidence)
    n = sum(counts.values())
    return Estimate(value, min(factor * limits.low, value), max(factor * limits.high, value), n, deff)


def index(metric: Metric, mean: Estimate) -> Estimate:
    """A mean on the metric's scale as an index from 0 (the worst score) to 100 (the best score).

    The index is not a share of answers, and must never be mixed with one.
    """
    span = metric.high - metric.low
    at = [100 * (value - metric.low) / span for value in (mean.value, mean.low, mean.high)]
    value, low, high = at if metric.higher_is_better else (100 - at[0], 100 - at[2], 100 - at[1])
    return replace(mean, value=value, low=low, high=high)


def value_of(statistic: Statistic, score: int) -> float:
    """The points that one answer adds to a figure before averaging, as in `Statistic.points`.

    For a net score −1, 0 or 1; for a share 0 or 1; for a mean the score. Design effects are computed from sums of
    these points.
    """
    return float(statistic.points(score))


def check_score(metric: Metric, score: object) -> int:
    """The score, if it is one that the metric can have, on its scale or in `aside`.

    Raises UsageError for anything else; the error names the scale.
    """
    if isinstance(score, int) and not isinstance(score, bool) and score in metric.scores:
        return score
    raise UsageError(
        N_("`%(score)s` is not a score of %(metric)s. Give a whole number from %(low)s to %(high)s."),
        score=score,
        metric=metric.name.upper(),
        low=metric.low,
        high=max(metric.scores),
    )


def distribution(metric: Metric, counts: Counts) -> dict[int, int]:
    """The number of answers for every score on the scale, from low to high, including zeros."""
    return {score: counts.get(score, 0) for score in metric.scale}


def effective(metric: Metric, counts: Counts, deff: float = 1.0) -> dict[int, float]:
    """The counts divided by the design effect.

    Raises ValueError for a design effect below 1, a score outside the scale, or a negative count.
    """
    if deff < 1:
        raise ValueError(f"a design effect is at least 1, not {deff}")
    if any(score not in metric.scale or count < 0 for score, count in counts.items()):
        raise ValueError(f"not counts of {metric.name} scores: {dict(counts)}")
    return {score: count / deff for score, count in counts.items()}


def tallies(statistic: Statistic, weights: Mapping[int, float]) -> tuple[float, float, float]:
    """The numbers of good, neutral and bad answers."""
    good = sum(weight for score, weight in weights.items() if score in statistic.good)
    bad = sum(weight for score, weight in weights.items() if score in statistic.bad)
    neither = sum(w for s, w in weights.items() if s not in statistic.good and s not in statistic.bad)
    return good, neither, bad


def _interval(metric: Metric, statistic: Statistic, weights: Mapping[int, float], confidence: float) -> Interval:
    if statistic.kind is Kind.MEAN:
        return intervals.bounded_mean(weights, metric.low, metric.high, confidence)
    good, neither, bad = tallies(statistic, weights)
    if statistic.kind is Kind.NET:
        return intervals.net_score(good, neither, bad, confidence)
    return intervals.wilson(good, good + neither + bad, confidence)
