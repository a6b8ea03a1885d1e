"""Several answers per customer: how much they widen the intervals of a slice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from cxbot.core import intervals, metrics
from cxbot.core.metrics import Counts, Metric, Statistic

HEADLINE = "headline"


def effects(metric: Metric, counts: Counts, customers: Iterable[Sequence[int]]) -> dict[str, float]:
    """The design effect of each statistic of a metric, by name (`headline` and those beside it).

    `counts` are all answers of the slice; `customers` the scores of each customer who may have given several of
    them: everybody else gave one. Empty (that is, 1 everywhere) where nobody gave two.
    """
    clusters = [on_scale for scores in customers if len(on_scale := [s for s in scores if s in metric.scale]) > 1]
    if not clusters:
        return {}
    counts = metric.on_scale(counts)
    single = Counter(counts)
    single.subtract(chain.from_iterable(clusters))
    statistics = {HEADLINE: metric.headline, **metric.beside}
    return {name: _effect(statistic, counts, single, clusters) for name, statistic in statistics.items()}


def _effect(statistic: Statistic, counts: Counts, single: Counts, clusters: Sequence[Sequence[int]]) -> float:
    value = {score: metrics.value_of(statistic, score) for score in counts}
    sums = [(sum(value[score] for score in scores), len(scores)) for scores in clusters]
    singles = sum(single.values())
    return intervals.design_effect_from_sums(
        n=sum(counts.values()),
        total=sum(value[score] * n for score, n in counts.items()),
        squares=sum(value[score] ** 2 * n for score, n in counts.items()),
        customers=singles + len(sums),
        cluster_squares=sum(value[score] ** 2 * n for score, n in single.items()) + sum(s * s for s, _ in sums),
        cluster_products=sum(value[score] * n for score, n in single.items()) + sum(s * k for s, k in sums),
        cluster_sizes=singles + sum(k * k for _, k in sums),
    )
