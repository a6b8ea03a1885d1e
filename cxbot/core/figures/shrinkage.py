"""Values of several people or parts, drawn towards their average as far as chance could explain the differences."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Counts, Kind, Metric
from cxbot.core.signals import control_charts
from cxbot.core.statistics import intervals

CONFIDENCE = 0.95
_CAUTION = 1.0  # standard errors by which the parts are assumed to differ by more than they seem to


def shrunken(
    metric: Metric, parts: Mapping[str, Counts], deffs: Mapping[str, float], confidence: float = CONFIDENCE
) -> dict[str, Estimate]:
    """The empirical Bayes estimate of each part with answers, in display units, with its interval.

    The parts' true values vary around their average with the variance τ² (DerSimonian and Laird 1986, rounded up by
    a standard error, because a τ² that is taken for too small makes everybody equal). A part with the sampling
    variance v keeps the share τ²/(τ² + v) of its distance from the average (Efron and Morris 1975). `deffs` are the
    design effects. A single part has nothing to be drawn to and keeps its value.
    """
    groups = {name: control_charts.group(metric.headline, counts) for name, counts in parts.items()}
    groups = {name: group for name, group in groups.items() if group.n}
    if not groups:
        return {}
    one = control_charts.variance(metric.headline.kind, control_charts.added(groups.values()))
    mean = {name: group.total / group.n for name, group in groups.items()}
    chance = {name: one * deffs.get(name, 1.0) / group.n for name, group in groups.items()}
    between = _between(list(mean.values()), list(chance.values()))
    weights = {name: 1 / (variance + between) for name, variance in chance.items()}
    total = sum(weights.values())
    centre = sum(weights[name] * mean[name] for name in mean) / total
    z, factor, (low, high) = intervals.quantile(confidence), metric.headline.factor, _range(metric)
    result = {}
    for name, group in groups.items():
        away = chance[name] / (chance[name] + between) if len(groups) > 1 else 0.0
        value = centre * away + mean[name] * (1 - away)
        half = z * math.sqrt((1 - away) * chance[name] + away**2 / total)
        result[name] = Estimate(
            factor * value, factor * max(value - half, low), factor * min(value + half, high), group.n,
            deffs.get(name, 1.0),
        )  # fmt: skip
    return result


def _between(means: list[float], chance: list[float]) -> float:
    """The variance of the true values."""
    k, weights = len(means), [1 / variance for variance in chance]
    if k < 2:
        return 0.0
    total = sum(weights)
    centre = sum(w * mean for w, mean in zip(weights, means, strict=True)) / total
    seen = sum(w * (mean - centre) ** 2 for w, mean in zip(weights, means, strict=True))
    extra = seen - (k - 1) + _CAUTION * math.sqrt(2 * (k - 1))
    return max(0.0, extra / (total - sum(w * w for w in weights) / total))


def _range(metric: Metric) -> tuple[float, float]:
    if metric.headline.kind is Kind.MEAN:
        return metric.low, metric.high
    return (-1.0 if metric.headline.kind is Kind.NET else 0.0), 1.0
